/** Tick marks: steps that suit the unit, and their texts. */

import { unitFormat, joinFormatted, isBinaryUnit } from "../format/unit";
import type { FieldConfig } from "../model/field-config";

/** Steps of axes of binary units: powers of two, from a millionth of a byte on. */
export const BINARY_STEPS: number[] = Array.from({ length: 80 }, (_, power) => 2 ** (power - 20));

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

/** Texts of tick marks: the decimals of the field, or as few as are faithful; more where they would look alike. */
export function tickTexts(values: readonly number[], config: FieldConfig): string[] {
  const format = unitFormat(config.unit);
  const write = (decimals: number | undefined) => values.map((value) => joinFormatted(format(value, decimals)));
  const wanted = config.decimals;
  for (let decimals = wanted ?? 0; decimals <= DECIMALS_MAX; decimals += 1) {
    const texts = write(decimals);
    if (new Set(texts).size < texts.length) continue;
    if (wanted !== undefined) return texts;
    if (isFaithful(texts, write(decimals + 3))) return texts.map(trimZeros);
  }
  return write(undefined);
}

/** Whether the rounded numbers say nothing else than finer ones. */
function isFaithful(rounded: readonly string[], fine: readonly string[]): boolean {
  return rounded.every((text, index) => {
    const [a, b] = [parseFloat(text), parseFloat(fine[index] ?? text)];
    return Number.isNaN(a) || Math.abs(a - b) <= 0.004 * Math.max(1e-12, Math.abs(b));
  });
}

/** `0.50` and `1.00` stay aligned, a lone `0.00` becomes `0`. */
function trimZeros(text: string): string {
  return text.replace(/^(-?)0\.0+(?=\D|$)/, "0");
}

const two = (value: number) => String(value).padStart(2, "0");
const DAY_S = 86_400;

/** Texts of times: the clock, with the date where a new day begins. */
export function timeTexts(seconds: readonly number[], stepS: number, toDate: (seconds: number) => Date): string[] {
  return seconds.map((time) => {
    const date = toDate(time);
    const day = `${two(date.getMonth() + 1)}-${two(date.getDate())}`;
    if (stepS >= 28 * DAY_S) return `${date.getFullYear()}-${two(date.getMonth() + 1)}`;
    const midnight = date.getHours() === 0 && date.getMinutes() === 0 && date.getSeconds() === 0;
    if (stepS >= DAY_S || (midnight && stepS >= 60)) return day;
    const clock = `${two(date.getHours())}:${two(date.getMinutes())}`;
    return stepS < 60 ? `${clock}:${two(date.getSeconds())}` : clock;
  });
}
