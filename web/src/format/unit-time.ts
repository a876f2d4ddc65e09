/** Units of time. */

import { autoDecimals, toFixed } from "./number";

/** `[size in seconds, name]` from the largest to the smallest. */
const STEPS: readonly (readonly [number, string])[] = [
  [31_557_600, " year"],
  [604_800, " week"],
  [86_400, " day"],
  [3600, " hour"],
  [60, " min"],
  [1, " s"],
  [1e-3, " ms"],
  [1e-6, " µs"],
  [1e-9, " ns"],
];

/** A duration in the largest unit that it fills. */
export function formatSeconds(value: number, decimals?: number): { text: string; suffix: string } {
  if (value === 0 || !Number.isFinite(value)) return { text: toFixed(value, decimals), suffix: value === 0 ? " s" : "" };
  const [size, name] = STEPS.find(([step]) => Math.abs(value) >= step) ?? [1e-9, " ns"];
  const count = Number((value / size).toPrecision(12));
  const text = toFixed(count, decimals ?? autoDecimals(count));
  const counted = size >= 3600 && Math.abs(Number(text)) !== 1;
  return { text, suffix: counted ? `${name}s` : name };
}

const WORDS: readonly (readonly [number, string])[] = [
  [31_536_000, "year"],
  [2_592_000, "month"],
  [604_800, "week"],
  [86_400, "day"],
  [3600, "hour"],
  [60, "minute"],
  [1, "second"],
];

/** `2 days, 3 hours`: the largest unit, and as many more as there are decimals. */
export function longDuration(seconds: number, decimals = 0): string {
  if (!Number.isFinite(seconds)) return toFixed(seconds);
  if (seconds < 0) return `${longDuration(-seconds, decimals)} ago`;
  const parts: string[] = [];
  let rest = Math.floor(seconds);
  for (const [size, name] of WORDS) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0) parts.push(`${count} ${name}${count === 1 ? "" : "s"}`);
    if (parts.length > Math.max(0, decimals)) break;
  }
  return parts.length ? parts.join(", ") : `${toFixed(seconds, seconds ? 3 : 0)} seconds`;
}

/** `26:05:09`, or `1 d 02:05:09` with days set apart. */
export function clockDuration(seconds: number, days: boolean): string {
  if (!Number.isFinite(seconds)) return toFixed(seconds);
  const sign = seconds < 0 ? "-" : "";
  let rest = Math.floor(Math.abs(seconds));
  const whole = days ? Math.floor(rest / 86_400) : 0;
  rest -= whole * 86_400;
  const part = (count: number) => String(count).padStart(2, "0");
  const clock = `${part(Math.floor(rest / 3600))}:${part(Math.floor((rest % 3600) / 60))}:${part(rest % 60)}`;
  return days ? `${sign}${whole} d ${clock}` : sign + clock;
}
