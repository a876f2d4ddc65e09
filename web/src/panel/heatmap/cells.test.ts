import { expect, test } from "vitest";
import type { Field, Frame } from "../../frame/frame";
import { countAt, toCells } from "./cells";

const range = { from: 0, to: 60_000 };

function series(name: string, values: number[], more: Partial<Field> = {}): Frame {
  const times = values.map((_, index) => (index + 1) * 10_000);
  return {
    name,
    refId: "A",
    stepMs: 10_000,
    fields: [
      { name: "Time", type: "time", values: times, config: { custom: {} } },
      { name: "Value", type: "number", values, config: { custom: {} }, ...more },
    ],
  };
}

test("buckets stand in the order of their ends, whatever the order of the series", () => {
  const cells = toCells([series("+Inf", [5, 6]), series("0.5", [1, 2]), series("2", [3, 4])], {}, range);
  expect(cells.bands.map(({ low, high }) => [low, high])).toEqual([
    [-Infinity, 0.5],
    [0.5, 2],
    [2, Infinity],
  ]);
  expect([0, 1, 2].map((band) => countAt(cells, band, 1))).toEqual([2, 4, 6]);
  expect(cells).toMatchObject({ times: [10_000, 20_000], stepMs: 10_000, ordinal: true });
});

test("names that are no numbers keep their order", () => {
  const cells = toCells([series("web", [1]), series("db", [2])], {}, range);
  expect(cells.bands.map(({ label }) => label)).toEqual(["web", "db"]);
});

test("values are counted into bands of a round height", () => {
  const options = { calculate: true, calculation: { xBuckets: { mode: "size", value: "30s" }, yBuckets: { mode: "size", value: "10" } } };
  const cells = toCells([series("a", [1, 2, 25, 12])], options, range);
  expect(cells.bands.map(({ low, high }) => [low, high])).toEqual([
    [0, 10],
    [10, 20],
    [20, 30],
  ]);
  const column = cells.times.indexOf(30_000);
  expect([0, 1, 2].map((band) => countAt(cells, band, column))).toEqual([2, NaN, 1]);
  expect(countAt(cells, 1, column + 1)).toBe(1);
});

test("buckets of native histograms are joined over time", () => {
  const histograms = [
    { buckets: [[0, "1", "2", "3"]] },
    {
      buckets: [
        [0, "1", "2", "1"],
        [0, "2", "4", "7"],
      ],
    },
  ];
  const cells = toCells([series("", [3, 8], { histograms })], {}, range);
  expect(cells.bands.map(({ low, high }) => [low, high])).toEqual([
    [1, 2],
    [2, 4],
  ]);
  expect([countAt(cells, 0, 0), countAt(cells, 1, 0), countAt(cells, 1, 1)]).toEqual([3, NaN, 7]);
  expect(cells.ordinal).toBe(false);
});
