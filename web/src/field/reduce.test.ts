import { expect, test } from "vitest";
import { calculationName, reduce } from "./reduce";

const VALUES = [4, null, 2, NaN, 6, null];

test.each<[string, number | null]>([
  ["lastNotNull", 6],
  ["last", null],
  ["firstNotNull", 4],
  ["min", 2],
  ["max", 6],
  ["mean", 4],
  ["avg", 4],
  ["sum", 12],
  ["median", 4],
  ["range", 4],
  ["count", 6],
  ["diff", 2],
  ["delta", 6],
  ["p50", 4],
  ["changeCount", 2],
  ["unheard-of", null],
])("%s is %s", (id, expected) => expect(reduce(id, VALUES)).toBe(expected));

test("nothing reduces to nothing", () => {
  expect(["lastNotNull", "mean", "max"].map((id) => reduce(id, [null]))).toEqual([null, null, null]);
});

test("calculations are named as in Grafana's legends", () => {
  expect(["lastNotNull", "mean", "sum", "p95"].map(calculationName)).toEqual(["Last *", "Mean", "Total", "95th %"]);
});
