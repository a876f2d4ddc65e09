import { reduce } from "../field/reduce";
import { type Field, type Frame, numberFields, rowCount, timeField, type Value } from "../frame/frame";
import { displayName } from "../frame/name";
import { flag, type Json, object, text, texts } from "../json";
import { patternOf } from "../text/pattern";
import { joinByField } from "./join";
import { pickRows } from "./rows";

/** Frames of other shape: split, joined side by side, turned into a matrix or into rows with sparklines. */

const plain = { custom: {} };

function find(frame: Frame, frames: readonly Frame[], name: string): Field | undefined {
  return frame.fields.find((field) => displayName(field, frame, frames) === name || field.name === name);
}

/** Only the frames of some targets. */
export function filterByRefId(frames: readonly Frame[], options: Json): Frame[] {
  const [include, exclude] = [options.include, options.exclude].map((source) => (text(source) ? patternOf(text(source)) : undefined));
  return frames.filter(({ refId }) => (!include || include.test(refId)) && !exclude?.test(refId));
}

/** All fields of all frames side by side. */
export function concatenate(frames: readonly Frame[], options: Json): Frame[] {
  const rows = Math.max(0, ...frames.map(rowCount));
  const named = (field: Field, frame: Frame): Field => {
    if (options.frameNameMode === "label")
      return { ...field, labels: { ...field.labels, [text(options.frameNameLabel, "frame")]: frame.name ?? "" } };
    return options.frameNameMode === "drop" ? field : { ...field, name: displayName(field, frame, frames) };
  };
  const fields = frames.flatMap((frame) => frame.fields.map((field) => named(field, frame)));
  const padded = fields.map((field) => ({
    ...field,
    values: [...field.values, ...new Array<Value>(rows - field.values.length).fill(null)],
  }));
  return padded.length ? [{ refId: frames[0]?.refId ?? "A", fields: padded }] : [];
}

/** One frame for each combination of values. */
const PARTS_MAX = 200;

export function partitionByValues(frames: readonly Frame[], options: Json): Frame[] {
  const names = texts(options.fields);
  return frames.flatMap((frame) => {
    const keys = names.flatMap((name) => find(frame, frames, name) ?? []);
    if (keys.length === 0) return [frame];
    const parts = new Map<string, number[]>();
    for (let row = 0; row < rowCount(frame); row += 1) {
      const key = JSON.stringify(keys.map((field) => field.values[row] ?? null));
      const rows = parts.get(key);
      if (rows) rows.push(row);
      else if (parts.size < PARTS_MAX) parts.set(key, [row]);
    }
    return [...parts.values()].map((rows) => partOf(frame, keys, rows, options));
  });
}

function partOf(frame: Frame, keys: readonly Field[], rows: readonly number[], options: Json): Frame {
  const labels = Object.fromEntries(keys.map((key) => [key.name, String(key.values[rows[0] ?? 0] ?? "")]));
  const { name: _name, ...part } = pickRows(frame, rows);
  const kept = flag(options.keepFields) ? part.fields : part.fields.filter((_, index) => !keys.includes(frame.fields[index] as Field));
  const asLabels = flag(object(options.naming).asLabels, true);
  const fields = kept.map((field) => (asLabels && field.type === "number" ? { ...field, labels: { ...field.labels, ...labels } } : field));
  return { ...part, ...(asLabels ? {} : { name: Object.values(labels).join(" ") }), fields };
}

/** One column for each value of a field, one row for each value of another. */
export function groupingToMatrix(frames: readonly Frame[], options: Json): Frame[] {
  return frames.map((frame) => {
    const [column, row, value] = [
      find(frame, frames, text(options.columnField, "Time")),
      find(frame, frames, text(options.rowField, "Time")),
      find(frame, frames, text(options.valueField, "Value")),
    ];
    if (!column || !row || !value) return frame;
    const columns = [...new Set(column.values.map(String))].slice(0, PARTS_MAX);
    const rows = [...new Set(row.values)];
    const empty: Value = options.emptyValue === "zero" ? 0 : options.emptyValue === "null" ? null : "";
    const cells = new Map(columns.map((name) => [name, new Map<Value, Value>()]));
    row.values.forEach((key, at) => cells.get(String(column.values[at]))?.set(key, value.values[at] ?? null));
    const head: Field = { ...row, name: `${row.name}\\${column.name}`, values: rows };
    const fields = columns.map((name): Field => ({ ...value, name, values: rows.map((key) => cells.get(name)?.get(key) ?? empty) }));
    return { refId: frame.refId, fields: [head, ...fields] };
  });
}

/** Time series in one frame, or in one frame each. */
export function prepareTimeSeries(frames: readonly Frame[], options: Json): Frame[] {
  if (options.format === "wide") return joinByField(frames, {});
  return frames.flatMap((frame) => {
    const time = timeField(frame);
    if (!time) return [];
    return numberFields(frame).map((field) => ({ ...frame, fields: [time, field] }));
  });
}

/** One row for each series: its labels, one value, and its course as a sparkline. */
export function timeSeriesTable(frames: readonly Frame[], options: Json): Frame[] {
  const targets = [...new Set(frames.map(({ refId }) => refId))];
  return targets.map((refId) => {
    const own = frames.filter((frame) => frame.refId === refId);
    const series = own.flatMap((frame) => numberFields(frame).map((field) => ({ frame, field })));
    const names = [...new Set(series.flatMap(({ field }) => Object.keys(field.labels ?? {})))].sort();
    const stat = text(object(options[refId]).stat, "lastNotNull");
    const labels = names.map((name): Field => ({
      name,
      type: "string",
      values: series.map(({ field }) => field.labels?.[name] ?? ""),
      config: plain,
    }));
    const trend: Field = {
      name: targets.length > 1 ? `Trend #${refId}` : "Trend",
      type: "number",
      values: series.map(({ field }) => reduce(stat, field.values)),
      courses: series.map(({ frame, field }) => ({ times: (timeField(frame)?.values ?? []).map(Number), values: field.values })),
      config: plain,
    };
    return { refId, fields: [...labels, trend] };
  });
}
