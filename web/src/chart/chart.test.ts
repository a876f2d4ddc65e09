import { expect, test } from "vitest";
import type { Frame } from "../frame/frame";
import { axisTexts, tickTexts, timePattern, timeTexts } from "./axis";
import { toCurves } from "./curve";
import { stackCurves } from "./stack";
import { pick } from "./visibility";

function series(name: string, times: number[], values: (number | null)[], custom: Record<string, unknown> = {}): Frame {
  return {
    refId: "A",
    name,
    stepMs: 10_000,
    fields: [
      { name: "Time", type: "time", values: times, config: { custom: {} } },
      { name: "Value", type: "number", values, config: { custom } },
    ],
  };
}

test("series share one time axis, with a break where a sample is missing", () => {
  const { times, curves } = toCurves([series("a", [0, 10_000, 40_000], [1, 2, 3]), series("b", [10_000], [9])], "dark");
  expect(times).toEqual([0, 10, 20, 40]);
  expect(curves.map((curve) => curve.values)).toEqual([
    [1, 2, null, 3],
    [null, 9, null, null],
  ]);
});

test("infinite values are not drawn, mirrored ones are drawn below", () => {
  const { curves } = toCurves([series("a", [0, 10_000], [Infinity, 2], { transform: "negative-Y" })], "dark");
  expect(curves[0]?.values).toEqual([null, -2]);
});

test("stacks add up over gaps, each group apart", () => {
  const stacking = { stacking: { mode: "normal", group: "A" } };
  const { curves } = toCurves(
    [
      series("a", [0, 10_000], [1, 2], stacking),
      series("b", [0, 10_000], [null, 5], stacking),
      series("c", [0, 10_000], [3, 3], stacking),
      series("d", [0, 10_000], [7, 7]),
    ],
    "dark",
  );
  const { drawn, bands } = stackCurves(curves, () => true);
  expect(drawn).toEqual([
    [1, 2],
    [null, 7],
    [4, 10],
    [7, 7],
  ]);
  expect(bands).toEqual([
    { upper: 1, lower: 0 },
    { upper: 2, lower: 1 },
  ]);
  expect(stackCurves(curves, (curve) => curve.name !== "a").drawn[2]).toEqual([3, 8]);
});

test("percent stacks end at one", () => {
  const stacking = { stacking: { mode: "percent" } };
  const { curves } = toCurves([series("a", [0], [1], stacking), series("b", [0], [3], stacking)], "dark");
  expect(stackCurves(curves, () => true).drawn).toEqual([[0.25], [1]]);
});

test("a click shows a curve alone, a second all, with control it is added or taken", () => {
  const names = ["a", "b", "c"];
  const alone = pick(new Set(), names, "b", false);
  expect([...alone]).toEqual(["a", "c"]);
  expect(pick(alone, names, "b", false).size).toBe(0);
  expect([...pick(alone, names, "a", true)]).toEqual(["c"]);
});

test("ticks have as many decimals as they need", () => {
  expect(tickTexts([0, 0.5, 1], { custom: {} })).toEqual(["0", "0.5", "1"]);
  expect(tickTexts([0, 536_870_912, 1_073_741_824], { unit: "bytes", custom: {} })).toEqual(["0 B", "512 MiB", "1 GiB"]);
  expect(tickTexts([0.8, 1, 1.2], { unit: "s", custom: {} })).toEqual(["800 ms", "1 s", "1.2 s"]);
  expect(tickTexts([0, 0.25, 0.5], { unit: "percentunit", custom: {} })).toEqual(["0%", "25%", "50%"]);
  expect(tickTexts([0, 0.5, 1], { unit: "celsius", decimals: 1, custom: {} })).toEqual(["0.0 °C", "0.5 °C", "1.0 °C"]);
  expect(tickTexts([0.0002, 0.0004], { unit: "percentunit", decimals: 1, custom: {} })).toEqual(["0.02%", "0.04%"]);
});

test("bare marks of a logarithmic axis have no text", () => {
  expect(axisTexts([1, null, 10, 100], { unit: "ms", custom: {} })).toEqual(["1 ms", "", "10 ms", "100 ms"]);
});

test("times have the pattern that their step and span ask for", () => {
  const hour = 3600;
  const patterns = [timePattern(5, hour), timePattern(300, hour), timePattern(6 * hour, 48 * hour), timePattern(24 * hour, 168 * hour)];
  expect(patterns).toEqual(["HH:mm:ss", "HH:mm", "MM/DD HH:mm", "MM/DD HH:mm"]);
  expect(timeTexts([0], "MM/DD HH:mm", () => new Date(2026, 10, 22, 6, 5))).toEqual(["11/22 06:05"]);
});
