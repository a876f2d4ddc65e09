import { createMemo, createSignal, For, lazy, Match, Show, Suspense, Switch } from "solid-js";
import type { Variable } from "../../model/dashboard";
import { Choices } from "../../ui/choices";
import { Icon } from "../../ui/icon";
import { Popover } from "../../ui/popover";
import { ALL, type VariableState } from "../../variable/resolve";

const AdhocPicker = lazy(() => import("./adhoc-picker"));

interface BarProps {
  states: readonly VariableState[];
  /** Path of the API that knows what a variable is about. */
  apiOf: (variable: Variable) => string;
  onChoose: (name: string, values: string[]) => void;
}

/** The choices above a dashboard. */
export function VariableBar(props: BarProps) {
  const names = createMemo(() =>
    props.states
      .filter(({ variable }) => variable.hide !== "variable" && variable.type !== "constant")
      // With one data source there is no choice.
      .filter(({ variable, options }) => variable.type !== "datasource" || options.length > 1)
      .map(({ variable }) => variable.name),
  );
  return (
    <Show when={names().length}>
      <div class="variables" role="group" aria-label="Variables">
        <For each={names()}>
          {(name) => (
            <Show when={props.states.find(({ variable }) => variable.name === name)}>
              {(state) => (
                <Choice state={state()} api={props.apiOf(state().variable)} onChoose={(values) => props.onChoose(name, values)} />
              )}
            </Show>
          )}
        </For>
      </div>
    </Show>
  );
}

function Choice(props: { state: VariableState; api: string; onChoose: (values: string[]) => void }) {
  const variable = () => props.state.variable;
  return (
    <div class="variable" title={props.state.error ?? variable().description}>
      <Show when={variable().hide !== "label"}>
        <span class="variable-name">{variable().label}</span>
      </Show>
      <Switch fallback={<OptionPicker {...props} />}>
        <Match when={variable().type === "adhoc"}>
          <Suspense>
            <AdhocPicker api={props.api} values={props.state.values} onChoose={props.onChoose} />
          </Suspense>
        </Match>
        <Match when={variable().type === "textbox"}>
          <input
            class="variable-text"
            type="text"
            aria-label={variable().label}
            value={props.state.values[0] ?? ""}
            onChange={(event) => props.onChoose([event.currentTarget.value])}
          />
        </Match>
      </Switch>
      <Show when={props.state.error}>
        <span class="variable-failed" role="alert" title={props.state.error}>
          <Icon name="warning" />
          <span class="sr-only">{props.state.error}</span>
        </span>
      </Show>
    </div>
  );
}

/** Options listed at once; a filter finds the rest. */
const LISTED_MAX = 300;

function OptionPicker(props: { state: VariableState; onChoose: (values: string[]) => void }) {
  const [filter, setFilter] = createSignal("");
  const options = createMemo(() => {
    const wanted = filter().toLowerCase();
    const all = props.state.variable.includeAll ? [{ text: "All", value: ALL }, ...props.state.options] : props.state.options;
    return all.filter((option) => option.text.toLowerCase().includes(wanted)).slice(0, LISTED_MAX);
  });
  const isChosen = (value: string) => props.state.values.includes(value);
  const choose = (value: string, close: () => void) => {
    if (!props.state.variable.multi) {
      props.onChoose([value]);
      close();
    } else props.onChoose(toggled(props.state.values, value));
  };
  return (
    <Popover
      name={`${props.state.variable.label} ${summary(props.state)}`}
      label={
        <>
          <span class="variable-value">{summary(props.state)}</span>
          <Icon name="down" />
        </>
      }
    >
      {(close) => (
        <div class="options">
          <Show when={props.state.options.length > 8}>
            <input
              type="search"
              placeholder="Filter"
              aria-label={`Filter ${props.state.variable.label}`}
              autofocus
              onInput={(event) => setFilter(event.currentTarget.value)}
            />
          </Show>
          <Choices
            name={props.state.variable.label}
            multi={props.state.variable.multi}
            choices={options()}
            text={(option) => option.text}
            isChosen={(option) => isChosen(option.value)}
            onChoose={(option) => choose(option.value, close)}
          />
        </div>
      )}
    </Popover>
  );
}

/** All stands alone; taking the last value away leaves it. */
function toggled(values: readonly string[], value: string): string[] {
  if (value === ALL) return [ALL];
  const others = values.filter((one) => one !== ALL && one !== value);
  const next = values.includes(value) ? others : [...others, value];
  return next.length ? next : [...values];
}

function summary(state: VariableState): string {
  if (state.values.includes(ALL)) return "All";
  const texts = state.values.map((value) => state.options.find((option) => option.value === value)?.text ?? value);
  if (texts.length === 0) return "None";
  return texts.length > 3 ? `${texts.slice(0, 3).join(" + ")} + ${texts.length - 3} more` : texts.join(" + ");
}
