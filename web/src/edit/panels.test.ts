import { describe, expect, it } from "vitest";
import type { Json } from "../json";
import {
  addPanel,
  addRow,
  duplicatePanel,
  findPanel,
  itemsOf,
  moveRow,
  placePanels,
  putPanel,
  removePanel,
  removeRow,
  toggleRow,
} from "./panels";
import { getPath, moved, setPath } from "./path";
import { type Item, moveItem, resizeItem, stepItem } from "./place";

const panel = (id: number, x: number, y: number, w = 12, h = 8): Json => ({ id, type: "stat", gridPos: { x, y, w, h }, custom: id });
const row = (id: number, y: number, more: Json = {}): Json => ({ id, type: "row", gridPos: { x: 0, y, w: 24, h: 1 }, panels: [], ...more });
const board = (...panels: Json[]): Json => ({ title: "t", unknown: { kept: true }, panels });
const places = (json: Json) => itemsOf(json).map(({ id, x, y, w, h }) => `${id}:${x},${y},${w},${h}`);
const shown = (items: readonly Item[]) => items.map(({ id, x, y }) => `${id}:${x},${y}`).sort();

describe("places", () => {
  const four: Item[] = [
    { id: 1, x: 0, y: 0, w: 12, h: 8 },
    { id: 2, x: 12, y: 0, w: 12, h: 8 },
    { id: 3, x: 0, y: 8, w: 12, h: 8 },
    { id: 4, x: 12, y: 8, w: 12, h: 8 },
  ];
  it.each([
    ["nothing within its own room", 1, { x: 0, y: 3 }, ["1:0,0", "2:12,0", "3:0,8", "4:12,8"]],
    ["past the one below", 1, { x: 0, y: 5 }, ["1:0,8", "2:12,0", "3:0,0", "4:12,8"]],
    ["to the other side", 1, { x: 12, y: 0 }, ["1:12,0", "2:12,8", "3:0,0", "4:12,16"]],
    ["out of the grid", 4, { x: 90, y: 900 }, ["1:0,0", "2:12,0", "3:0,8", "4:12,8"]],
    ["up past the one above", 4, { x: 12, y: 3 }, ["1:0,0", "2:12,8", "3:0,8", "4:12,0"]],
  ])("move %s", (_, id, to, expected) => expect(shown(moveItem(four, id, to))).toEqual(expected));
  it("grow and push others down", () =>
    expect(shown(resizeItem(four, 1, { w: 24, h: 4 }))).toEqual(["1:0,0", "2:12,4", "3:0,4", "4:12,12"]));
  it("step past the next one, and stay at the ends", () => {
    expect(shown(stepItem(four, 1, "down"))).toEqual(["1:0,8", "2:12,0", "3:0,0", "4:12,8"]);
    expect(shown(stepItem(four, 1, "up"))).toEqual(shown(four));
  });
});

describe("panels", () => {
  const two = board(panel(1, 0, 0), panel(2, 12, 0));
  it("keep what is not known, and stay the same unless concerned", () => {
    const next = putPanel(two, { ...panel(2, 12, 0), title: "new" });
    expect(next.unknown).toBe(two.unknown);
    expect(findPanel(next, 1)).toBe(findPanel(two, 1));
    expect(findPanel(next, 2)?.title).toBe("new");
  });
  it("are added at the top with an id of their own", () => {
    const { json, id } = addPanel(two, { type: "text", gridPos: { x: 0, y: 0, w: 12, h: 8 } });
    expect(id).toBe(3);
    expect(places(json)).toEqual(["3:0,0,12,8", "2:12,0,12,8", "1:0,8,12,8"]);
  });
  it("are duplicated beside where there is room, else below", () => {
    expect(places(duplicatePanel(board(panel(1, 0, 0)), 1).json)).toEqual(["1:0,0,12,8", "2:12,0,12,8"]);
    expect(places(duplicatePanel(two, 2).json)).toEqual(["1:0,0,12,8", "2:12,0,12,8", "3:12,8,12,8"]);
    expect(findPanel(duplicatePanel(two, 2).json, 3)?.custom).toBe(2);
  });
  it("close ranks when one goes, also one inside a folded row", () => {
    expect(places(removePanel(board(panel(1, 0, 0), panel(2, 0, 8)), 1))).toEqual(["2:0,0,12,8"]);
    const folded = board(row(1, 0, { collapsed: true, panels: [panel(2, 0, 1)] }));
    expect(findPanel(removePanel(folded, 2), 2)).toBeUndefined();
  });
});

describe("rows", () => {
  const rows = board(row(1, 0), panel(2, 0, 1), panel(3, 12, 1), row(4, 9), panel(5, 0, 10));
  it("fold and open again without a loss", () => {
    const folded = toggleRow(rows, 1);
    expect(places(folded)).toEqual(["1:0,0,24,1", "4:0,1,24,1", "5:0,2,12,8"]);
    expect(findPanel(folded, 3)?.custom).toBe(3);
    expect(toggleRow(folded, 1)).toEqual({ ...rows, panels: [row(1, 0, { collapsed: false }), ...(rows.panels as Json[]).slice(1)] });
  });
  it("go with their panels, or leave them", () => {
    expect(places(removeRow(rows, 1, false))).toEqual(["4:0,0,24,1", "5:0,1,12,8"]);
    expect(places(removeRow(toggleRow(rows, 1), 1, true))).toEqual(["2:0,0,12,8", "3:12,0,12,8", "4:0,8,24,1", "5:0,9,12,8"]);
  });
  it("change places with their panels", () => {
    expect(places(moveRow(rows, 4, "up"))).toEqual(["4:0,0,24,1", "5:0,1,12,8", "1:0,9,24,1", "2:0,10,12,8", "3:12,10,12,8"]);
    expect(moveRow(rows, 1, "up")).toBe(rows);
  });
  it("are added above all", () => expect(places(addRow(board(panel(1, 0, 0))).json)).toEqual(["2:0,0,24,1", "1:0,1,12,8"]));
  it("keep their order when places are written", () => expect(placePanels(rows, itemsOf(rows))).toEqual(rows));
});

describe("paths", () => {
  const json: Json = { a: { b: [{ c: 1 }, { c: 2 }] }, d: { e: 1 } };
  it("change one value and nothing else", () => {
    const next = setPath(json, "a.b.1.c", 3);
    expect(getPath(next, "a.b.1.c")).toBe(3);
    expect(next.d).toBe(json.d);
    expect(getPath(json, "a.b.1.c")).toBe(2);
  });
  it("make what is missing, and take out", () => {
    expect(setPath({}, "x.0.y", 1)).toEqual({ x: [{ y: 1 }] });
    expect(setPath(json, "d.e", undefined).d).toEqual({});
    expect(setPath({}, "x.y", undefined)).toEqual({});
    expect(setPath({}, "__proto__.y", 1)).toEqual({});
  });
  it("reorder lists", () => expect(moved([1, 2, 3], 0, 9)).toEqual([2, 3, 1]));
});
