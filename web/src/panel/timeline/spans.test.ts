import { expect, test } from "vitest";
import type { Frame, Value } from "../../frame/frame";
import { toRows } from "./spans";

function states(values: Value[], times = values.map((_, index) => index * 1000)): Frame {
  return {
    name: "door",
    refId: "A",
    stepMs: 1000,
    fields: [
      { name: "Time", type: "time", values: times, config: { custom: {} } },
      { name: "Value", type: typeof values[0] === "string" ? "string" : "number", values, config: { custom: {} } },
    ],
  };
}

const spansOf = (frame: Frame, merge = true) =>
  toRows([frame], { mode: "dark", merge, to: 10_000 })[0]?.spans.map(({ from, to, text }) => [from, to, text]);

test("a state lasts until the next one", () => {
  expect(spansOf(states([1, 1, 0]))).toEqual([
    [0, 2000, "1"],
    [2000, 3500, "0"],
  ]);
  expect(spansOf(states([1, 1, 0]), false)).toHaveLength(3);
});

test("where samples are missing nothing is claimed", () => {
  expect(spansOf(states([1, 1], [0, 8000]))).toEqual([
    [0, 1500, "1"],
    [8000, 9500, "1"],
  ]);
  expect(spansOf(states([1, null, 1]))).toHaveLength(2);
});

test("texts have a colour each, the same in every row", () => {
  const [first, second] = toRows([states(["open", "shut"]), states(["shut", "open"])], { mode: "dark", merge: true, to: 10_000 });
  const color = (row: typeof first, text: string) => row?.spans.find((span) => span.text === text)?.color;
  expect(color(first, "open")).not.toBe(color(first, "shut"));
  expect(color(first, "open")).toBe(color(second, "open"));
});
