import { Index, Show } from "solid-js";
import { calculationIds, calculationName } from "../../../field/reduce";
import { type Json, object, text, texts } from "../../../json";
import { SetPicker } from "../option/set-picker";

interface GroupProps {
  options: Json;
  fields: readonly string[];
  onChange: (options: Json) => void;
}

/** What becomes of each field: ignored, grouped by, or calculated. */
export function GroupBy(props: GroupProps) {
  const rules = () => object(props.options.fields);
  const rule = (name: string) => object(rules()[name]);
  const put = (name: string, part: Json) =>
    props.onChange({ ...props.options, fields: { ...rules(), [name]: { aggregations: [], ...rule(name), ...part } } });
  const calcs = calculationIds().map((id) => ({ value: id, name: calculationName(id) }));
  return (
    <ul class="organize">
      <Index each={props.fields} fallback={<li class="muted">The queries answer with no fields yet.</li>}>
        {(name) => (
          <li>
            <span class="organize-name" title={name()}>
              {name()}
            </span>
            <select
              aria-label={`What becomes of ${name()}`}
              onChange={(event) => put(name(), { operation: event.currentTarget.value || null })}
            >
              <option value="">Ignored</option>
              <option value="groupby" selected={text(rule(name()).operation) === "groupby"}>
                Group by
              </option>
              <option value="aggregate" selected={text(rule(name()).operation) === "aggregate"}>
                Calculate
              </option>
            </select>
            <Show when={text(rule(name()).operation) === "aggregate"}>
              <SetPicker
                name={`Calculations of ${name()}`}
                choices={calcs}
                values={texts(rule(name()).aggregations)}
                onChange={(aggregations) => put(name(), { aggregations })}
              />
            </Show>
          </li>
        )}
      </Index>
    </ul>
  );
}
