import { expect, test } from "vitest";
import { partRows } from "./parts";

const part = (type: string, start: number, end: number, seconds: number) => ({
  type,
  start,
  end,
  seconds,
  series: 1,
  samples: 1,
  samplesRead: 1,
});

test("parts lie under those they stand in, and have the rest of the time for themselves", () => {
  const expr = "sum(rate(é[1m])) / 2";
  // Offsets are in bytes, and é has two.
  const rows = partRows(expr, [
    part("binaryExpr", 0, 21, 1),
    part("aggregation", 0, 17, 0.8),
    part("call", 4, 16, 0.7),
    part("matrixSelector", 9, 15, 0.3),
  ]);
  expect(rows.map(({ text, depth }) => [depth, text])).toEqual([
    [0, expr],
    [1, "sum(rate(é[1m]))"],
    [2, "rate(é[1m])"],
    [3, "é[1m]"],
  ]);
  expect(rows.map(({ share }) => Math.round(share * 100))).toEqual([20, 10, 40, 30]);
});
