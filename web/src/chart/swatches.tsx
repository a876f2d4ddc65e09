import { For } from "solid-js";
import "./swatches.css";

/** Entries that a list of colours shows. */
const ENTRIES_MAX = 50;

/** Names with their colours: the legend of charts without curves. */
export function Swatches(props: { entries: readonly { name: string; color: string }[] }) {
  return (
    <ul class="swatches">
      <For each={props.entries.slice(0, ENTRIES_MAX)}>
        {(entry) => (
          <li>
            <Swatch color={entry.color} />
            {entry.name}
          </li>
        )}
      </For>
    </ul>
  );
}

export function Swatch(props: { color: string }) {
  return (
    <svg class="swatch" viewBox="0 0 12 4" aria-hidden="true">
      <rect width="12" height="4" rx="2" fill={props.color} />
    </svg>
  );
}
