import { describe, expect, it } from "vitest";
import { toClassic } from "./classic";
import { modernPanel } from "./modern";

describe("panels of older kinds", () => {
  it.each([
    ["graph", { type: "graph", lines: true, fill: 2, yaxes: [{ format: "bytes" }], legend: { show: true } }, "timeseries"],
    ["singlestat", { type: "singlestat", format: "s", valueName: "current", gauge: { show: false } }, "stat"],
    ["table", { type: "table", styles: [{ pattern: "a", alias: "b" }], transform: "table" }, "table"],
    ["text", { type: "text", content: "x", mode: "html" }, "text"],
    ["stat of 6.6", { type: "stat", options: { fieldOptions: { calcs: ["mean"], defaults: { unit: "s" } } } }, "stat"],
    ["heatmap", { type: "heatmap", cards: { cardPadding: 2 }, color: { mode: "opacity" } }, "heatmap"],
  ])("are migrated once: %s", (_, old, type) => {
    const once = modernPanel({ ...old, id: 3, title: "T", unknown: [1] });
    expect(once).toMatchObject({ type, id: 3, title: "T", unknown: [1] });
    expect(modernPanel(once)).toBe(once);
  });
  it("are left alone where there is nothing to do", () => {
    const panel = { type: "timeseries", options: {} };
    expect(modernPanel(panel)).toBe(panel);
  });
});

describe("the classic form", () => {
  it("gives each panel an id of its own and keeps what is not known", () => {
    const json = toClassic({
      kept: 1,
      panels: [
        { id: 1, type: "stat" },
        { id: 1, type: "stat", x: 2 },
        { type: "row", panels: [{ id: 1, type: "text" }] },
      ],
    });
    expect(json).toEqual({
      kept: 1,
      panels: [
        { id: 1, type: "stat" },
        { id: 2, type: "stat", x: 2 },
        { id: 3, type: "row", panels: [{ id: 4, type: "text" }] },
      ],
    });
  });
  it("lays rows of old out on the grid, and leaves the panels in them as they are", () => {
    const json = toClassic({ schemaVersion: 12, rows: [{ panels: [{ id: 7, type: "graph", span: 6, legend: { show: true } }] }] });
    expect(json).toEqual({
      schemaVersion: 12,
      panels: [{ id: 7, type: "graph", span: 6, legend: { show: true }, gridPos: { x: 0, y: 0, w: 12, h: 7 } }],
    });
  });
});
