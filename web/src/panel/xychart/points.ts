/** What an XY chart shows: series of points with two numbers each. */

import { fieldColor } from "../../field/display";
import type { Field, Frame } from "../../frame/frame";
import { displayName } from "../../frame/name";
import { number, object, objects, text, type Json } from "../../json";
import type { FieldConfig } from "../../model/field-config";
import type { Mode } from "../../theme/palette";
import { patternOf } from "../../text/pattern";

export interface PointSeries {
  name: string;
  color: string;
  x: number[];
  y: number[];
  /** Whether `x` is a time, epoch ms. */
  timed: boolean;
  xConfig: FieldConfig;
  config: FieldConfig;
  size: number;
  lines: boolean;
  points: boolean;
}

/** Points of one series. */
const POINTS_MAX = 20_000;

export function toPointSeries(frames: readonly Frame[], options: Json, mode: Mode): PointSeries[] {
  const manual = objects(options.series);
  const wanted = (options.mapping ?? options.seriesMapping) === "manual" && manual.length ? manual : [object(options.dims)];
  const found: PointSeries[] = [];
  for (const frame of frames) {
    const numbers = frame.fields.filter((field) => field.type !== "string");
    for (const one of wanted) {
      const x = chosen(one.x ?? one.frame, numbers, frame, frames) ?? defaultX(numbers);
      const only = chosen(one.y, numbers, frame, frames);
      const ys = only ? [only] : numbers.filter((field) => field !== x && field.type === "number");
      for (const y of ys) if (x) found.push(toPoints(x, y, frame, frames, found.length, mode));
    }
  }
  return found;
}

/** The first number where there are two, else the time. */
function defaultX(fields: readonly Field[]): Field | undefined {
  const numbers = fields.filter((field) => field.type === "number");
  return numbers.length > 1 ? numbers[0] : fields.find((field) => field.type === "time");
}

/** A field by the matcher or the name that stands in the options. */
function chosen(source: unknown, fields: readonly Field[], frame: Frame, frames: readonly Frame[]): Field | undefined {
  const matcher = object(object(source).matcher);
  const wanted = text(source) || text(object(source).field) || text(matcher.options);
  if (!wanted) return undefined;
  const pattern = matcher.id === "byRegexp" ? patternOf(wanted) : undefined;
  return fields.find((field) => {
    const name = displayName(field, frame, frames);
    return pattern ? pattern.test(name) : name === wanted || field.name === wanted;
  });
}

function toPoints(xField: Field, yField: Field, frame: Frame, frames: readonly Frame[], index: number, mode: Mode): PointSeries {
  const x: number[] = [];
  const y: number[] = [];
  xField.values.slice(0, POINTS_MAX).forEach((at, row) => {
    const value = yField.values[row];
    if (typeof at !== "number" || typeof value !== "number" || !Number.isFinite(at) || !Number.isFinite(value)) return;
    x.push(at);
    y.push(value);
  });
  const name = displayName(yField, frame, frames);
  const show = text(yField.config.custom.show, "points");
  return {
    name,
    color: fieldColor(yField.config, mode, index, name),
    x,
    y,
    timed: xField.type === "time",
    xConfig: xField.type === "time" ? { unit: "dateTimeAsIso", custom: {} } : xField.config,
    config: yField.config,
    size: number(object(yField.config.custom.pointSize).fixed) ?? 5,
    lines: show.includes("lines"),
    points: show.includes("points"),
  };
}

export function extent(lists: readonly (readonly number[])[], config: FieldConfig | undefined): [number, number] {
  let [low, high] = [Infinity, -Infinity];
  for (const list of lists) {
    for (const value of list) {
      if (value < low) low = value;
      if (value > high) high = value;
    }
  }
  if (low > high) return [config?.min ?? 0, config?.max ?? 1];
  const pad = (high - low || Math.abs(high) || 1) * 0.05;
  return [config?.min ?? low - pad, config?.max ?? high + pad];
}
