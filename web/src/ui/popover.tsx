import { createEffect, createSignal, onCleanup, Show, type JSX } from "solid-js";

/** A button with a sheet below it; Escape and a click elsewhere close the sheet. */
export function Popover(props: {
  label: JSX.Element;
  /** Name for screen readers; the label's text when unset. */
  name?: string | undefined;
  class?: string | undefined;
  align?: "start" | "end" | undefined;
  children: (close: () => void) => JSX.Element;
}) {
  const [open, setOpen] = createSignal(false);
  let box: HTMLDivElement | undefined;
  let button: HTMLButtonElement | undefined;
  const close = () => {
    if (box?.contains(document.activeElement)) button?.focus();
    setOpen(false);
  };
  createEffect(() => {
    if (!open()) return;
    const outside = (event: PointerEvent) => {
      if (!(event.target instanceof Node) || !box?.contains(event.target)) setOpen(false);
    };
    document.addEventListener("pointerdown", outside);
    onCleanup(() => document.removeEventListener("pointerdown", outside));
  });
  return (
    <div
      class="popover"
      ref={(element) => {
        box = element;
      }}
      onKeyDown={(event) => {
        if (event.key !== "Escape" || !open()) return;
        event.stopPropagation();
        close();
      }}
    >
      <button
        type="button"
        ref={(element) => {
          button = element;
        }}
        class={props.class ?? "button"}
        aria-label={props.name}
        aria-haspopup="dialog"
        aria-expanded={open()}
        onClick={() => setOpen(!open())}
      >
        {props.label}
      </button>
      <Show when={open()}>
        <div class="popover-sheet" classList={{ "popover-end": props.align === "end" }} role="dialog" aria-label={props.name}>
          {props.children(close)}
        </div>
      </Show>
    </div>
  );
}
