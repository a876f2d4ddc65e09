import { expect, test } from "vitest";
import type { Frame, Value } from "../frame/frame";
import { transform } from "./transform";

function table(columns: Record<string, Value[]>, refId = "A"): Frame {
  const fields = Object.entries(columns).map(([name, values]) => ({
    name,
    type: name === "Time" ? ("time" as const) : typeof values[0] === "string" ? ("string" as const) : ("number" as const),
    values,
    config: { custom: {} },
  }));
  return { refId, fields };
}

function run(frames: Frame[], ...steps: [string, Record<string, unknown>][]): Record<string, Value[]>[] {
  const { frames: out } = transform(
    frames,
    steps.map(([id, options]) => ({ id, options, disabled: false })),
  );
  return out.map((frame) => Object.fromEntries(frame.fields.map((field) => [field.config.displayName ?? field.name, field.values])));
}

test("merge joins rows that agree, and keeps those that do not", () => {
  const a = table({ Time: [1, 1], host: ["x", "y"], "Value #A": [1, 2] }, "A");
  const b = table({ Time: [1, 1], host: ["x", "z"], "Value #B": [10, 30] }, "B");
  expect(run([a, b], ["merge", {}])).toEqual([
    { Time: [1, 1, 1], host: ["x", "y", "z"], "Value #A": [1, 2, null], "Value #B": [10, null, 30] },
  ]);
});

test("joinByField matches on a label, outer or inner", () => {
  const frames = [table({ host: ["x", "y"], a: [1, 2] }), table({ host: ["y", "z"], b: [20, 30] }, "B")];
  expect(run(frames, ["joinByField", { byField: "host" }])).toEqual([{ host: ["x", "y", "z"], a: [1, 2, null], b: [null, 20, 30] }]);
  expect(run(frames, ["joinByField", { byField: "host", mode: "inner" }])).toEqual([{ host: ["y"], a: [2], b: [20] }]);
});

test("organize hides, orders and renames", () => {
  const options = { excludeByName: { Time: true }, indexByName: { "Value #A": 0, host: 1 }, renameByName: { "Value #A": "Load" } };
  const out = run([table({ Time: [1], host: ["x"], "Value #A": [3] })], ["organize", options]);
  expect(out).toEqual([{ Load: [3], host: ["x"] }]);
  expect(Object.keys(out[0] ?? {})).toEqual(["Load", "host"]);
});

test("groupBy and calculateField work out a share", () => {
  const frame = table({ disk: ["a", "a", "b"], size: [10, 20, 40], free: [5, 5, 10] });
  const fields = {
    disk: { operation: "groupby" },
    size: { operation: "aggregate", aggregations: ["max"] },
    free: { operation: "aggregate", aggregations: ["max"] },
  };
  const binary = { left: "free (max)", operator: "/", right: "size (max)" };
  expect(run([frame], ["groupBy", { fields }], ["calculateField", { mode: "binary", alias: "share", binary }])).toEqual([
    { disk: ["a", "b"], "size (max)": [20, 40], "free (max)": [5, 10], share: [0.25, 0.25] },
  ]);
});

test("reduce gives a row for each series", () => {
  const frames = [
    { ...table({ Time: [1, 2], Value: [1, 3] }), name: "one" },
    { ...table({ Time: [1, 2], Value: [5, 7] }), name: "two" },
  ];
  expect(run(frames, ["reduce", { reducers: ["mean", "last"] }])).toEqual([{ Field: ["one", "two"], Mean: [2, 6], Last: [3, 7] }]);
});

test("what is not known is left out and named", () => {
  const frame = table({ a: [1] });
  expect(transform([frame], [{ id: "astrology", options: {}, disabled: false }])).toEqual({ frames: [frame], unknown: ["astrology"] });
});
