import { expect, test } from "vitest";
import { type Field, type Frame, type Value } from "../frame/frame";
import { formatByPattern } from "../time/pattern";
import { transform } from "./transform";

function table(columns: Record<string, Value[]>, refId = "A"): Frame {
  const fields = Object.entries(columns).map(([name, values]): Field => ({
    name,
    type: name === "Time" ? "time" : typeof values[0] === "string" ? "string" : "number",
    values,
    config: { custom: {} },
  }));
  return { refId, fields };
}

function series(labels: Record<string, string>, values: Value[], refId = "A"): Frame {
  const frame = table({ Time: values.map((_, index) => index), Value: values }, refId);
  return { ...frame, fields: frame.fields.map((field) => (field.type === "number" ? { ...field, labels } : field)) };
}

function run(frames: Frame[], id: string, options: Record<string, unknown> = {}): Record<string, Value[]>[] {
  const { frames: out, unknown } = transform(frames, [{ id, options, disabled: false }]);
  expect(unknown).toEqual([]);
  return out.map((frame) => Object.fromEntries(frame.fields.map((field) => [field.config.displayName ?? field.name, field.values])));
}

const disks = table({ disk: ["sda", "sdb", "sdc"], used: [10, null, 30] });

test("rows are kept or dropped by their values", () => {
  const filter = (config: Record<string, unknown>, more: Record<string, unknown> = {}) =>
    run([disks], "filterByValue", { type: "include", match: "any", filters: [{ fieldName: "used", config }], ...more })[0]?.disk;
  expect(filter({ id: "greater", options: { value: 10 } })).toEqual(["sdc"]);
  expect(filter({ id: "isNull" })).toEqual(["sdb"]);
  expect(filter({ id: "lowerOrEqual", options: { value: 10 } }, { type: "exclude" })).toEqual(["sdb", "sdc"]);
  expect(filter({ id: "between", options: { from: 5, to: 20 } })).toEqual(["sda"]);
  const named = { filters: [{ fieldName: "disk", config: { id: "regex", options: { value: "^sd[ab]$" } } }] };
  expect(run([disks], "filterByValue", named)[0]?.disk).toEqual(["sda", "sdb"]);
});

test("labels become columns, and series that agree on them one row", () => {
  const frames = [series({ host: "a", kind: "read" }, [1]), series({ host: "b", kind: "read" }, [2])];
  expect(run(frames, "labelsToFields")).toEqual([{ Time: [0, 0], host: ["a", "b"], kind: ["read", "read"], Value: [1, 2] }]);
  expect(run(frames, "labelsToFields", { keepLabels: ["host"], valueLabel: "kind" })).toEqual([
    { Time: [0, 0], host: ["a", "b"], read: [1, 2] },
  ]);
  expect(run(frames, "labelsToFields", { mode: "rows" })[1]).toEqual({ label: ["host", "kind"], value: ["b", "read"] });
});

test("parts of a text become fields", () => {
  const frame = table({ line: ['{"a": 1, "b": {"c": "x"}}', "not JSON"] });
  expect(run([frame], "extractFields", { source: "line", format: "json", replace: true })).toEqual([
    { a: [1, null], b: ['{"c":"x"}', null] },
  ]);
  const paths = { source: "line", format: "json", replace: true, jsonPaths: [{ path: "b.c", alias: "deep" }] };
  expect(run([frame], "extractFields", paths)[0]?.deep).toEqual(["x", null]);
  const pairs = table({ line: ['level=warn msg="out of disk"'] });
  expect(run([pairs], "extractFields", { source: "line", format: "kvp" })[0]).toMatchObject({ level: ["warn"], msg: ["out of disk"] });
});

test("series become rows with a value and their course", () => {
  const { frames } = transform(
    [series({ host: "a" }, [1, 5])],
    [{ id: "timeSeriesTable", options: { A: { stat: "max" } }, disabled: false }],
  );
  expect(frames[0]?.fields[1]).toMatchObject({ name: "Trend", values: [5], courses: [{ times: [0, 1], values: [1, 5] }] });
});

