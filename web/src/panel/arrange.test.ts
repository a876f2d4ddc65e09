import { expect, test } from "vitest";
import { arrange } from "./arrange";

const wide = { width: 616, height: 100 };

test("values stand side by side or one below the other as they are told", () => {
  expect(arrange(2, wide, { orientation: "vertical", grid: true })[0]).toEqual({ width: 304, height: 100, rows: false });
  expect(arrange(2, wide, { orientation: "horizontal", grid: true })[1]).toEqual({ width: 616, height: 46, rows: true });
  expect(arrange(2, wide, { orientation: "auto", grid: false })[0]?.rows).toBe(false);
});

test("a grid is as square as its room allows, and its last row is filled", () => {
  const widths = (count: number, room: { width: number; height: number }) =>
    arrange(count, room, { orientation: "auto", grid: true }).map(({ width }) => Math.round(width));
  expect(widths(3, wide)).toEqual([200, 200, 200]);
  expect(widths(3, { width: 208, height: 208 })).toEqual([100, 100, 208]);
});

test("bars keep the height that they need", () => {
  const places = arrange(20, wide, { orientation: "horizontal", grid: false, least: { height: 16 }, highest: 300 });
  expect(places[0]?.height).toBe(16);
});
