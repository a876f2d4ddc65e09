import { createUniqueId, Show, type JSX } from "solid-js";
import "./field.css";

interface FieldProps {
  name: string;
  hint?: string | undefined;
  /** Whether the control stands beside its name. */
  inline?: boolean | undefined;
  /** Whether it is more than one control, each with a name of its own. */
  many?: boolean | undefined;
  children: (id: string) => JSX.Element;
}

/** A control with its name above or beside it, and what there is to know about it. */
export function Field(props: FieldProps) {
  const id = createUniqueId();
  return (
    <div class="field" classList={{ "field-inline": props.inline }}>
      <Show when={props.many} fallback={<label for={id}>{props.name}</label>}>
        <span class="field-name">{props.name}</span>
      </Show>
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
