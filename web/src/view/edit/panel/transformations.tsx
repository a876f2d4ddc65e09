import { Index, Match, Show, Switch } from "solid-js";
import { type RuleList, TRANSFORMATIONS, transformationOf } from "../../../edit/option/transformation";
import { getPath, moved, replaced, setPath } from "../../../edit/path";
import { displayName } from "../../../frame/name";
import { flag, type Json, object, objects, text } from "../../../json";
import { transform } from "../../../transform/transform";
import { AddingSelect } from "../../../ui/adding-select";
import { Icon } from "../../../ui/icon";
import { JsonField } from "../option/json-field";
import { OptionList } from "../option/list";
import type { OptionTarget, Surroundings } from "../option/target";
import { Tool } from "../../../ui/tool";
import type { DataProps } from "./data-tabs";
import { GroupBy } from "./group-by";
import { Organize } from "./organize";

/** What is made of the answers, step by step. */
export function Transformations(props: DataProps) {
  const steps = () => objects(props.panel.transformations);
  const put = (next: readonly Json[], what?: string) =>
    props.onChange({ ...props.panel, transformations: next.length ? [...next] : undefined }, what);
  /** Names of the fields that a step is given. */
  const fieldsBefore = (index: number): string[] => {
    const before = steps()
      .slice(0, index)
      .map((step) => ({ id: text(step.id), options: object(step.options), disabled: flag(step.disabled) }));
    const { frames } = transform(props.data?.raw ?? [], before);
    return [...new Set(frames.flatMap((frame) => frame.fields.map((field) => displayName(field, frame, frames))))];
  };
  return (
    <div class="data-list">
      <Index each={steps()}>
        {(step, index) => (
          <Step
            step={step()}
            first={index === 0}
            last={index === steps().length - 1}
            around={{ ...props.around, fields: () => fieldsBefore(index) }}
            onChange={(next, what) => put(replaced(steps(), index, next), `step ${index} ${what}`)}
            onMove={(by) => put(moved(steps(), index, index + by))}
          />
        )}
      </Index>
      <AddingSelect
        name="Add transformation"
        choices={TRANSFORMATIONS.map(({ id, name, says }) => ({ id, name: `${name} – ${says}` }))}
        onAdd={(id) => put([...steps(), { id, options: {} }])}
      />
    </div>
  );
}

interface StepProps {
  step: Json;
  first: boolean;
  last: boolean;
  around: Surroundings;
  /** `undefined` removes it. */
  onChange: (step: Json | undefined, what: string) => void;
  onMove: (by: -1 | 1) => void;
}

function Step(props: StepProps) {
  const id = () => text(props.step.id);
  const known = () => transformationOf(id());
  const name = () => known()?.name ?? id();
  const off = () => flag(props.step.disabled);
  const target: OptionTarget = {
    read: (path) => getPath(props.step.options, path),
    write: (path, value) => props.onChange({ ...props.step, options: setPath(object(props.step.options), path, value) }, path),
  };
  return (
    <section class="target" classList={{ "target-off": off() }} aria-label={name()}>
      <header class="target-head">
        <strong>{name()}</strong>
        <span class="target-says">{off() ? "disabled" : ""}</span>
        <Tool icon="up" name={`Move ${name()} up`} disabled={props.first} onClick={() => props.onMove(-1)} />
        <Tool icon="down" name={`Move ${name()} down`} disabled={props.last} onClick={() => props.onMove(1)} />
        <Tool
          icon={off() ? "hidden" : "view"}
          name={off() ? `Enable ${name()}` : `Disable ${name()}`}
          onClick={() => props.onChange({ ...props.step, disabled: off() ? undefined : true }, "disabled")}
        />
        <Tool icon="trash" name={`Remove ${name()}`} onClick={() => props.onChange(undefined, "")} />
      </header>
      <div class="target-body">
        <Switch>
          <Match when={id() === "organize"}>
            <Organize
              options={object(props.step.options)}
              fields={props.around.fields()}
              onChange={(options) => props.onChange({ ...props.step, options }, "")}
            />
          </Match>
          <Match when={id() === "groupBy"}>
            <GroupBy
              options={object(props.step.options)}
              fields={props.around.fields()}
              onChange={(options) => props.onChange({ ...props.step, options }, "")}
            />
          </Match>
          <Match when={!known()}>
            <JsonField
              name="Options"
              value={props.step.options}
              onChange={(options) => props.onChange({ ...props.step, options }, "options")}
            />
          </Match>
          <Match when={known()}>
            {(type) => (
              <>
                <Show
                  when={type().options.length}
                  fallback={
                    <Show when={!type().list}>
                      <p class="muted">{type().says}.</p>
                    </Show>
                  }
                >
                  <div class="data-options">
                    <OptionList options={type().options} target={target} around={props.around} />
                  </div>
                </Show>
                <Show when={type().list}>{(list) => <Rules list={list()} target={target} around={props.around} />}</Show>
              </>
            )}
          </Match>
        </Switch>
      </div>
    </section>
  );
}

/** A transformation's list of rules, each a table of options. */
function Rules(props: { list: RuleList; target: OptionTarget; around: Surroundings }) {
  const rules = () => objects(props.target.read(props.list.path));
  const put = (next: readonly Json[]) => props.target.write(props.list.path, [...next]);
  return (
    <div class="rules">
      <Index each={rules()}>
        {(rule, index) => (
          <div class="override-property">
            <div class="override-control data-options">
              <OptionList
                options={props.list.options}
                around={props.around}
                target={{
                  read: (path) => getPath(rule(), path),
                  write: (path, value) => put(replaced(rules(), index, setPath(rule(), path, value))),
                }}
              />
            </div>
            <button
              type="button"
              class="icon-button"
              aria-label={`Remove ${props.list.name}`}
              title="Remove"
              onClick={() => put(replaced(rules(), index, undefined))}
            >
              <Icon name="trash" />
            </button>
          </div>
        )}
      </Index>
      <button type="button" class="button" onClick={() => put([...rules(), {}])}>
        <Icon name="plus" />
        Add {props.list.name}
      </button>
    </div>
  );
}
