/** What the forms and lists about people are made of. */

import { createSignal, For, Show, type JSX, type ParentProps } from "solid-js";
import { ROLES } from "../../api/people";
import { Dialog } from "../../ui/dialog";
import { Icon } from "../../ui/icon";
import { Field } from "../edit/field";
import { type Acting, createActing } from "./act";
import "./people.css";

export function TextField(props: {
  name: string;
  value: string;
  type?: "text" | "email" | "password";
  autocomplete?: string;
  required?: boolean;
  readonly?: boolean;
  minlength?: number;
  onChange: (value: string) => void;
}) {
  return (
    <Field name={props.name}>
      {(id) => (
        <input
          id={id}
          type={props.type ?? "text"}
          autocomplete={props.autocomplete ?? "off"}
          autocapitalize="none"
          spellcheck={false}
          required={props.required}
          readonly={props.readonly}
          minlength={props.minlength}
          maxlength="190"
          value={props.value}
          onInput={(event) => props.onChange(event.currentTarget.value)}
        />
      )}
    </Field>
  );
}

export function RoleSelect(props: { id?: string; name?: string; role: string; disabled?: boolean; onChange: (role: string) => void }) {
  return (
    <select
      id={props.id}
      aria-label={props.name}
      disabled={props.disabled}
      value={props.role}
      onChange={(event) => props.onChange(event.currentTarget.value)}
    >
      <For each={ROLES}>{(role) => <option value={role}>{role}</option>}</For>
    </select>
  );
}

/** A form with its failure and its button; `done` says for a moment that it worked. */
export function Form(props: ParentProps<{ acting: Acting; submit: string; done?: boolean; onSubmit: () => void }>) {
  return (
    <form
      class="people-form"
      onSubmit={(event) => {
        event.preventDefault();
        props.onSubmit();
      }}
    >
      {props.children}
      <Failure acting={props.acting} />
      <div class="dialog-actions">
        <Show when={props.done}>
          <span class="people-done" role="status">
            Saved
          </span>
        </Show>
        <button type="submit" class="button button-primary" disabled={props.acting.busy()}>
          {props.submit}
        </button>
      </div>
    </form>
  );
}

export function Failure(props: { acting: Acting }) {
  return (
    <Show when={props.acting.failure()}>
      <p class="field-failed" role="alert">
        {props.acting.failure()}
      </p>
    </Show>
  );
}

/** Deletes what stands in a row. */
export function DeleteButton(props: { name: string; disabled?: boolean; onClick: () => void }) {
  return (
    <button type="button" class="icon-button" aria-label={`Delete ${props.name}`} disabled={props.disabled} onClick={() => props.onClick()}>
      <Icon name="trash" />
    </button>
  );
}

/** Asks before something is gone. */
export function Confirm(props: { title: string; text: string; action: string; onClose: () => void; onConfirm: () => Promise<unknown> }) {
  const acting = createActing();
  return (
    <Dialog title={props.title} onClose={props.onClose}>
      <p>{props.text}</p>
      <Failure acting={acting} />
      <div class="dialog-actions">
        <button type="button" class="button" onClick={props.onClose}>
          Cancel
        </button>
        <button
          type="button"
          class="button button-danger"
          disabled={acting.busy()}
          onClick={() => void acting.act(props.onConfirm).then((made) => made && props.onClose())}
        >
          {props.action}
        </button>
      </div>
    </Dialog>
  );
}

/** A new password, typed twice. */
export function createNewPassword(): { fields: () => JSX.Element; value: () => string; differs: () => boolean; clear: () => void } {
  const [first, setFirst] = createSignal("");
  const [second, setSecond] = createSignal("");
  const fields = () => (
    <>
      <TextField
        name="New password"
        type="password"
        autocomplete="new-password"
        required
        minlength={4}
        value={first()}
        onChange={setFirst}
      />
      <TextField name="Confirm password" type="password" autocomplete="new-password" required value={second()} onChange={setSecond} />
    </>
  );
  const clear = () => {
    setFirst("");
    setSecond("");
  };
  return { fields, value: first, differs: () => first() !== second(), clear };
}

export const PASSWORDS_DIFFER = "The two passwords differ";
