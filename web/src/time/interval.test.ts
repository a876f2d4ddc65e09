import { expect, test } from "vitest";
import { alignRange, intervalMacros, roundInterval, targetStep } from "./interval";

const HOUR = 3_600_000;

test.each([
  [9, 1],
  [1_499, 1_000],
  [15_000, 15_000],
  [42_000, 30_000],
  [95_000, 120_000],
  [50_000_000, 43_200_000],
  [4_000_000_000, 31_536_000_000],
])("%i ms rounds to %i", (ms, rounded) => expect(roundInterval(ms)).toBe(rounded));

test("a short range keeps to the scrape interval, with a rate window of four", () => {
  expect(targetStep({ rangeMs: HOUR, maxDataPoints: 1000 })).toEqual({ stepMs: 15_000, rateMs: 60_000 });
});

test("a long range steps by its points, and the rate window grows with it", () => {
  expect(targetStep({ rangeMs: 24 * HOUR, maxDataPoints: 720 })).toEqual({ stepMs: 120_000, rateMs: 135_000 });
});

test("a target's min step holds, and is what the rate window counts by", () => {
  expect(targetStep({ rangeMs: HOUR, maxDataPoints: 1000, targetMin: "1m" })).toEqual({ stepMs: 60_000, rateMs: 240_000 });
});

test("$__rate_interval as min step is the step itself", () => {
  expect(targetStep({ rangeMs: HOUR, maxDataPoints: 1000, targetMin: "$__rate_interval" })).toEqual({ stepMs: 60_000, rateMs: 60_000 });
});

test("no range asks for more than 11,000 points", () => {
  const { stepMs } = targetStep({ rangeMs: 30 * 24 * HOUR, maxDataPoints: 1e6, targetMin: "1s" });
  expect((30 * 24 * HOUR) / stepMs).toBeLessThanOrEqual(11_000);
});

test("ranges move down to whole steps of local time", () => {
  expect(alignRange(100_001, 199_999, 15_000)).toEqual([90_000, 195_000]);
  expect(alignRange(90_000_000, 100_000_000, 86_400_000, HOUR)).toEqual([82_800_000, 82_800_000]);
});

test("macros are written as PromQL reads them", () => {
  const macros = intervalMacros({ stepMs: 90_000, rateMs: 360_000 }, 5_400_400);
  expect(macros).toMatchObject({
    __interval: "90s",
    __interval_ms: "90000",
    __rate_interval: "6m",
    __range: "5400s",
    __range_s: "5400",
    __range_ms: "5400400",
  });
});
