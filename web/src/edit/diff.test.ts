import { describe, expect, it } from "vitest";
import { withCurrentTime, withCurrentValues } from "./defaults";
import { diff } from "./diff";

const lines = (before: Record<string, unknown>, after: Record<string, unknown>) =>
  diff(before, after).map(({ path, before: old, after: now }) => `${path.join(" › ")}: ${JSON.stringify(old)} → ${JSON.stringify(now)}`);

describe("differences", () => {
  it("name panels by title and compare them by id", () => {
    const cpu = { id: 1, type: "stat", title: "CPU", options: { a: 1 } };
    const mem = { id: 2, type: "stat", title: "Memory" };
    expect(
      lines(
        { version: 1, panels: [cpu, mem] },
        {
          version: 2,
          panels: [
            { ...cpu, options: { a: 2 } },
            { id: 3, type: "row", title: "R" },
          ],
        },
      ),
    ).toEqual([
      "panels › CPU (1) › options › a: 1 → 2",
      'panels › Memory (2): {"id":2,"type":"stat","title":"Memory"} → undefined',
      'panels › R (3): undefined → {"id":3,"type":"row","title":"R"}',
    ]);
  });
  it("compare targets by letter, variables by name, and tell their order", () => {
    const [a, b] = [
      { refId: "A", expr: "up" },
      { refId: "B", expr: "x" },
    ];
    expect(lines({ targets: [a, b] }, { targets: [b, { ...a, expr: "down" }] })).toEqual([
      'targets › A › expr: "up" → "down"',
      'targets › order: "A, B" → "B, A"',
    ]);
  });
  it("find nothing where nothing changed", () => expect(lines({ a: [1, { b: 2 }] }, { a: [1, { b: 2 }] })).toEqual([]));
});

describe("defaults from the address", () => {
  const json = {
    time: { from: "now-6h", to: "now" },
    templating: {
      list: [
        { name: "job", multi: true, current: { value: ["a"], text: ["a"] } },
        { name: "x", current: { value: "1", text: "1" } },
      ],
    },
  };
  it("take the range", () => {
    expect(withCurrentTime(json, new URLSearchParams("from=now-1h")).time).toEqual({ from: "now-1h", to: "now" });
    expect(withCurrentTime(json, new URLSearchParams(""))).toBe(json);
  });
  it("take the values, one or many", () => {
    const next = withCurrentValues(json, new URLSearchParams("var-job=$__all&var-x=2")) as typeof json;
    expect(next.templating.list.map(({ current }) => current)).toEqual([
      { value: ["$__all"], text: ["All"] },
      { value: "2", text: "2" },
    ]);
    expect(withCurrentValues(json, new URLSearchParams("var-job=a"))).toBe(json);
  });
  it("take ad hoc filters", () => {
    const filtered = { templating: { list: [{ name: "f", type: "adhoc", filters: [] }] } };
    expect(withCurrentValues(filtered, new URLSearchParams({ "var-f": "job|=|node" }))).toEqual({
      templating: { list: [{ name: "f", type: "adhoc", filters: [{ key: "job", operator: "=", value: "node" }] }] },
    });
  });
});
