import { type Field, type Frame, rowCount, type Value } from "../frame/frame";
import { displayName } from "../frame/name";
import { type Json, number, object, objects, text } from "../json";
import { patternOf } from "../text/pattern";

/** The frame with some of its rows, in the order given. */
export function pickRows(frame: Frame, rows: readonly number[]): Frame {
  return { ...frame, fields: frame.fields.map((field) => ({ ...field, values: rows.map((row) => field.values[row] ?? null) })) };
}

/** The first rows of each frame; the last ones where the number is negative. */
export function limitRows(frames: readonly Frame[], options: Json): Frame[] {
  const limit = Math.trunc(number(text(options.limitField)) ?? 10);
  return frames.map((frame) => {
    const rows = Array.from({ length: rowCount(frame) }, (_, row) => row);
    return pickRows(frame, limit < 0 ? rows.slice(limit) : rows.slice(0, limit));
  });
}

/** Keeps or drops the rows that conditions hold for. */
export function filterByValue(frames: readonly Frame[], options: Json): Frame[] {
  const filters = objects(options.filters);
  if (filters.length === 0) return [...frames];
  return frames.map((frame) => {
    const checks = filters.flatMap((filter) => {
      const field = frame.fields.find((one) => displayName(one, frame, frames) === filter.fieldName || one.name === filter.fieldName);
      return field ? [{ field, holds: condition(object(filter.config)) }] : [];
    });
    if (checks.length === 0) return frame;
    const holds = (row: number) => {
      const results = checks.map((check) => check.holds(check.field.values[row] ?? null));
      return options.match === "all" ? results.every(Boolean) : results.some(Boolean);
    };
    const rows = Array.from({ length: rowCount(frame) }, (_, row) => row);
    return pickRows(
      frame,
      rows.filter((row) => holds(row) !== (options.type === "exclude")),
    );
  });
}

type Condition = (value: Value) => boolean;

function condition(config: Json): Condition {
  const options = object(config.options);
  const wanted = text(options.value);
  const limit = number(wanted) ?? NaN;
  switch (config.id) {
    case "isNull":
      return (value) => value === null;
    case "isNotNull":
      return (value) => value !== null;
    case "greater":
      return (value) => Number(value) > limit;
    case "greaterOrEqual":
      return (value) => Number(value) >= limit;
    case "lower":
      return (value) => value !== null && Number(value) < limit;
    case "lowerOrEqual":
      return (value) => value !== null && Number(value) <= limit;
    case "between":
      return (value) => Number(value) > (number(text(options.from)) ?? NaN) && Number(value) < (number(text(options.to)) ?? NaN);
    case "equal":
      return (value) => String(value) === wanted || (value !== null && Number(value) === limit);
    case "notEqual":
      return (value) => String(value) !== wanted && Number(value) !== limit;
    case "substring":
      return (value) => String(value ?? "").includes(wanted);
    case "notSubstring":
      return (value) => !String(value ?? "").includes(wanted);
    case "regex": {
      const pattern = patternOf(wanted);
      return (value) => pattern?.test(String(value ?? "")) ?? false;
    }
    default:
      return () => false;
  }
}

/** Columns that a turned table may have. */
const COLUMNS_MAX = 200;

/** Rows become columns: the first field names them. */
export function transpose(frames: readonly Frame[], options: Json): Frame[] {
  return frames.map((frame) => {
    const [head, ...rest] = frame.fields;
    if (!head) return frame;
    const names = rest.map((field) => displayName(field, frame, frames));
    const kind = rest.every(({ type }) => type === "number") ? "number" : "string";
    const first: Field = { name: text(options.firstFieldName) || "Field", type: "string", values: names, config: { custom: {} } };
    const columns = head.values.slice(0, COLUMNS_MAX).map((value, row): Field => {
      const values = rest.map((field) => field.values[row] ?? null);
      const name = text(options.restFieldsName) || String(value ?? "");
      return { name, type: kind, values: kind === "number" ? values : values.map((one) => String(one ?? "")), config: { custom: {} } };
    });
    return { refId: frame.refId, fields: [first, ...columns] };
  });
}
