import { Icon } from "./icon";

/** A field that narrows what is listed below it. */
export function SearchBox(props: { name: string; hint?: string; value?: string; onInput: (text: string) => void }) {
  return (
    <label class="search">
      <Icon name="search" />
      <input
        type="search"
        placeholder={props.hint ?? props.name}
        aria-label={props.name}
        value={props.value ?? ""}
        onInput={(event) => props.onInput(event.currentTarget.value)}
      />
    </label>
  );
}
