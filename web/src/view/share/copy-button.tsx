import { createEffect, createSignal, on, Show } from "solid-js";
import { copyText } from "../../ui/clipboard";

/** Puts a text into the clipboard, and says so until it is another one. */
export function CopyButton(props: { name: string; text: string; primary?: boolean }) {
  const [copied, setCopied] = createSignal(false);
  createEffect(
    on(
      () => props.text,
      () => setCopied(false),
    ),
  );
  return (
    <button
      type="button"
      class="button"
      classList={{ "button-primary": props.primary }}
      onClick={() => void copyText(props.text).then(() => setCopied(true))}
    >
      <Show when={copied()} fallback={props.name}>
        Copied
      </Show>
    </button>
  );
}
