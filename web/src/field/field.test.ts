import { describe, expect, test } from "vitest";
import type { Frame, Value } from "../frame/frame";
import { type FieldConfig, readFieldConfig, readFieldConfigSource } from "../model/field-config";
import { fieldLimits, show, showText } from "./display";
import { mapValue } from "./mapping";
import { applyFieldConfig } from "./override";

const context = { mode: "dark" as const, index: 0, limits: { min: 0, max: 200 } };

describe("mappings", () => {
  const { mappings } = readFieldConfig({
    mappings: [
      { type: "value", options: { "1": { text: "UP", color: "green" }, "0": { text: "DOWN", color: "red" } } },
      { type: "range", options: { from: 10, to: 20, result: { text: "teens" } } },
      { type: "regex", options: { pattern: "^eth(\\d)$", result: { text: "port $1" } } },
      { type: "special", options: { match: "null+nan", result: { text: "gone" } } },
    ],
  });
  test.each<[Value, string | undefined]>([
    [1, "UP"],
    [0, "DOWN"],
    [15, "teens"],
    [25, undefined],
    ["eth3", "port 3"],
    [null, "gone"],
    [NaN, "gone"],
    ["constructor", undefined],
  ])("%s is %s", (value, text) => {
    expect(mapValue(mappings, value)?.text).toBe(text);
  });

  test("numbered mappings of old dashboards mean the same", () => {
    const old = readFieldConfig({
      mappings: [
        { type: 1, value: "1", text: "on" },
        { type: 2, from: "5", to: "9", text: "some" },
        { type: 1, value: "null", text: "N/A" },
      ],
    }).mappings;
    expect([1, 7, null].map((value) => mapValue(old, value)?.text)).toEqual(["on", "some", "N/A"]);
  });
});

describe("colours", () => {
  const steps = [
    { color: "green", value: null },
    { color: "orange", value: 50 },
    { color: "red", value: 80 },
  ];
  const colorOf = (mode: string, value: number) =>
    show(readFieldConfig({ color: { mode: "thresholds" }, thresholds: { mode, steps } }), value, context).color;
  test("a threshold holds from its value on", () => {
    const [green, orange, red] = [-1, 50, 300].map((value) => colorOf("absolute", value));
    expect(new Set([green, orange, red]).size).toBe(3);
    expect(colorOf("absolute", 49.9)).toBe(green);
    expect(colorOf("absolute", 79)).toBe(orange);
  });

  test("percentages are of the field's limits", () => {
    expect(colorOf("percentage", 100)).toBe(colorOf("absolute", 50));
    expect(colorOf("percentage", 99)).toBe(colorOf("absolute", 0));
  });

  test("a mapping's colour comes first", () => {
    const config: FieldConfig = {
      custom: {},
      color: { mode: "fixed", fixedColor: "#123456" },
      mappings: [{ type: "value", options: { "1": { color: "#abcdef" } } }],
    };
    expect(show(config, 1, context).color).toBe("#abcdef");
    expect(show(config, 2, context).color).toBe("#123456");
  });
});

test("values are shown with unit, decimals and a text for nothing", () => {
  expect(showText({ unit: "bytes", decimals: 1, custom: {} }, 2048)).toBe("2.0 KiB");
  expect(showText({ noValue: "none yet", custom: {} }, null)).toBe("none yet");
});

test("limits come from the configuration, else from the values", () => {
  const field = (config: Partial<FieldConfig>, values: Value[]) => ({
    name: "v",
    type: "number" as const,
    values,
    config: { custom: {}, ...config },
  });
  expect(fieldLimits(field({}, [3, null, 9]))).toEqual({ min: 3, max: 9 });
  expect(fieldLimits(field({ min: 0 }, [3, 9]))).toEqual({ min: 0, max: 9 });
  expect(fieldLimits(field({}, [null]))).toEqual({ min: 0, max: 100 });
});

test("limits that are not set are those of all fields, or of the field where it wants its own", () => {
  const frames: Frame[] = [[1, 2], [50]].map((values) => ({
    refId: "A",
    fields: [{ name: "Value", type: "number", values, config: { custom: {} } }],
  }));
  const limits = (defaults: object) => {
    const [field] = applyFieldConfig(frames, readFieldConfigSource({ defaults }))[0]?.fields ?? [];
    return field && fieldLimits(field);
  };
  expect(limits({})).toEqual({ min: 1, max: 50 });
  expect(limits({ max: 10 })).toEqual({ min: 1, max: 10 });
  expect(limits({ fieldMinMax: true })).toEqual({ min: 1, max: 2 });
});

test("overrides find their fields by name, pattern, target and type", () => {
  const frames: Frame[] = ["A", "B"].map((refId) => ({
    refId,
    name: refId === "A" ? "reads sda" : "writes sda",
    fields: [
      { name: "Time", type: "time", values: [1], config: { custom: {} } },
      { name: "Value", type: "number", values: [1], config: { custom: {} } },
    ],
  }));
  const override = (id: string, options: unknown, property: string, value: unknown) => ({
    matcher: { id, options },
    properties: [{ id: property, value }],
  });
  const source = readFieldConfigSource({
    defaults: { unit: "short", custom: { lineWidth: 2 } },
    overrides: [
      override("byName", "reads sda", "unit", "Bps"),
      override("byRegexp", "/^writes/", "custom.transform", "negative-Y"),
      override("byFrameRefID", "B", "decimals", 2),
      override("byType", "number", "custom.lineStyle.fill", "dash"),
    ],
  });
  const [reads, writes] = applyFieldConfig(frames, source).map((frame) => frame.fields[1]?.config);
  expect(reads).toMatchObject({ unit: "Bps", custom: { lineWidth: 2, lineStyle: { fill: "dash" } } });
  expect(writes).toMatchObject({ unit: "short", decimals: 2, custom: { transform: "negative-Y" } });
  expect(reads?.custom.transform).toBeUndefined();
});
