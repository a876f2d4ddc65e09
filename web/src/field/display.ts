/** From a value to what is shown: mapped or formatted text, and its colour. */

import { unitFormat, joinFormatted, type Formatted } from "../format/unit";
import type { Field, Value } from "../frame/frame";
import type { FieldConfig } from "../model/field-config";
import { dateTime } from "../time/clock";
import { continuousStops, type Mode, namedColor, seriesColor } from "../theme/palette";
import { mixStops } from "../theme/color";
import { mapValue } from "./mapping";
import { activeStep, DEFAULT_THRESHOLDS, type Limits } from "./threshold";

export interface Shown extends Formatted {
  color: string;
  /** Whether a mapping gave the text. */
  mapped: boolean;
}

export interface DisplayContext {
  mode: Mode;
  /** The place of the field among its panel's fields, which decides its palette colour. */
  index: number;
  limits: Limits;
  utc?: boolean;
}

/** The text and colour of one value. */
export function show(config: FieldConfig, value: Value, context: DisplayContext): Shown {
  const mapped = mapValue(config.mappings, value);
  const amount = typeof value === "number" ? value : NaN;
  const color = mapped?.color ? namedColor(context.mode, mapped.color) : valueColor(config, amount, context);
  if (mapped?.text !== undefined && mapped.text !== "") return { text: mapped.text, color, mapped: true };
  return { ...formatValue(config, value, context.utc), color, mapped: false };
}

/** The formatted text of a value, its mappings aside. */
export function formatValue(config: FieldConfig, value: Value, utc = false): Formatted {
  if (value === null) return { text: config.noValue ?? "–" };
  if (typeof value === "string") return { text: value };
  if (Number.isNaN(value)) return { text: "NaN" };
  if (utc && config.unit?.startsWith("dateTimeAsIso")) return { text: dateTime(value, true) };
  return unitFormat(config.unit)(value, config.decimals);
}

/** The whole text of a value with its mappings. */
export function showText(config: FieldConfig, value: Value): string {
  const mapped = mapValue(config.mappings, value)?.text;
  return mapped || joinFormatted(formatValue(config, value));
}

/** The colour of a value by the field's colour mode. */
export function valueColor(config: FieldConfig, value: number, context: DisplayContext): string {
  const mode = config.color?.mode ?? "thresholds";
  if (mode === "thresholds" || (mode.startsWith("continuous-") && !Number.isFinite(value))) {
    const step = activeStep(config.thresholds ?? DEFAULT_THRESHOLDS, value, context.limits);
    return namedColor(context.mode, step.color);
  }
  if (mode.startsWith("continuous-")) {
    const share = (value - context.limits.min) / (context.limits.max - context.limits.min || 1);
    return mixStops(continuousStops(context.mode, mode), share);
  }
  return fieldColor(config, context.mode, context.index, "");
}

/** The colour of a whole curve, where no single value decides. */
export function fieldColor(config: FieldConfig, mode: Mode, index: number, name: string): string {
  const { mode: kind = "palette-classic", fixedColor } = config.color ?? {};
  if (kind === "fixed") return namedColor(mode, fixedColor ?? "text");
  if (kind === "shades") return shade(namedColor(mode, fixedColor ?? "text"), index);
  if (kind === "palette-classic-by-name") return seriesColor(mode, hash(name));
  return seriesColor(mode, index);
}

const SHADES = 6;
const SHADE_MOST = 0.5;

/** The colour itself, then lighter and darker ones in turn. */
function shade(color: string, index: number): string {
  const place = index % (2 * SHADES - 1);
  const share = (Math.ceil(place / 2) / SHADES) * SHADE_MOST;
  return place === 0 ? color : mixStops([color, place % 2 ? "#ffffff" : "#000000"], share);
}

function hash(name: string): number {
  let sum = 7;
  for (const char of name) sum = (sum * 31 + (char.codePointAt(0) ?? 0)) % 1_000_003;
  return sum;
}

/** A field's limits: configured ones, else those of all fields of the panel, else those of its values. */
export function fieldLimits({ config, values }: Field): Limits {
  const { min: low, max: high, range } = config;
  const found = low !== undefined && high !== undefined ? { min: low, max: high } : (range ?? valueLimits(values));
  const [min, max] = [low ?? found.min, high ?? found.max];
  if (min > max) return { min: low ?? 0, max: high ?? 100 };
  return { min, max: max === min ? min + 1 : max };
}

/** The least and the largest number; upside down where there is none. */
export function valueLimits(values: readonly Value[]): Limits {
  let [min, max] = [Infinity, -Infinity];
  for (const value of values) {
    if (typeof value !== "number" || !Number.isFinite(value)) continue;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  return { min, max };
}
