/** Units of time. */

import { toFixed } from "./number";

/** Below `limit` the value is shown multiplied by `times`, divided by `per`. */
type Step = readonly [limit: number, name: string, per: number, times?: number];

/** By the id of the unit that values come in, as far as Grafana's steps go for each. */
const STEPS: Record<"ns" | "us" | "ms" | "s" | "m" | "h" | "d", readonly Step[]> = {
  ns: [
    [1e3, "ns", 1],
    [1e6, "µs", 1e3],
    [1e9, "ms", 1e6],
    [6e10, "s", 1e9],
    [3.6e12, "min", 6e10],
    [8.64e13, "hour", 3.6e12],
    [Infinity, "day", 8.64e13],
  ],
  us: [
    [1e3, "µs", 1],
    [1e6, "ms", 1e3],
    [Infinity, "s", 1e6],
  ],
  ms: [
    [1e3, "ms", 1],
    [6e4, "s", 1e3],
    [3.6e6, "min", 6e4],
    [8.64e7, "hour", 3.6e6],
    [3.1536e10, "day", 8.64e7],
    [Infinity, "year", 3.1536e10],
  ],
  s: [
    [1e-6, "ns", 1, 1e9],
    [1e-3, "µs", 1, 1e6],
    [1, "ms", 1, 1e3],
    [60, "s", 1],
    [3600, "min", 60],
    [86_400, "hour", 3600],
    [604_800, "day", 86_400],
    [31_536_000, "week", 604_800],
    [Infinity, "year", 3.15569e7],
  ],
  m: [
    [60, "min", 1],
    [1440, "hour", 60],
    [10_080, "day", 1440],
    [604_800, "week", 10_080],
    [Infinity, "year", 525_948],
  ],
  h: [
    [24, "hour", 1],
    [168, "day", 24],
    [8760, "week", 168],
    [Infinity, "year", 8760],
  ],
  d: [
    [7, "day", 1],
    [365, "week", 7],
    [Infinity, "year", 365],
  ],
};

/** A duration in the largest unit that it fills. */
export function formatDuration(value: number, unit: keyof typeof STEPS, decimals?: number): { text: string; suffix: string } {
  if (value === 0 && unit === "s") return { text: "0", suffix: " s" };
  const steps = STEPS[unit];
  const [, name, per, times = 1] = steps.find(([limit]) => Math.abs(value) < limit) ?? steps[steps.length - 1] ?? [0, unit, 1];
  return { text: toFixed((value * times) / per, decimals), suffix: ` ${name}` };
}

/** In milliseconds. */
const WORDS: readonly (readonly [number, string])[] = [
  [31_536_000_000, "year"],
  [2_592_000_000, "month"],
  [604_800_000, "week"],
  [86_400_000, "day"],
  [3_600_000, "hour"],
  [60_000, "minute"],
  [1000, "second"],
  [1, "millisecond"],
];

/** `2 days, 0 hours`: the largest unit that is filled, and as many of the next ones as there are decimals. */
export function longDuration(ms: number, decimals = 0): string {
  if (!Number.isFinite(ms)) return toFixed(ms);
  if (ms < 0) return `${longDuration(-ms, decimals)} ago`;
  const first = WORDS.findIndex(([size]) => ms >= size);
  if (first < 0) return ms === 0 ? "0 seconds" : "";
  let rest = ms;
  const parts = WORDS.slice(first, first + 1 + Math.max(0, decimals)).map(([size, name]) => {
    const count = Math.floor(rest / size);
    rest %= size;
    return `${count} ${name}${count === 1 ? "" : "s"}`;
  });
  return parts.join(", ");
}

const two = (count: number) => String(Math.floor(count)).padStart(2, "0");

/** `26:05:09`, or `1 d 02:05:09` with days set apart. */
export function clockDuration(seconds: number, days: boolean): string {
  if (!Number.isFinite(seconds)) return toFixed(seconds);
  if (seconds < 0) return `${clockDuration(-seconds, days)} ago`;
  const whole = days ? Math.floor(seconds / 86_400) : 0;
  const rest = seconds - whole * 86_400;
  return `${whole > 0 ? `${whole} d ` : ""}${two(rest / 3600)}:${two((rest % 3600) / 60)}:${two((rest % 3600) % 60)}`;
}

/** `2h:05m:09s:120ms`: the largest part that is filled, and as many of the next ones as there are decimals. */
export function clockParts(ms: number, decimals?: number): string {
  if (!Number.isFinite(ms)) return toFixed(ms);
  const milliseconds = `${String(Math.floor(((ms % 1000) + 1000) % 1000)).padStart(3, "0")}ms`;
  if (ms < 1000) return milliseconds;
  const seconds = `${two((ms / 1000) % 60)}s`;
  const minutes = `${two((ms / 60_000) % 60)}m`;
  const parts = [...(ms >= 3_600_000 ? [`${Math.floor(ms / 3_600_000)}h`] : []), ...(ms >= 60_000 ? [minutes] : []), seconds, milliseconds];
  return parts.slice(0, 1 + Math.max(0, decimals ?? parts.length)).join(":");
}

/** Up to so many of the unit a time is told in it; one is told in words. */
const AGO: readonly (readonly [most: number, seconds: number, one: string, many: string])[] = [
  [44, 1, "a few seconds", ""],
  [44, 60, "a minute", "minutes"],
  [21, 3600, "an hour", "hours"],
  [25, 86_400, "a day", "days"],
  [10, 2_629_746, "a month", "months"],
  [Infinity, 31_556_952, "a year", "years"],
];

/** `5 minutes ago`, `in a day`. */
export function fromNow(ms: number, nowMs: number): string {
  const passed = (nowMs - ms) / 1000;
  if (!Number.isFinite(passed)) return toFixed(ms);
  const [, size, one, many] = AGO.find(([most, seconds]) => Math.round(Math.abs(passed) / seconds) <= most) ??
    AGO[AGO.length - 1] ?? [0, 1, "", ""];
  const count = Math.round(Math.abs(passed) / size);
  const told = count <= 1 || many === "" ? one : `${count} ${many}`;
  return passed < 0 ? `in ${told}` : `${told} ago`;
}
