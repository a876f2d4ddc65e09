/** Steps and rate windows, computed as Grafana's Prometheus data source does. */

import { formatDuration, parseDuration } from "./duration";

/** What a scrape interval is taken to be when nothing says otherwise, ms. */
export const SCRAPE_INTERVAL_MS = 15_000;

/** Points a series may have in one answer; Prometheus refuses more. */
const POINTS_MAX = 11_000;

/** `[exclusive limit, rounded value]` in ms: an interval below the limit becomes the value. */
const ROUNDED: readonly (readonly [number, number])[] = [
  [10, 1],
  [15, 10],
  [35, 20],
  [75, 50],
  [150, 100],
  [350, 200],
  [750, 500],
  [1_500, 1_000],
  [3_500, 2_000],
  [7_500, 5_000],
  [12_500, 10_000],
  [17_500, 15_000],
  [25_000, 20_000],
  [45_000, 30_000],
  [90_000, 60_000],
  [210_000, 120_000],
  [450_000, 300_000],
  [750_000, 600_000],
  [1_050_000, 900_000],
  [1_500_000, 1_200_000],
  [2_700_000, 1_800_000],
  [5_400_000, 3_600_000],
  [9_000_000, 7_200_000],
  [16_200_000, 10_800_000],
  [32_400_000, 21_600_000],
  [86_400_000, 43_200_000],
  [604_800_000, 86_400_000],
  [1_814_400_000, 604_800_000],
  [3_628_800_000, 2_592_000_000],
];

const YEAR_MS = 31_536_000_000;

/** The round interval (ms) that stands for `ms`. */
export function roundInterval(ms: number): number {
  return ROUNDED.find(([limit]) => ms < limit)?.[1] ?? YEAR_MS;
}

export interface StepRequest {
  /** Length of the time range, ms. */
  rangeMs: number;
  maxDataPoints: number;
  /** The panel's own lower limit, ms; the data source's scrape interval when it has none. */
  panelMinMs?: number | undefined;
  /** The target's lower limit (its "Min step") as written, variables already put in. */
  targetMin?: string | undefined;
  scrapeIntervalMs?: number | undefined;
  /** The target's resolution as a factor of the step; 1 when unset. */
  factor?: number | undefined;
}

export interface Step {
  /** Step of the range query, ms; the value of `$__interval`. */
  stepMs: number;
  /** The value of `$__rate_interval`, ms. */
  rateMs: number;
}

/** The step and the rate window of one target. */
export function targetStep(request: StepRequest): Step {
  const scrapeMs = request.scrapeIntervalMs ?? SCRAPE_INTERVAL_MS;
  const written = request.targetMin?.trim() ?? "";
  const targetMs = isIntervalMacro(written) ? undefined : parseDuration(written);
  const minMs = targetMs ?? request.panelMinMs ?? scrapeMs;
  const calculated = request.rangeMs / Math.max(1, request.maxDataPoints);
  const rounded = calculated < minMs ? minMs : roundInterval(calculated);
  const safe = roundInterval(request.rangeMs / POINTS_MAX);
  const adjusted = Math.max(rounded, safe);
  if (written === "$__rate_interval" || written === "${__rate_interval}") {
    const rate = rateWindow(adjusted, scrapeMs);
    return { stepMs: rate, rateMs: rate };
  }
  const stepMs = adjusted * (request.factor || 1);
  const rateBase = isIntervalMacro(written) ? stepMs : (targetMs ?? scrapeMs);
  return { stepMs, rateMs: rateWindow(stepMs, rateBase) };
}

function isIntervalMacro(written: string): boolean {
  return /^\$(__(rate_)?interval|\{__(rate_)?interval\})$/.test(written);
}

function rateWindow(stepMs: number, scrapeMs: number): number {
  return Math.max(stepMs + scrapeMs, 4 * scrapeMs);
}

/** Start and end (ms) moved down to whole steps, so that points stand still from one refresh to the next. */
export function alignRange(fromMs: number, toMs: number, stepMs: number, offsetMs = 0): [number, number] {
  const align = (time: number) => Math.floor((time + offsetMs) / stepMs) * stepMs - offsetMs;
  return [align(fromMs), align(toMs)];
}

/** The built-in variables of a query over a range with a step. */
export function intervalMacros(step: Step, rangeMs: number): Record<string, string> {
  const seconds = Math.round(rangeMs / 1000);
  return {
    __interval: formatDuration(step.stepMs),
    __interval_ms: String(Math.round(step.stepMs)),
    __rate_interval: formatDuration(step.rateMs),
    __rate_interval_ms: String(Math.round(step.rateMs)),
    __range: `${seconds}s`,
    __range_s: String(seconds),
    __range_ms: String(Math.round(rangeMs)),
  };
}
