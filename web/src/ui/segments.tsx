import { For } from "solid-js";

interface SegmentsProps<Id extends string> {
  tabs: readonly { id: Id; name: string }[];
  chosen: Id | undefined;
  onChoose: (id: Id) => void;
}

/** Tabs as one row of buttons. */
export function Segments<Id extends string>(props: SegmentsProps<Id>) {
  return (
    <div class="segments" role="tablist">
      <For each={props.tabs}>
        {(one) => (
          <button type="button" role="tab" aria-selected={props.chosen === one.id} onClick={() => props.onChoose(one.id)}>
            {one.name}
          </button>
        )}
      </For>
    </div>
  );
}
