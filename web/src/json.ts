/** Reading of JSON that others wrote: each reader answers a default instead of trusting the type. */

export type Json = Record<string, unknown>;

export function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function object(value: unknown): Json {
  return isObject(value) ? value : {};
}

export function array(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

export function objects(value: unknown): Json[] {
  return array(value).filter(isObject);
}

export function text(value: unknown, otherwise = ""): string {
  if (typeof value === "string") return value;
  return typeof value === "number" || typeof value === "boolean" ? String(value) : otherwise;
}

export function flag(value: unknown, otherwise = false): boolean {
  return typeof value === "boolean" ? value : otherwise;
}

/** A finite number; numerals in text count, as old dashboards store limits as text. */
export function number(value: unknown): number | undefined {
  if (typeof value === "number") return Number.isFinite(value) ? value : undefined;
  if (typeof value !== "string" || value.trim() === "") return undefined;
  const parsed = Number(value);
  return Number.isFinite(parsed) ? parsed : undefined;
}

export function texts(value: unknown): string[] {
  return array(value).map((item) => text(item));
}

/** The value at a dotted path of objects. */
export function at(value: unknown, path: string): unknown {
  let here = value;
  for (const key of path.split(".")) here = object(here)[key];
  return here;
}

/** Nesting that is gone through; JSON from outside may nest without end. */
const DEPTH_MAX = 60;

/** The same with each text in it changed, at whatever depth. */
export function mapTexts(value: unknown, change: (text: string) => string, depth = 0): unknown {
  if (typeof value === "string") return change(value);
  if (depth > DEPTH_MAX) return value;
  if (Array.isArray(value)) return value.map((item) => mapTexts(item, change, depth + 1));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapTexts(item, change, depth + 1)]));
}

/** Whether two objects hold the very same values, the named keys aside. */
export function sameBesides(a: Json, b: Json, aside: readonly string[]): boolean {
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...keys].every((key) => aside.includes(key) || a[key] === b[key]);
}
