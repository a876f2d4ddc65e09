/** Places on the grid of 24 columns: moved and resized, with all others making room. */

import type { GridPos } from "../model/dashboard";

export interface Item extends GridPos {
  id: number;
}

const COLUMNS = 24;
const HEIGHT_MAX = 200;

/** Each item as high up as those before it allow, as the page draws them. */
export function settle(items: readonly Item[]): Item[] {
  const heights = new Array<number>(COLUMNS).fill(0);
  return items.map((item) => {
    const y = Math.max(0, ...heights.slice(item.x, item.x + item.w));
    heights.fill(y + item.h, item.x, item.x + item.w);
    return y === item.y ? item : { ...item, y };
  });
}

export function inOrder(items: readonly Item[]): Item[] {
  return [...items].sort((a, b) => a.y - b.y || a.x - b.x);
}

/** The item at another place; it goes past another once it covers half of it. */
export function moveItem(items: readonly Item[], id: number, to: { x: number; y: number }): Item[] {
  const before = items.find((item) => item.id === id);
  if (!before) return [...items];
  const item = { ...before, x: clamp(to.x, 0, COLUMNS - before.w), y: Math.max(0, to.y) };
  const others = inOrder(items.filter((one) => one.id !== id));
  const falls = item.y > before.y;
  const isAbove = (other: Item) => {
    const middle = other.y + other.h / 2;
    return falls ? middle < item.y + item.h : middle <= item.y;
  };
  const last = others.findLastIndex((other) => overlaps(other, item) && isAbove(other));
  return settle([...others.slice(0, last + 1), item, ...others.slice(last + 1)]);
}

export function resizeItem(items: readonly Item[], id: number, size: { w: number; h: number }): Item[] {
  return settle(
    inOrder(items).map((item) =>
      item.id === id ? { ...item, w: clamp(size.w, 1, COLUMNS - item.x), h: clamp(size.h, 1, HEIGHT_MAX) } : item,
    ),
  );
}

/** The item past the next one above or below it. */
export function stepItem(items: readonly Item[], id: number, direction: "up" | "down"): Item[] {
  const before = items.find((item) => item.id === id);
  if (!before) return [...items];
  const reach = direction === "up" ? before.y : HEIGHT_MAX;
  for (let by = 1; by <= reach; by += 1) {
    const next = moveItem(items, id, { x: before.x, y: before.y + (direction === "up" ? -by : by) });
    if (next.find((item) => item.id === id)?.y !== before.y) return next;
  }
  return [...items];
}

function overlaps(a: Item, b: Item): boolean {
  return a.x < b.x + b.w && b.x < a.x + a.w;
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, Math.round(value)));
}
