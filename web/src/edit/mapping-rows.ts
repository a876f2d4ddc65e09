/** Value mappings as rows of one table, and back to Grafana's JSON. */

import { type Json, number, object, objects, text } from "../json";
import { type Mapping, type MappingResult, readMappings } from "../model/field-config";

export type MappingKind = "value" | "range" | "regex" | "special";

export interface MappingRow {
  kind: MappingKind;
  /** A value, a pattern, or the name of a special match. */
  match: string;
  from: number | undefined;
  to: number | undefined;
  text: string;
  color: string;
}

export const SPECIALS = ["null", "nan", "null+nan", "true", "false", "empty"];

export function toRows(mappings: unknown): MappingRow[] {
  return readMappings(objects(mappings)).flatMap(rowsOf);
}

function rowsOf(mapping: Mapping): MappingRow[] {
  const row = (kind: MappingKind, match: string, result: MappingResult, limits: { from?: number; to?: number } = {}): MappingRow => ({
    kind,
    match,
    from: finite(limits.from),
    to: finite(limits.to),
    text: result.text ?? "",
    color: result.color ?? "",
  });
  switch (mapping.type) {
    case "value":
      return Object.entries(mapping.options).map(([value, result]) => row("value", value, result));
    case "range":
      return [row("range", "", mapping.result, mapping)];
    case "regex":
      return [row("regex", mapping.pattern, mapping.result)];
    case "special":
      return [row("special", mapping.match, mapping.result)];
  }
}

function finite(value: number | undefined): number | undefined {
  return value !== undefined && Number.isFinite(value) ? value : undefined;
}

/** Neighbouring values share one mapping; `index` keeps their order. */
export function toMappings(rows: readonly MappingRow[]): Json[] {
  const found: Json[] = [];
  rows.forEach((row, index) => {
    const result = { ...(row.text ? { text: row.text } : {}), ...(row.color ? { color: row.color } : {}), index };
    const last = found.at(-1);
    if (row.kind === "value" && last?.type === "value" && !Object.hasOwn(object(last.options), row.match)) {
      found[found.length - 1] = { ...last, options: { ...object(last.options), [row.match]: result } };
    } else found.push({ type: row.kind, options: optionsOf(row, result) });
  });
  return found;
}

function optionsOf(row: MappingRow, result: Json): Json {
  switch (row.kind) {
    case "value":
      return { [row.match]: result };
    case "range":
      return { from: row.from ?? null, to: row.to ?? null, result };
    case "regex":
      return { pattern: row.match, result };
    case "special":
      return { match: row.match || "null", result };
  }
}

/** A threshold; the first one holds from below. */
export interface ThresholdRow {
  /** `undefined` for the base. */
  value: number | undefined;
  color: string;
}

export function toThresholdRows(thresholds: unknown): ThresholdRow[] {
  const steps = objects(object(thresholds).steps).map((step) => ({ value: number(step.value), color: text(step.color, "green") }));
  if (steps.length === 0) {
    return [
      { value: undefined, color: "green" },
      { value: 80, color: "red" },
    ];
  }
  return steps.map((step, index) => (index === 0 ? { ...step, value: undefined } : { ...step, value: step.value ?? 0 }));
}

export function toThresholds(mode: string, rows: readonly ThresholdRow[]): Json {
  const [base, ...rest] = rows;
  const sorted = [...rest].sort((a, b) => (a.value ?? 0) - (b.value ?? 0));
  const steps = [{ color: base?.color ?? "green", value: null }, ...sorted.map(({ color, value }) => ({ color, value: value ?? 0 }))];
  return { mode, steps };
}
