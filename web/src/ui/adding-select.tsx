import { For } from "solid-js";

/** A list from which one thing after the other is added. */
export function AddingSelect(props: { name: string; choices: readonly { id: string; name: string }[]; onAdd: (id: string) => void }) {
  return (
    <select
      aria-label={props.name}
      onChange={(event) => {
        const id = event.currentTarget.value;
        event.currentTarget.value = "";
        if (id) props.onAdd(id);
      }}
    >
      <option value="">{props.name}…</option>
      <For each={props.choices}>{(one) => <option value={one.id}>{one.name}</option>}</For>
    </select>
  );
}
