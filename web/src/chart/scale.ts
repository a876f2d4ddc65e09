/** Ends of a chart's value axes, and which curves share one. */

import uPlot from "uplot";
import { number, object, text } from "../json";
import type { FieldConfig } from "../model/field-config";

/** Curves of the same unit, limits, side, distribution and label share an axis. */
export function scaleKey({ unit, min, max, custom }: FieldConfig): string {
  const { type, log } = object(custom.scaleDistribution);
  const side = text(custom.axisPlacement, "auto");
  const parts = [
    unit,
    min,
    max,
    custom.axisSoftMin,
    custom.axisSoftMax,
    side,
    text(type, "linear"),
    type === "log" ? log : "",
    custom.axisLabel,
  ];
  return parts.map((part) => part ?? "").join("|");
}

/** Whether values are yes or no, which is where their axis has its marks. */
export function isSwitch({ unit }: FieldConfig): boolean {
  return unit?.startsWith("bool") ?? false;
}

/** What of a curve its axis depends on. */
interface Scaled {
  config: FieldConfig;
  style: { draw: string; stack: string };
}

interface Kind {
  log: 2 | 10 | undefined;
  /** Whether curves are drawn from zero up. */
  zero: boolean;
  percent: boolean;
}

export function scaleOptions(curves: readonly Scaled[]): uPlot.Scale {
  const config = curves[0]?.config ?? { custom: {} };
  const distribution = object(config.custom.scaleDistribution);
  const log = distribution.type !== "log" ? undefined : number(distribution.log) === 2 ? 2 : 10;
  if (isSwitch(config)) return { auto: false, range: () => [0, 1] };
  const zero = curves.some(({ style }) => style.draw === "bars" || style.stack !== "none");
  const percent = curves.some(({ style }) => style.stack === "percent");
  return {
    ...(log ? { distr: 3 as const, log } : {}),
    range: (_plot, low, high) => scaleRange(config, low, high, { log, zero, percent }),
  };
}

/** Share of the range that is left free beyond the curves. */
const PAD = 0.1;

function scaleRange(config: FieldConfig, low: number | null, high: number | null, { log, zero, percent }: Kind): uPlot.Range.MinMax {
  const limits = limitsOf(config);
  // Without a sample there is no axis, unless it is given whole.
  if ((low === null || high === null) && (limits.min === undefined || limits.max === undefined)) return [null, null];
  const centred = config.custom.axisCenteredZero === true;
  const [from, to] = low === null || high === null ? [limits.min ?? 0, limits.max ?? 100] : centred ? around(low, high) : [low, high];
  if (percent && config.min === undefined && config.max === undefined) return [from < 0 ? -1 : 0, to > 0 ? 1 : 0];
  if (log) return logRange(limits.min ?? from, limits.max ?? to, log);
  // A curve that stands at zero would get an axis up to a hundred.
  if (from === 0 && to === 0 && limits.max === undefined) return [limits.min ?? 0, Math.max(1, limits.softMax ?? 0)];
  const [bottom, top] = uPlot.rangeNum(limits.min ?? from, limits.max ?? to, {
    min: { pad: PAD, soft: limits.softMin ?? 0, mode: limits.softMin === undefined && !zero ? 3 : 1 },
    max: { pad: PAD, soft: limits.softMax ?? 0, mode: limits.softMax === undefined && !zero ? 3 : 1 },
  });
  const ends: [number, number] = [limits.min ?? bottom ?? 0, limits.max ?? top ?? 1];
  const [least, most] = config.decimals === 0 ? [Math.floor(ends[0]), Math.ceil(ends[1])] : ends;
  return least < most ? [least, most] : [least, least + 1];
}

interface AxisLimits {
  min: number | undefined;
  max: number | undefined;
  softMin: number | undefined;
  softMax: number | undefined;
}

/** A soft limit gives way to curves beyond it, and puts the fixed one of its side out of force. */
function limitsOf({ min, max, custom }: FieldConfig): AxisLimits {
  const softMin = number(custom.axisSoftMin);
  const softMax = number(custom.axisSoftMax);
  return { min: softMin === undefined ? min : undefined, max: softMax === undefined ? max : undefined, softMin, softMax };
}

function around(low: number, high: number): [number, number] {
  const most = Math.max(Math.abs(low), Math.abs(high));
  return [-most, most];
}

/** Whole powers, above zero. */
function logRange(low: number, high: number, base: 2 | 10): uPlot.Range.MinMax {
  const top = high > 0 ? high : 1;
  return uPlot.rangeLog(low > 0 ? low : top / base, top, base, true);
}
