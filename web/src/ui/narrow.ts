import { createSignal, onCleanup, type Accessor } from "solid-js";

/** Pixels below which panels stand one under the other. */
const NARROW = window.matchMedia("(max-width: 760px)");

/** Whether the window is a phone's, kept up to date. */
export function createNarrow(): Accessor<boolean> {
  const [narrow, setNarrow] = createSignal(NARROW.matches);
  const follow = (event: MediaQueryListEvent) => setNarrow(event.matches);
  NARROW.addEventListener("change", follow);
  onCleanup(() => NARROW.removeEventListener("change", follow));
  return narrow;
}
