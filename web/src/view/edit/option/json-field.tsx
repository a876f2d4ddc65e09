import { createSignal, Show } from "solid-js";
import { messageOf } from "../../../api/http";
import { Field } from "../field";

/** A value that has no control of its own, as JSON. */
export function JsonField(props: { name: string; value: unknown; rows?: number; onChange: (value: unknown) => void }) {
  const [failure, setFailure] = createSignal("");
  const read = (source: string) => {
    try {
      setFailure("");
      props.onChange(source.trim() ? JSON.parse(source) : undefined);
    } catch (cause) {
      setFailure(messageOf(cause));
    }
  };
  return (
    <Field name={props.name}>
      {(id) => (
        <>
          <textarea
            id={id}
            class="mono"
            rows={props.rows ?? 3}
            value={props.value === undefined ? "" : JSON.stringify(props.value, null, 2)}
            onChange={(event) => read(event.currentTarget.value)}
          />
          <Show when={failure()}>
            <p class="field-failed" role="alert">
              {failure()}
            </p>
          </Show>
        </>
      )}
    </Field>
  );
}
