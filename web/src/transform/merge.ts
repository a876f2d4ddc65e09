import { type Field, type Frame, rowCount, type Value } from "../frame/frame";

/** Rows that a merged table may have. */
const ROWS_MAX = 10_000;

/** One table from many: rows that agree on all the fields they share become one. */
export function merge(frames: readonly Frame[]): Frame[] {
  const filled = frames.filter((frame) => rowCount(frame) > 0);
  if (filled.length < 2) return filled.length ? [...filled] : frames.slice(0, 1);
  const columns = collectColumns(filled);
  const shared = [...columns.keys()].filter((name) => filled.every((frame) => frame.fields.some((field) => fieldKey(field) === name)));
  const rows = new Map<string, Map<string, Value>[]>();
  let count = 0;
  for (const frame of filled) {
    for (let at = 0; at < rowCount(frame) && count < ROWS_MAX; at += 1) {
      const row = new Map(frame.fields.map((field) => [fieldKey(field), field.values[at] ?? null]));
      if (addRow(rows, row, shared)) count += 1;
    }
  }
  const all = [...rows.values()].flat();
  const fields = [...columns].map(([name, field]) => ({ ...field, values: all.map((row) => row.get(name) ?? null) }));
  return [{ refId: filled[0]?.refId ?? "A", fields }];
}

function fieldKey(field: Field): string {
  return field.name;
}

function collectColumns(frames: readonly Frame[]): Map<string, Field> {
  const columns = new Map<string, Field>();
  for (const frame of frames) {
    for (const field of frame.fields) if (!columns.has(fieldKey(field))) columns.set(fieldKey(field), field);
  }
  return columns;
}

/** Puts the row into the first one it agrees with; says whether it became a row of its own. */
function addRow(rows: Map<string, Map<string, Value>[]>, row: Map<string, Value>, shared: readonly string[]): boolean {
  const key = JSON.stringify(shared.map((name) => row.get(name) ?? null));
  const alike = rows.get(key) ?? [];
  const host = alike.find((other) => [...row].every(([name, value]) => !other.has(name) || other.get(name) === value));
  if (host) {
    for (const [name, value] of row) host.set(name, value);
    return false;
  }
  rows.set(key, [...alike, row]);
  return true;
}
