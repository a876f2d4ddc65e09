/** Time ranges as Grafana writes them: `now-6h`, `now/d`, epoch milliseconds, ISO dates. */

export interface RawRange {
  from: string;
  to: string;
}

/** Ends of a range in epoch ms. */
export interface TimeRange {
  from: number;
  to: number;
}

export const QUICK_RANGES: readonly (RawRange & { label: string })[] = [
  { from: "now-5m", to: "now", label: "Last 5 minutes" },
  { from: "now-15m", to: "now", label: "Last 15 minutes" },
  { from: "now-30m", to: "now", label: "Last 30 minutes" },
  { from: "now-1h", to: "now", label: "Last 1 hour" },
  { from: "now-3h", to: "now", label: "Last 3 hours" },
  { from: "now-6h", to: "now", label: "Last 6 hours" },
  { from: "now-12h", to: "now", label: "Last 12 hours" },
  { from: "now-24h", to: "now", label: "Last 24 hours" },
  { from: "now-2d", to: "now", label: "Last 2 days" },
  { from: "now-7d", to: "now", label: "Last 7 days" },
  { from: "now-30d", to: "now", label: "Last 30 days" },
  { from: "now-90d", to: "now", label: "Last 90 days" },
  { from: "now/d", to: "now/d", label: "Today" },
  { from: "now/d", to: "now", label: "Today so far" },
  { from: "now-1d/d", to: "now-1d/d", label: "Yesterday" },
  { from: "now/w", to: "now", label: "This week so far" },
  { from: "now/M", to: "now", label: "This month so far" },
];

/** Moves that one expression may hold; more is not a time anybody writes. */
const MOVES_MAX = 8;

/**
 * Epoch ms of one end of a range; `undefined` when it is no time.
 * `roundUp` decides whether `/d` means the start or the end of the day.
 */
export function resolveTime(source: string, nowMs: number, roundUp: boolean, utc = false): number | undefined {
  const trimmed = source.trim();
  if (/^\d{9,}$/.test(trimmed)) return Number(trimmed);
  if (!trimmed.startsWith("now")) return parseDate(trimmed, utc);
  const rest = trimmed.slice(3);
  if (!/^([+-]\d*[smhdwMyQ]|\/[smhdwMyQ])*$/.test(rest)) return undefined;
  const moves = [...rest.matchAll(/([+\-/])(\d*)([smhdwMyQ])/g)].slice(0, MOVES_MAX);
  const date = new Date(nowMs);
  for (const [, sign, count, unit] of moves) {
    if (sign === "/") round(date, unit ?? "s", roundUp, utc);
    else move(date, (sign === "-" ? -1 : 1) * Number(count || 1), unit ?? "s", utc);
  }
  return date.getTime();
}

/** Both ends in epoch ms; an end that is no time falls back to the last hour. */
export function resolveRange(raw: RawRange, nowMs: number, utc = false): TimeRange {
  const to = resolveTime(raw.to, nowMs, true, utc) ?? nowMs;
  const from = resolveTime(raw.from, nowMs, false, utc) ?? to - 3_600_000;
  return from < to ? { from, to } : { from: to, to: from === to ? to + 1000 : from };
}

export function isRelative(raw: RawRange): boolean {
  return raw.from.startsWith("now") || raw.to.startsWith("now");
}

function parseDate(source: string, utc: boolean): number | undefined {
  if (!/^\d{4}-\d{2}/.test(source)) return undefined;
  let iso = source.replace(" ", "T");
  if (/^\d{4}-\d{2}-\d{2}$/.test(iso)) iso += "T00:00:00";
  const parsed = Date.parse(utc && !/(Z|[+-]\d{2}:?\d{2})$/.test(iso) ? `${iso}Z` : iso);
  return Number.isNaN(parsed) ? undefined : parsed;
}

const FIXED_MS: Record<string, number> = { s: 1000, m: 60_000, h: 3_600_000 };

function move(date: Date, count: number, unit: string, utc: boolean): void {
  const fixed = FIXED_MS[unit];
  if (fixed !== undefined) date.setTime(date.getTime() + count * fixed);
  else if (unit === "d" || unit === "w") moveDays(date, unit === "w" ? 7 * count : count, utc);
  else moveMonths(date, unit === "y" ? 12 * count : unit === "Q" ? 3 * count : count, utc);
}

function moveDays(date: Date, days: number, utc: boolean): void {
  if (utc) date.setUTCDate(date.getUTCDate() + days);
  else date.setDate(date.getDate() + days);
}

/** Moves by months and stays on the month's last day where the target month is shorter. */
function moveMonths(date: Date, months: number, utc: boolean): void {
  const day = utc ? date.getUTCDate() : date.getDate();
  if (utc) date.setUTCMonth(date.getUTCMonth() + months, 1);
  else date.setMonth(date.getMonth() + months, 1);
  const year = utc ? date.getUTCFullYear() : date.getFullYear();
  const month = utc ? date.getUTCMonth() : date.getMonth();
  const last = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  if (utc) date.setUTCDate(Math.min(day, last));
  else date.setDate(Math.min(day, last));
}

function round(date: Date, unit: string, up: boolean, utc: boolean): void {
  floorTo(date, unit, utc);
  if (!up) return;
  move(date, 1, unit, utc);
  date.setTime(date.getTime() - 1);
}

function floorTo(date: Date, unit: string, utc: boolean): void {
  const fixed = FIXED_MS[unit];
  if (fixed !== undefined && unit !== "h") {
    date.setTime(Math.floor(date.getTime() / fixed) * fixed);
    return;
  }
  const year = utc ? date.getUTCFullYear() : date.getFullYear();
  const month = utc ? date.getUTCMonth() : date.getMonth();
  const day = utc ? date.getUTCDate() : date.getDate();
  const weekday = ((utc ? date.getUTCDay() : date.getDay()) + 6) % 7;
  const hour = unit === "h" ? (utc ? date.getUTCHours() : date.getHours()) : 0;
  const start: [number, number, number] =
    unit === "y"
      ? [year, 0, 1]
      : unit === "Q"
        ? [year, month - (month % 3), 1]
        : unit === "M"
          ? [year, month, 1]
          : unit === "w"
            ? [year, month, day - weekday]
            : [year, month, day];
  date.setTime(utc ? Date.UTC(...start, hour) : new Date(...start, hour).getTime());
}

/** The range moved by a share of its length; below zero into the past. */
export function movedRange({ from, to }: TimeRange, share: number): RawRange {
  const by = share * (to - from);
  return absoluteRange(from + by, to + by);
}

/** Twice the range around the same middle. */
export function zoomedOut({ from, to }: TimeRange): RawRange {
  const span = Math.max(1000, to - from);
  return absoluteRange(from - span / 2, to + span / 2);
}

function absoluteRange(from: number, to: number): RawRange {
  return { from: String(Math.round(from)), to: String(Math.round(to)) };
}
