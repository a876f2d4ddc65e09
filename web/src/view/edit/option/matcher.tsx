import { createUniqueId, For, Match, Switch } from "solid-js";
import { type Json, number, object, text, texts } from "../../../json";
import type { Surroundings } from "./target";
import { SetPicker } from "./set-picker";

export const MATCHERS: readonly { id: string; name: string; options: unknown }[] = [
  { id: "byName", name: "Fields with name", options: "" },
  { id: "byRegexp", name: "Fields with name matching regex", options: "/.*/" },
  { id: "byType", name: "Fields with type", options: "number" },
  { id: "byFrameRefID", name: "Fields returned by query", options: "A" },
  { id: "byValue", name: "Fields with values", options: { reducer: "max", op: "gte", value: 0 } },
  { id: "byNames", name: "Fields with names", options: { mode: "include", names: [] } },
];

interface MatcherProps {
  matcher: Json;
  around: Surroundings;
  onChange: (matcher: Json) => void;
}

/** Which fields an override is for. */
export function Matcher(props: MatcherProps) {
  const id = () => text(props.matcher.id);
  const options = () => object(props.matcher.options);
  const put = (value: unknown) => props.onChange({ ...props.matcher, options: value });
  const name = () => MATCHERS.find((one) => one.id === id())?.name ?? id();
  return (
    <Switch fallback={<p class="muted">{name()}</p>}>
      <Match when={id() === "byName"}>
        <Named label={name()} value={text(props.matcher.options)} names={props.around.fields()} onChange={put} />
      </Match>
      <Match when={id() === "byRegexp"}>
        <Named label={name()} value={text(props.matcher.options)} names={[]} onChange={put} />
      </Match>
      <Match when={id() === "byType"}>
        <Chosen label={name()} value={text(props.matcher.options)} values={["number", "string", "time", "boolean"]} onChange={put} />
      </Match>
      <Match when={id() === "byFrameRefID"}>
        <Chosen label={name()} value={text(props.matcher.options)} values={props.around.refIds()} onChange={put} />
      </Match>
      <Match when={id() === "byNames"}>
        <SetPicker
          name={name()}
          choices={[...new Set([...props.around.fields(), ...texts(options().names)])].map((one) => ({ value: one, name: one }))}
          values={texts(options().names)}
          onChange={(names) => put({ ...options(), names })}
        />
      </Match>
      <Match when={id() === "byValue"}>
        <div class="rule">
          <Chosen
            label="Calculation"
            value={text(options().reducer)}
            values={["max", "min", "mean", "lastNotNull", "sum", "count", "allIsZero", "allIsNull"]}
            onChange={(reducer) => put({ ...options(), reducer })}
          />
          <Chosen
            label="Comparison"
            value={text(options().op)}
            values={["gte", "gt", "lte", "lt", "eq", "neq"]}
            onChange={(op) => put({ ...options(), op })}
          />
          <input
            class="rule-limit"
            type="number"
            step="any"
            aria-label="Value"
            value={text(options().value)}
            onChange={(event) => put({ ...options(), value: number(event.currentTarget.value) ?? 0 })}
          />
        </div>
      </Match>
    </Switch>
  );
}

function Named(props: { label: string; value: string; names: readonly string[]; onChange: (value: string) => void }) {
  const list = createUniqueId();
  return (
    <>
      <input
        type="text"
        list={list}
        aria-label={props.label}
        placeholder={props.label}
        value={props.value}
        onChange={(event) => props.onChange(event.currentTarget.value)}
      />
      <datalist id={list}>
        <For each={props.names}>{(name) => <option value={name} />}</For>
      </datalist>
    </>
  );
}

function Chosen(props: { label: string; value: string; values: readonly string[]; onChange: (value: string) => void }) {
  const values = () => (props.values.includes(props.value) ? props.values : [props.value, ...props.values]);
  return (
    <select aria-label={props.label} onChange={(event) => props.onChange(event.currentTarget.value)}>
      <For each={values()}>
        {(value) => (
          <option value={value} selected={value === props.value}>
            {value}
          </option>
        )}
      </For>
    </select>
  );
}
