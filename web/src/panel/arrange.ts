/** How the values of one panel share its room. */

import type { Room } from "../ui/measure";

/** Pixels between values. */
export const GAP = 8;

export interface Place extends Room {
  /** One below the other rather than side by side. */
  rows: boolean;
}

export interface Manner {
  orientation: string;
  /** Whether values that may stand anywhere fill a grid. */
  grid: boolean;
  gap?: number;
  least?: Partial<Room>;
  highest?: number;
}

/** The room of each of `count` values. */
export function arrange(count: number, room: Room, { orientation, grid, gap = GAP, least = {}, highest = Infinity }: Manner): Place[] {
  if (grid && orientation !== "horizontal" && orientation !== "vertical") return gridOf(count, room, gap);
  const rows = orientation === "horizontal" || (orientation !== "vertical" && room.width <= room.height);
  const share = (length: number) => (length + gap) / Math.max(1, count) - gap;
  const place = rows
    ? { width: room.width, height: Math.min(Math.max(share(room.height), least.height ?? 0), highest) }
    : { width: Math.max(share(room.width), least.width ?? 0), height: room.height };
  return Array.from({ length: count }, () => ({ ...place, rows }));
}

/** A grid of places that are as square as they can be; those of the last row share its width. */
function gridOf(count: number, room: Room, gap: number): Place[] {
  const columns = Math.min(count, Math.max(1, Math.floor(room.width / squareSize(count, room) + 1e-9)));
  const rows = Math.ceil(count / columns);
  const height = (room.height - gap * (rows - 1)) / rows;
  const width = (across: number) => (room.width - gap * (across - 1)) / across;
  const last = count - columns * (rows - 1);
  return Array.from({ length: count }, (_, index) => ({
    width: width(index < columns * (rows - 1) ? columns : last),
    height,
    rows: false,
  }));
}

/** The side of the largest squares of which so many fit into a rectangle. */
function squareSize(count: number, { width, height }: Room): number {
  const side = (a: number, b: number) => {
    const along = Math.ceil(Math.sqrt((count * a) / b));
    return Math.floor((along * b) / a) * along < count ? b / Math.ceil((along * b) / a) : a / along;
  };
  return Math.max(1, side(Math.max(1, width), Math.max(1, height)), side(Math.max(1, height), Math.max(1, width)));
}
