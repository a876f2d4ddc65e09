/** Keyboard shortcuts: single keys and sequences such as `d k`, as Grafana has them. */

import { onCleanup } from "solid-js";

export interface Shortcut {
  /** Keys with blanks between them, each as the browser names it. */
  keys: string;
  does: string;
  run: () => void;
}

/** How long a sequence waits for its next key. */
const SEQUENCE_MS = 1200;

/** Puts shortcuts in force until the component goes away. */
export function createShortcuts(shortcuts: () => readonly Shortcut[]): void {
  let typed: string[] = [];
  let last = 0;
  const listen = (event: KeyboardEvent) => {
    // A sheet over the page has the keyboard to itself.
    if (document.querySelector("dialog[open]")) return;
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTyping(event)) return;
    typed = event.timeStamp - last > SEQUENCE_MS ? [event.key] : [...typed, event.key].slice(-3);
    last = event.timeStamp;
    const found = match(shortcuts(), typed);
    if (!found) return;
    event.preventDefault();
    typed = [];
    found.run();
  };
  window.addEventListener("keydown", listen);
  onCleanup(() => window.removeEventListener("keydown", listen));
}

/** The longest shortcut that the keys typed last make. */
export function match(shortcuts: readonly Shortcut[], typed: readonly string[]): Shortcut | undefined {
  for (let length = typed.length; length > 0; length -= 1) {
    const tail = typed.slice(-length).join(" ");
    const found = shortcuts.find(({ keys }) => keys === tail);
    if (found) return found;
  }
  return undefined;
}

/** Whether the key goes into a text. */
export function isTyping(event: KeyboardEvent): boolean {
  const [target] = event.composedPath();
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}
