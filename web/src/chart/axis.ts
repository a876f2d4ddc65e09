/** Tick marks: steps that suit the unit, and their texts. */

import { formatValue } from "../field/display";
import { isBinaryUnit, joinFormatted } from "../format/unit";
import type { FieldConfig } from "../model/field-config";
import { formatByPattern } from "../time/pattern";

/** Steps of axes of binary units: powers of two, from a millionth of a byte to a zebibyte. */
const BINARY_STEPS: number[] = Array.from({ length: 91 }, (_, power) => 2 ** (power - 20));

export function axisSteps(config: FieldConfig): number[] | undefined {
  return isBinaryUnit(config.unit) ? BINARY_STEPS : undefined;
}

/** Most decimals that an axis shows. */
const DECIMALS_MAX = 6;

/** Texts for the marks of an axis; a logarithmic one leaves some of its marks bare. */
export function axisTexts(marks: readonly (number | null)[], config: FieldConfig): string[] {
  const labelled = marks.filter((mark) => mark !== null);
  const texts = new Map(tickTexts(labelled, config).map((label, index) => [labelled[index], label]));
  return marks.map((mark) => (mark === null ? "" : (texts.get(mark) ?? "")));
}

/** Texts of tick marks: the decimals of the field, or those of the step between marks; more where they would look alike. */
export function tickTexts(values: readonly number[], config: FieldConfig): string[] {
  const write = (decimals: number | undefined) => values.map((value) => tickText(value, config, decimals));
  if (config.decimals === undefined) return write(stepDecimals(values));
  for (let decimals = config.decimals; decimals <= DECIMALS_MAX; decimals += 1) {
    const texts = write(decimals);
    if (new Set(texts).size === texts.length) return texts;
  }
  return write(config.decimals);
}

/** `undefined` for steps of whole numbers, whose marks have the decimals that each deserves. */
function stepDecimals(values: readonly number[]): number | undefined {
  const gaps = values.slice(1).map((value, index) => Math.abs(value - (values[index] ?? 0)));
  const step = Number(Math.min(...gaps).toFixed(DECIMALS_MAX));
  return Number.isFinite(step) ? String(step).split(".")[1]?.length : undefined;
}

/** The step's decimals are for numbers as they come: a unit that scales them may leave zeros, which are taken away. */
function tickText(value: number, config: FieldConfig, decimals: number | undefined): string {
  const formatted = formatValue({ ...config, decimals }, value);
  const short = config.decimals === undefined && decimals !== undefined ? Number(formatted.text) : NaN;
  return joinFormatted(Number.isNaN(short) ? formatted : { ...formatted, text: String(short) });
}

const DAY_S = 86_400;
const YEAR_S = 365 * DAY_S;

/** The pattern of times that stand `stepS` apart on an axis `spanS` long. */
export function timePattern(stepS: number, spanS: number): string {
  if (stepS < 1) return "HH:mm:ss.SSS";
  if (stepS <= 60) return "HH:mm:ss";
  if (spanS <= DAY_S) return "HH:mm";
  if (stepS <= DAY_S) return "MM/DD HH:mm";
  if (spanS < YEAR_S) return "MM/DD";
  return stepS < YEAR_S ? "YYYY-MM" : "YYYY";
}

/** Texts of times; `toDate` gives them the clock of their zone. */
export function timeTexts(seconds: readonly number[], pattern: string, toDate: (seconds: number) => Date): string[] {
  return seconds.map((time) => formatByPattern(toDate(time).getTime(), pattern));
}
