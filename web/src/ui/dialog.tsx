import { onCleanup, onMount, Suspense, type ParentProps } from "solid-js";
import { Icon } from "./icon";
import "./dialog.css";

/** A sheet over the page, closed by Escape, by its button and by a click beside it. */
export function Dialog(props: ParentProps<{ title: string; wide?: boolean; onClose: () => void }>) {
  let dialog!: HTMLDialogElement;
  onMount(() => dialog.showModal());
  onCleanup(() => dialog.open && dialog.close());
  return (
    <dialog
      class="dialog"
      classList={{ "dialog-wide": props.wide }}
      aria-label={props.title}
      ref={(element) => {
        dialog = element;
      }}
      onClose={() => props.onClose()}
      onClick={(event) => event.target === dialog && dialog.close()}
    >
      <div class="dialog-body">
        <header class="dialog-head">
          <h2>{props.title}</h2>
          <button type="button" class="icon-button" aria-label="Close" onClick={() => dialog.close()}>
            <Icon name="close" />
          </button>
        </header>
        {/* What loads inside is waited for inside: taken off the page, a dialog would no longer be over it. */}
        <Suspense>{props.children}</Suspense>
      </div>
    </dialog>
  );
}
