import { For, Show } from "solid-js";
import type { Change } from "../../edit/diff";
import "./changes.css";

/** Changes of a dashboard, each with where it is, what was there and what is there now. */
export function Changes(props: { changes: readonly Change[] }) {
  return (
    <ul class="changes">
      <For each={props.changes} fallback={<li class="muted">Nothing differs.</li>}>
        {(change) => (
          <li>
            <div class="changes-path">{change.path.join(" › ")}</div>
            <Show when={change.before !== undefined}>
              <del class="mono">{written(change.before)}</del>
            </Show>
            <Show when={change.after !== undefined}>
              <ins class="mono">{written(change.after)}</ins>
            </Show>
          </li>
        )}
      </For>
    </ul>
  );
}

/** Characters of a value that are shown. */
const WRITTEN_MAX = 1200;

function written(value: unknown): string {
  const whole = typeof value === "string" ? value : JSON.stringify(value, null, 1);
  return whole.length > WRITTEN_MAX ? `${whole.slice(0, WRITTEN_MAX)}…` : whole || "(empty)";
}
