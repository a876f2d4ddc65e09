/** Times for reading. All take epoch ms. */

import { spokenDuration } from "./duration";
import { QUICK_RANGES, type RawRange, resolveTime } from "./range";

const two = (value: number) => String(value).padStart(2, "0");

/** `2026-11-22 05:48:00`, in local time or UTC. */
export function dateTime(ms: number, utc = false): string {
  const date = new Date(ms);
  if (Number.isNaN(date.getTime())) return "Invalid date";
  return utc
    ? `${date.getUTCFullYear()}-${two(date.getUTCMonth() + 1)}-${two(date.getUTCDate())} ${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}`
    : `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

/** How long ago, in words: `12.3s ago`, `2h 5m ago`. */
export function ago(ms: number, nowMs: number): string {
  const passed = nowMs - ms;
  return passed < 0 ? `in ${spokenDuration(-passed)}` : `${spokenDuration(passed)} ago`;
}

/** What the time picker shows for a range. */
export function describeRange(raw: RawRange, utc = false): string {
  const quick = QUICK_RANGES.find((range) => range.from === raw.from && range.to === raw.to);
  if (quick) return quick.label;
  const relative = /^now-(\d+)([smhdwMy])$/.exec(raw.from);
  if (raw.to === "now" && relative) return `Last ${relative[1]} ${plural(relative[2] ?? "s", Number(relative[1]))}`;
  return `${describeEnd(raw.from, utc)} to ${describeEnd(raw.to, utc)}`;
}

const UNIT_NAMES: Record<string, string> = {
  s: "second",
  m: "minute",
  h: "hour",
  d: "day",
  w: "week",
  M: "month",
  y: "year",
};

function plural(unit: string, count: number): string {
  const name = UNIT_NAMES[unit] ?? unit;
  return count === 1 ? name : `${name}s`;
}

function describeEnd(source: string, utc: boolean): string {
  if (source.startsWith("now")) return source;
  const ms = resolveTime(source, 0, false, utc);
  return ms === undefined ? source : dateTime(ms, utc);
}
