import { createEffect, createSignal, on, Show } from "solid-js";
import { choices, oneOf, onOff, type Option, words } from "../../../edit/option/spec";
import { getPath, setPath } from "../../../edit/path";
import { flag, isObject, type Json, object, text } from "../../../json";
import { foreignKind } from "../../../model/read";
import { PromqlText } from "../../explore/promql/text";
import { JsonField } from "../option/json-field";
import { OptionField } from "../option/list";
import type { OptionTarget, Surroundings } from "../option/target";
import { Field } from "../field";
import { Tool } from "../../../ui/tool";
import { type SourceChoice, SourceSelect } from "./source-select";

interface RowProps {
  target: Json;
  first: boolean;
  last: boolean;
  /** Given where each query has a source of its own. */
  sources: readonly SourceChoice[] | undefined;
  /** Letters of the other queries. */
  taken: readonly string[];
  onChange: (target: Json, what: string) => void;
  onMove: (by: -1 | 1) => void;
  onDuplicate: () => void;
  onRemove: () => void;
}

const OPTIONS: readonly Option[] = [
  words("interval", "Min step", "auto"),
  oneOf("format", "Format", choices(["time_series", "Time series"], ["table", "Table"], ["heatmap", "Heatmap"]), "time_series"),
  onOff("exemplar", "Exemplars", false),
];

const TYPES = [
  { id: "range", name: "Range", put: { range: true, instant: false } },
  { id: "instant", name: "Instant", put: { range: false, instant: true } },
  { id: "both", name: "Both", put: { range: true, instant: true } },
] as const;

const NOTHING: Surroundings = { fields: () => [], refIds: () => [], variables: [] };

/** One query: its text, and how its answer is named and shaped. */
export function QueryRow(props: RowProps) {
  const name = () => text(props.target.refId);
  const target: OptionTarget = {
    read: (path) => getPath(props.target, path),
    write: (path, value) => props.onChange(setPath(props.target, path, value), path),
  };
  const rename = (input: HTMLInputElement) => {
    const wanted = input.value.trim();
    if (wanted && !props.taken.includes(wanted)) props.onChange({ ...props.target, refId: wanted }, "refId");
    else input.value = name();
  };
  const foreign = () => foreignKind(props.target.datasource);
  const replace = (next: unknown) => isObject(next) && props.onChange(next, "json");
  return (
    <section class="target" classList={{ "target-off": flag(props.target.hide) }} aria-label={`Query ${name()}`}>
      <header class="target-head">
        <input
          class="target-name"
          type="text"
          aria-label="Name of the query"
          value={name()}
          onChange={(event) => rename(event.currentTarget)}
        />
        <span class="target-says">{flag(props.target.hide) ? "not shown" : ""}</span>
        <Tool icon="up" name={`Move query ${name()} up`} disabled={props.first} onClick={() => props.onMove(-1)} />
        <Tool icon="down" name={`Move query ${name()} down`} disabled={props.last} onClick={() => props.onMove(1)} />
        <Tool icon="copy" name={`Duplicate query ${name()}`} onClick={props.onDuplicate} />
        <Tool
          icon={flag(props.target.hide) ? "hidden" : "view"}
          name={flag(props.target.hide) ? `Show the answer of query ${name()}` : `Hide the answer of query ${name()}`}
          onClick={() => target.write("hide", flag(props.target.hide) ? undefined : true)}
        />
        <Tool icon="trash" name={`Remove query ${name()}`} onClick={props.onRemove} />
      </header>
      <div class="target-body">
        <Show when={props.sources}>
          {(sources) => (
            <SourceSelect
              choices={sources()}
              value={text(object(props.target.datasource).uid)}
              onChange={({ uid, type }) => target.write("datasource", { type, uid })}
            />
          )}
        </Show>
        <Show when={!foreign()} fallback={<JsonField name={`Query to ${foreign()}`} value={props.target} onChange={replace} />}>
          <Promql target={props.target} options={target} onChange={props.onChange} />
        </Show>
      </div>
    </section>
  );
}

/** A query in PromQL: its text, its legend, its kind and format. */
function Promql(props: { target: Json; options: OptionTarget; onChange: (target: Json, what: string) => void }) {
  const target = props.options;
  const type = () => {
    const instant = flag(props.target.instant);
    const range = props.target.range === undefined ? !instant : flag(props.target.range);
    return instant && range ? "both" : instant ? "instant" : "range";
  };
  return (
    <>
      <Expression value={text(props.target.expr)} onChange={(expr) => target.write("expr", expr)} />
      <div class="data-options">
        <Legend value={text(props.target.legendFormat)} onChange={(format) => target.write("legendFormat", format)} />
        <Field name="Type" many>
          {() => (
            <div class="segments" role="radiogroup" aria-label="Type">
              {TYPES.map((one) => (
                <button
                  type="button"
                  role="radio"
                  aria-checked={type() === one.id}
                  onClick={() => props.onChange({ ...props.target, ...one.put }, "type")}
                >
                  {one.name}
                </button>
              ))}
            </div>
          )}
        </Field>
        {OPTIONS.map((option) => (
          <OptionField option={option} target={target} around={NOTHING} />
        ))}
      </div>
    </>
  );
}

/** The query's text; it is asked once Enter is pressed, or the text is left. */
function Expression(props: { value: string; onChange: (expr: string) => void }) {
  const [typed, setTyped] = createSignal(props.value);
  createEffect(on(() => props.value, setTyped));
  const take = () => {
    if (typed() !== props.value) props.onChange(typed());
  };
  return <PromqlText value={typed()} problems={[]} variables onInput={setTyped} onExecute={take} onLeave={take} />;
}

/** Auto, Verbose or a format of one's own. */
function Legend(props: { value: string; onChange: (format: string | undefined) => void }) {
  const kind = () => (props.value === "__auto" ? "auto" : props.value ? "custom" : "verbose");
  const pick = (id: string) => props.onChange(id === "auto" ? "__auto" : id === "custom" ? "{{instance}}" : undefined);
  return (
    <Field name="Legend">
      {(id) => (
        <>
          <select id={id} onChange={(event) => pick(event.currentTarget.value)}>
            <option value="auto" selected={kind() === "auto"}>
              Auto
            </option>
            <option value="verbose" selected={kind() === "verbose"}>
              Verbose
            </option>
            <option value="custom" selected={kind() === "custom"}>
              Custom
            </option>
          </select>
          <Show when={kind() === "custom"}>
            <input
              type="text"
              aria-label="Legend format"
              value={props.value}
              onInput={(event) => props.onChange(event.currentTarget.value || undefined)}
            />
          </Show>
        </>
      )}
    </Field>
  );
}
