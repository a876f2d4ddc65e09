/** Dragging on the grid, in its columns and rows. */

import { onCleanup } from "solid-js";
import type { Item } from "../../edit/place";

export interface Dragged {
  id: number;
  kind: "move" | "resize";
  /** Where it was when the drag began. */
  from: Item;
  /** Columns and rows that the pointer has gone since. */
  dx: number;
  dy: number;
}

export interface DragInputs {
  /** Pixels of a column and of a row, gaps included. */
  units: () => { column: number; row: number };
  onMove: (dragged: Dragged) => void;
  /** `keep` is false when the drag was given up. */
  onEnd: (id: number, keep: boolean) => void;
}

/** Pixels from the window's edge within which the page scrolls, and how far it does per frame. */
const EDGE = 48;
const SCROLL = 14;

export function gridUnits(grid: HTMLElement): { column: number; row: number } {
  const gap = parseFloat(getComputedStyle(grid).columnGap) || 0;
  const row = parseFloat(getComputedStyle(grid).gridAutoRows) || 30;
  return { column: (grid.clientWidth + gap) / 24, row: row + gap };
}

/** Starts a drag at a pointer's press; it ends with the release, or with Escape. */
export function createDrag(inputs: DragInputs): (event: PointerEvent, kind: Dragged["kind"], from: Item) => void {
  let stop: (() => void) | undefined;
  onCleanup(() => stop?.());
  return (event, kind, from) => {
    if (event.button !== 0) return;
    event.preventDefault();
    if (event.currentTarget instanceof HTMLElement) event.currentTarget.focus();
    const start = { x: event.clientX, y: event.clientY + window.scrollY };
    const follow = (x: number, y: number) => {
      const { column, row } = inputs.units();
      const dx = Math.round((x - start.x) / column);
      const dy = Math.round((y + window.scrollY - start.y) / row);
      inputs.onMove({ id: from.id, kind, from, dx, dy });
    };
    stop?.();
    stop = followPointer(event, follow, (keep) => {
      stop = undefined;
      inputs.onEnd(from.id, keep);
    });
  };
}

/** Tells where the pointer is, also while the page scrolls below it; answers what ends that without a word. */
function followPointer(first: PointerEvent, follow: (x: number, y: number) => void, onEnd: (keep: boolean) => void): () => void {
  const listening = new AbortController();
  const listen = { signal: listening.signal, capture: true };
  let last = { x: first.clientX, y: first.clientY };
  let frame = 0;
  const scroll = () => {
    frame = requestAnimationFrame(scroll);
    const by = last.y < EDGE ? -SCROLL : last.y > window.innerHeight - EDGE ? SCROLL : 0;
    if (by === 0) return;
    window.scrollBy(0, by);
    follow(last.x, last.y);
  };
  const stop = () => {
    listening.abort();
    cancelAnimationFrame(frame);
  };
  const end = (keep: boolean) => {
    stop();
    onEnd(keep);
  };
  const move = (event: PointerEvent) => {
    last = { x: event.clientX, y: event.clientY };
    follow(last.x, last.y);
  };
  const escape = (event: KeyboardEvent) => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    end(false);
  };
  window.addEventListener("pointermove", move, listen);
  window.addEventListener("pointerup", () => end(true), listen);
  window.addEventListener("pointercancel", () => end(false), listen);
  window.addEventListener("keydown", escape, listen);
  frame = requestAnimationFrame(scroll);
  return stop;
}
