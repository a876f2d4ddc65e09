/** Frames as curves: joined on one time axis, styled by their field configuration. */

import { fieldColor, fieldLimits, valueColor } from "../field/display";
import { reduce } from "../field/reduce";
import type { Field, Frame, Value } from "../frame/frame";
import { numberFields, timeField } from "../frame/frame";
import { displayName } from "../frame/name";
import { type Json, array, flag, number, object, text } from "../json";
import type { FieldConfig } from "../model/field-config";
import type { Mode } from "../theme/palette";
import { scaleKey } from "./scale";

export type DrawStyle = "line" | "bars" | "points";
export type Interpolation = "linear" | "smooth" | "stepAfter" | "stepBefore";

export interface CurveStyle {
  draw: DrawStyle;
  interpolation: Interpolation;
  width: number;
  /** 0 to 1. */
  fill: number;
  /** Share of the room between two samples that a bar takes, the pixels that are enough, and the side of its sample. */
  barWidth: number;
  barMaxWidth: number;
  barAlign: -1 | 0 | 1;
  gradient: "none" | "opacity" | "hue" | "scheme";
  points: "auto" | "always" | "never";
  pointSize: number;
  dash: number[] | undefined;
  /** `true` joins over every gap, a number (ms) over gaps up to it. */
  spanNulls: boolean | number;
  stack: "none" | "normal" | "percent";
  stackGroup: string;
}

export interface Curve {
  key: string;
  name: string;
  color: string;
  config: FieldConfig;
  style: CurveStyle;
  /** Values on the common time axis; `null` where there is none. */
  values: (number | null)[];
  /** As they came, for calculations in the legend and for links. */
  source: Field;
  frame: Frame;
  scale: string;
  inLegend: boolean;
  inTooltip: boolean;
  drawn: boolean;
}

export interface CurveSet {
  /** Epoch seconds. */
  times: number[];
  curves: Curve[];
}

/** Curves that one chart draws. */
const CURVES_MAX = 400;

export function toCurves(frames: readonly Frame[], mode: Mode): CurveSet {
  const drawable = frames.filter((frame) => timeField(frame));
  const times = joinTimes(drawable);
  const place = new Map(times.map((time, index) => [time, index]));
  const curves: Curve[] = [];
  for (const frame of drawable) {
    for (const field of numberFields(frame)) {
      if (curves.length >= CURVES_MAX) break;
      curves.push(toCurve(field, frame, frames, place, curves.length, mode));
    }
  }
  return { times: times.map((time) => time / 1000), curves };
}

/** All times in order, with one more in each pause that is longer than the step, so that lines break there. */
function joinTimes(frames: readonly Frame[]): number[] {
  const all = new Set<number>();
  let stepMs = 0;
  for (const frame of frames) {
    for (const time of timeField(frame)?.values ?? []) if (typeof time === "number") all.add(time);
    stepMs = Math.max(stepMs, frame.stepMs ?? 0);
  }
  const sorted = [...all].sort((a, b) => a - b);
  if (stepMs === 0) return sorted;
  const joined: number[] = [];
  for (const time of sorted) {
    const before = joined.at(-1);
    if (before !== undefined && time - before > stepMs * 1.5) joined.push(before + stepMs);
    joined.push(time);
  }
  return joined;
}

function toCurve(field: Field, frame: Frame, frames: readonly Frame[], place: Map<number, number>, index: number, mode: Mode): Curve {
  const name = displayName(field, frame, frames);
  const { config } = field;
  const hidden = object(config.custom.hideFrom);
  return {
    key: `${frame.refId} ${name}`,
    name,
    color: curveColor(field, index, name, mode),
    config,
    style: readStyle(config.custom),
    values: alignValues(field, frame, place),
    source: field,
    frame,
    scale: scaleKey(config),
    inLegend: !flag(hidden.legend),
    inTooltip: !flag(hidden.tooltip),
    drawn: !flag(hidden.viz),
  };
}

function alignValues(field: Field, frame: Frame, place: Map<number, number>): (number | null)[] {
  const values = new Array<number | null>(place.size).fill(null);
  const sign = field.config.custom.transform === "negative-Y" ? -1 : 1;
  timeField(frame)?.values.forEach((time, row) => {
    const at = typeof time === "number" ? place.get(time) : undefined;
    const value = field.values[row];
    if (at !== undefined) values[at] = drawable(value) ? sign * value : null;
  });
  return values;
}

function drawable(value: Value | undefined): value is number {
  return typeof value === "number" && Number.isFinite(value);
}

/** Colours by value (thresholds, continuous) take that of the last value for the whole curve, or of the one the field names. */
function curveColor(field: Field, index: number, name: string, mode: Mode): string {
  const kind = field.config.color?.mode ?? "palette-classic";
  if (kind !== "thresholds" && !kind.startsWith("continuous-")) return fieldColor(field.config, mode, index, name);
  const deciding = reduce(field.config.color?.seriesBy ?? "lastNotNull", field.values);
  return valueColor(field.config, typeof deciding === "number" ? deciding : NaN, { mode, index, limits: fieldLimits(field) });
}

function readStyle(custom: Json): CurveStyle {
  const stacking = object(custom.stacking);
  const line = object(custom.lineStyle);
  const draw = text(custom.drawStyle, "line") as DrawStyle;
  return {
    draw,
    interpolation: text(custom.lineInterpolation, "linear") as Interpolation,
    width: number(custom.lineWidth) ?? 1,
    fill: Math.min(100, Math.max(0, number(custom.fillOpacity) ?? 0)) / 100,
    barWidth: number(custom.barWidthFactor) ?? 0.6,
    barMaxWidth: number(custom.barMaxWidth) ?? 200,
    barAlign: barAlign(number(custom.barAlignment)),
    gradient: text(custom.gradientMode, "none") as CurveStyle["gradient"],
    points: text(custom.showPoints, "auto") as CurveStyle["points"],
    pointSize: number(custom.pointSize) ?? 5,
    dash: line.fill === "dash" || line.fill === "dot" ? dashes(line.dash) : undefined,
    spanNulls: typeof custom.spanNulls === "number" ? custom.spanNulls : flag(custom.spanNulls),
    stack: stacking.mode === "normal" || stacking.mode === "percent" ? stacking.mode : "none",
    stackGroup: text(stacking.group, "A"),
  };
}

function barAlign(side = 0): -1 | 0 | 1 {
  return side < 0 ? -1 : side > 0 ? 1 : 0;
}

/** Lengths of dashes and gaps; ten pixels each where none are given. */
function dashes(source: unknown): number[] {
  const lengths = array(source).map(Number).filter(Number.isFinite);
  return lengths.length ? lengths : [10, 10];
}
