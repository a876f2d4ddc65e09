import { calculationName, reduce } from "../field/reduce";
import { type Field, type Frame, numberFields, timeField, type Value } from "../frame/frame";
import { displayName } from "../frame/name";
import { type Json, flag, texts } from "../json";

const column = (name: string, type: Field["type"], values: Value[], config: Field["config"] = { custom: {} }): Field => ({
  name,
  type,
  values,
  config,
});

/** One row for each series, one column for each calculation; or, field by field, one row in each frame. */
export function reduceFrames(frames: readonly Frame[], options: Json): Frame[] {
  const calcs = texts(options.reducers).length ? texts(options.reducers) : ["max"];
  if (options.mode === "reduceFields") return frames.map((frame) => reduceFields(frame, calcs, flag(options.includeTimeField)));
  const series = frames.flatMap((frame) => numberFields(frame).map((field) => ({ field, name: displayName(field, frame, frames) })));
  if (series.length === 0) return [];
  const labels = flag(options.labelsToFields) ? [...new Set(series.flatMap(({ field }) => Object.keys(field.labels ?? {})))] : [];
  const fields = [
    column(
      "Field",
      "string",
      series.map(({ name }) => name),
    ),
    ...labels.map((label) =>
      column(
        label,
        "string",
        series.map(({ field }) => field.labels?.[label] ?? ""),
      ),
    ),
    ...calcs.map((calc) =>
      column(
        calculationName(calc),
        "number",
        series.map(({ field }) => reduce(calc, field.values)),
      ),
    ),
  ];
  return [{ refId: frames[0]?.refId ?? "A", fields }];
}

function reduceFields(frame: Frame, calcs: readonly string[], withTime: boolean): Frame {
  const fields = frame.fields
    .filter(({ type }) => type === "number" || (withTime && type === "time"))
    .flatMap((field) =>
      calcs.map((calc): Field => ({
        ...field,
        name: calcs.length > 1 ? `${field.name} ${calculationName(calc)}` : field.name,
        values: [reduce(calc, field.values)],
      })),
    );
  return { ...frame, fields };
}

/** Rows that a table of samples may have. */
const ROWS_MAX = 20_000;

/** All samples of all series as rows of one table: time, series, value. */
export function seriesToRows(frames: readonly Frame[]): Frame[] {
  const rows: [Value, string, Value][] = [];
  for (const frame of frames) {
    const times = timeField(frame)?.values ?? [];
    for (const field of numberFields(frame)) {
      const name = displayName(field, frame, frames);
      field.values.slice(0, ROWS_MAX - rows.length).forEach((value, row) => rows.push([times[row] ?? null, name, value]));
    }
  }
  if (rows.length === 0) return [];
  rows.sort((a, b) => Number(b[0]) - Number(a[0]));
  const fields = [
    column(
      "Time",
      "time",
      rows.map(([time]) => time),
    ),
    column(
      "Metric",
      "string",
      rows.map(([, name]) => name),
    ),
    column(
      "Value",
      "number",
      rows.map(([, , value]) => value),
    ),
  ];
  return [{ refId: frames[0]?.refId ?? "A", fields }];
}