test("tables are cut, turned, split and joined side by side", () => {
  expect(run([disks], "limit", { limitField: 1 })).toEqual([{ disk: ["sda"], used: [10] }]);
  expect(run([disks], "transpose")).toEqual([{ Field: ["used"], sda: [10], sdb: [null], sdc: [30] }]);
  expect(run([disks], "partitionByValues", { fields: ["disk"] })).toHaveLength(3);
  expect(run([disks, table({ x: [1] }, "B")], "concatenate", { frameNameMode: "drop" })[0]).toMatchObject({ x: [1, null, null] });
  expect(run([disks, table({ x: [1] }, "B")], "filterByRefId", { include: "B" })).toEqual([{ x: [1] }]);
  const long = table({ host: ["a", "a", "b"], kind: ["r", "w", "r"], n: [1, 2, 3] });
  const matrix = { rowField: "host", columnField: "kind", valueField: "n", emptyValue: "zero" };
  expect(run([long], "groupingToMatrix", matrix)).toEqual([{ "host\\kind": ["a", "b"], r: [1, 3], w: [2, 0] }]);
});

test("fields change their type", () => {
  const frame = table({ at: ["2026-11-22T00:00:00Z"], n: ["1.5"] });
  const conversions = [
    { targetField: "at", destinationType: "time" },
    { targetField: "n", destinationType: "number" },
  ];
  expect(run([frame], "convertFieldType", { conversions })).toEqual([{ at: [Date.parse("2026-11-22T00:00:00Z")], n: [1.5] }]);
  expect(run([table({ s: ["big red disk"] })], "formatString", { stringField: "s", outputFormat: "Camel Case" })).toEqual([
    { s: ["bigRedDisk"] },
  ]);
  expect(formatByPattern(new Date(2026, 10, 2, 3, 4, 5).getTime(), "[on] YYYY-MM-D HH:mm:ss MMM")).toBe("on 2026-11-2 03:04:05 Nov");
});

test("one query configures another, and rows become configured fields", () => {
  const config = table({ Time: [0], max: [200], unit: ["bytes"] }, "config");
  const { frames } = transform([series({}, [1]), config], [{ id: "configFromData", options: { configRefId: "config" }, disabled: false }]);
  expect(frames).toHaveLength(1);
  expect(frames[0]?.fields[1]?.config).toMatchObject({ max: 200, unit: "bytes" });
  const rows = table({ name: ["cpu", "disk"], value: [1, 2], max: [10, 20] });
  const turned = transform([rows], [{ id: "rowsToFields", options: {}, disabled: false }]).frames[0]?.fields;
  expect(turned?.map((field) => [field.name, field.values, field.config.max])).toEqual([
    ["cpu", [1], 10],
    ["disk", [2], 20],
  ]);
});

test("a line is found again, and so is a parabola", () => {
  const fit = (values: number[], options: Record<string, unknown>) =>
    run([series({}, values)], "regression", { predictionCount: values.length, ...options })[1]?.Value?.map((value) =>
      Math.abs(Math.round(Number(value) * 1e6) / 1e6),
    );
  expect(fit([1, 3, 5, 7], {})).toEqual([1, 3, 5, 7]);
  expect(fit([0, 1, 4, 9], { modelType: "polynomial", degree: 2 })).toEqual([0, 1, 4, 9]);
});

test("calculations go along the rows too", () => {
  const frame = table({ n: [1, 2, 3, 4] });
  expect(
    run([frame], "calculateField", { mode: "cumulativeFunctions", cumulative: { field: "n", reducer: "sum" }, alias: "c" })[0]?.c,
  ).toEqual([1, 3, 6, 10]);
  const window = { field: "n", reducer: "mean", windowSize: 2, windowSizeMode: "fixed", windowAlignment: "trailing" };
  expect(run([frame], "calculateField", { mode: "windowFunctions", window, alias: "w" })[0]?.w).toEqual([1, 1.5, 2.5, 3.5]);
  expect(run([frame], "calculateField", { mode: "unary", unary: { operator: "exp", fieldName: "n" }, alias: "e" })[0]?.e?.[0]).toBeCloseTo(
    Math.E,
  );
  expect(run([frame], "reduce", { mode: "reduceFields", reducers: ["sum"] })).toEqual([{ n: [10] }]);
});
