import { expect, test } from "vitest";
import { describeRange } from "./clock";
import { formatDuration, parseDuration, spokenDuration } from "./duration";
import { resolveRange, resolveTime } from "./range";

const NOW = Date.parse("2026-03-31T13:45:30Z");

test.each<[string, boolean, string | undefined]>([
  ["now", false, "2026-03-31T13:45:30.000Z"],
  ["now-6h", false, "2026-03-31T07:45:30.000Z"],
  ["now/d", false, "2026-03-31T00:00:00.000Z"],
  ["now/d", true, "2026-03-31T23:59:59.999Z"],
  ["now-1d/d", false, "2026-03-30T00:00:00.000Z"],
  ["now/w", false, "2026-03-30T00:00:00.000Z"],
  ["now-1M", false, "2026-02-28T13:45:30.000Z"],
  ["now/M", true, "2026-03-31T23:59:59.999Z"],
  ["now/y", false, "2026-01-01T00:00:00.000Z"],
  ["1774964730000", false, "2026-03-31T13:45:30.000Z"],
  ["2026-03-01 12:00", false, "2026-03-01T12:00:00.000Z"],
  ["2026-03-01", false, "2026-03-01T00:00:00.000Z"],
  ["now-", false, undefined],
  ["yesterday", false, undefined],
])("%s (up: %s) is %s", (source, up, iso) => {
  const ms = resolveTime(source, NOW, up, true);
  expect(ms === undefined ? undefined : new Date(ms).toISOString()).toBe(iso);
});

test("ends in the wrong order are put right", () => {
  expect(resolveRange({ from: "2000000000000", to: "1000000000000" }, NOW)).toEqual({ from: 1_000_000_000_000, to: 2_000_000_000_000 });
});

test("durations are read and written", () => {
  expect(["15s", "1h30m", "2d", "90", ">1m", "x", ""].map(parseDuration)).toEqual([
    15_000,
    5_400_000,
    172_800_000,
    90_000,
    60_000,
    undefined,
    undefined,
  ]);
  expect([1000, 90_000, 7_200_000, 86_400_000, 1500].map(formatDuration)).toEqual(["1s", "90s", "2h", "1d", "1500ms"]);
  expect([0.5, 320, 4_200, 65_000, 93_600_000].map(spokenDuration)).toEqual(["0.50ms", "320ms", "4.2s", "1m 5s", "1d 2h"]);
});

test("ranges are described as they were chosen", () => {
  expect(describeRange({ from: "now-1h", to: "now" })).toBe("Last 1 hour");
  expect(describeRange({ from: "now-45m", to: "now" })).toBe("Last 45 minutes");
  expect(describeRange({ from: "1774964730000", to: "now" }, true)).toBe("2026-03-31 13:45:30 to now");
});
