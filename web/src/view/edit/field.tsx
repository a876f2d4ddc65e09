import { createUniqueId, Show, type JSX } from "solid-js";
import "./field.css";

interface FieldProps {
  name: string;
  hint?: string | undefined;
  /** Whether the control stands beside its name. */
  inline?: boolean | undefined;
  children: (id: string) => JSX.Element;
}

/** A control with its name above or beside it, and what there is to know about it. */
export function Field(props: FieldProps) {
  const id = createUniqueId();
  return (
    <div class="field" classList={{ "field-inline": props.inline }}>
      <label for={id}>{props.name}</label>
      <Show when={props.hint}>
        <p class="field-hint">{props.hint}</p>
      </Show>
      {props.children(id)}
    </div>
  );
}

interface SwitchProps {
  id?: string;
  name?: string;
  on: boolean;
  disabled?: boolean;
  onChange: (on: boolean) => void;
}

export function Toggle(props: SwitchProps) {
  return (
    <input
      type="checkbox"
      role="switch"
      class="toggle"
      id={props.id}
      aria-label={props.name}
      checked={props.on}
      disabled={props.disabled}
      onChange={(event) => props.onChange(event.currentTarget.checked)}
    />
  );
}
