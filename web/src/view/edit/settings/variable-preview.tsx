import { createResource, createSignal, For, onCleanup, Show } from "solid-js";
import { dataSourcesOrOwn } from "../../../api/data-sources";
import { messageOf } from "../../../api/http";
import { place } from "../../../app/router";
import type { Document } from "../../../edit/document";
import { type Json, object, objects } from "../../../json";
import { readClassic } from "../../../model/read";
import { readVariable } from "../../../model/read-variable";
import { resolveRange } from "../../../time/range";
import type { Scope } from "../../../variable/interpolate";
import { ALL, loadOptions } from "../../../variable/resolve";

/** Values that are shown before more are asked for. */
const SHOWN = 40;

/** The values that a variable offers as it stands now. */
export function VariablePreview(props: { item: Json; document: Document }) {
  const [all, setAll] = createSignal(false);
  let running: AbortController | undefined;
  onCleanup(() => running?.abort());
  const [options] = createResource(
    () => ({ item: props.item, json: props.document.json() }),
    ({ item, json }) => {
      running?.abort();
      running = new AbortController();
      return preview(item, json, running.signal);
    },
  );
  const shown = () => (options.error ? [] : (options() ?? []));
  return (
    <section aria-label="Preview of values">
      <h2>Preview of values</h2>
      <Show when={options.error}>
        <p class="field-failed" role="alert">
          {messageOf(options.error)}
        </p>
      </Show>
      <div class="settings-values">
        <For each={all() ? shown() : shown().slice(0, SHOWN)} fallback={<span class="muted">No values</span>}>
          {(option) => (
            <span class="tag" title={option.value}>
              {option.text}
            </span>
          )}
        </For>
        <Show when={!all() && shown().length > SHOWN}>
          <button type="button" class="button" onClick={() => setAll(true)}>
            Show all {shown().length}
          </button>
        </Show>
      </div>
    </section>
  );
}

async function preview(item: Json, json: Json, signal: AbortSignal) {
  const { time, utc } = readClassic({ ...json, panels: [] });
  const { query } = place();
  const range = resolveRange({ from: query.get("from") ?? time.from, to: query.get("to") ?? time.to }, Date.now(), utc);
  return loadOptions(readVariable(item, json), othersOf(json), { range, sources: await dataSourcesOrOwn() }, signal);
}

/** The other variables with the values that the page or the dashboard has for them. */
function othersOf(json: Json): Scope {
  const variables = objects(object(json.templating).list).map((one) => readVariable(one, json));
  return (name) => {
    const found = variables.find((variable) => variable.name === name);
    if (!found) return undefined;
    const chosen = place().query.getAll(`var-${name}`);
    const values = chosen.length ? chosen : found.current;
    const multi = found.multi || found.includeAll;
    return values.includes(ALL) || values.includes("All") ? { values: [".*"], raw: found.allValue || ".*", multi } : { values, multi };
  };
}
