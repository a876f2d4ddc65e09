/** Numerals: how many decimals a value deserves, and the text of it. */

/** Decimals beyond which JavaScript cannot print. */
const DECIMALS_MAX = 20;

/** Decimals as Grafana chooses them: none for whole numbers, else three significant digits, and two for what is below zero. */
export function autoDecimals(value: number): number {
  if (value === 0 || !Number.isFinite(value) || Number.isInteger(value)) return 0;
  const magnitude = Math.floor(Math.log(Math.abs(value)) / Math.LN10);
  return Math.min(DECIMALS_MAX, Math.max(0, (value > 0 ? 2 : 1) - magnitude));
}

/** The value with fixed decimals, halves rounded up; `undefined` chooses them by `autoDecimals`. */
export function toFixed(value: number, decimals?: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "-∞";
  const digits = Math.min(DECIMALS_MAX, Math.max(0, Math.floor(decimals ?? autoDecimals(value))));
  const factor = 10 ** digits;
  const rounded = String(Math.round(value * factor) / factor);
  if (rounded.includes("e") || digits === 0) return rounded;
  const [whole = "", fraction = ""] = rounded.split(".");
  return `${whole}.${fraction.padEnd(digits, "0")}`;
}

/** The full value as PromQL prints it, for tables of raw results. */
export function exact(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "+Inf" : "-Inf";
  return String(value);
}

/** A number of the API's JSON: `"1.5"`, `"NaN"`, `"+Inf"`. */
export function parseSample(source: string): number {
  if (source === "+Inf" || source === "Inf") return Infinity;
  return source === "-Inf" ? -Infinity : Number(source);
}

/** 1, 2, 2.5 or 5 times a power of ten, at least `step`. */
export function niceStep(step: number): number {
  const power = 10 ** Math.floor(Math.log10(step));
  return ([1, 2, 2.5, 5].find((factor) => factor * power >= step) ?? 10) * power;
}
