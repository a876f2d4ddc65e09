import { reduce } from "../field/reduce";
import { type Field, type Frame, numberFields, rowCount, type Value } from "../frame/frame";
import { displayName } from "../frame/name";
import { type Json, flag, number, object, text, texts } from "../json";

/** Adds a field worked out from others, row by row. */
export function calculateField(frames: readonly Frame[], options: Json): Frame[] {
  return frames.map((frame) => {
    const find = (name: string) => frame.fields.find((field) => displayName(field, frame, frames) === name || field.name === name);
    const binary = object(options.binary);
    const reducing = object(options.reduce);
    const isBinary = options.mode === "binary";
    const along = alongRows(frame, options, find);
    const values = along?.values ?? (isBinary ? combine(frame, binary, find) : reduceRows(frame, reducing, find));
    if (!values) return frame;
    const name =
      text(options.alias) ||
      along?.name ||
      (isBinary ? `${text(binary.left)} ${text(binary.operator)} ${text(binary.right)}` : text(reducing.reducer, "sum"));
    const field: Field = { name, type: "number", values, config: { custom: {} } };
    const kept = flag(options.replaceFields) ? frame.fields.filter((other) => other.type === "time") : frame.fields;
    return { ...frame, fields: [...kept, field] };
  });
}

/** The modes that go down the rows of one field. */
function alongRows(frame: Frame, options: Json, find: Find): { name: string; values: Value[] } | undefined {
  const rows = rowCount(frame);
  switch (options.mode) {
    case "index": {
      const share = flag(object(options.index).asPercentile) ? Math.max(1, rows - 1) : 1;
      return { name: "Row", values: Array.from({ length: rows }, (_, row) => row / share) };
    }
    case "unary": {
      const { operator, fieldName } = object(options.unary);
      const field = find(text(fieldName));
      return field && { name: `${text(operator)}(${text(fieldName)})`, values: field.values.map((value) => unary(text(operator), value)) };
    }
    case "cumulativeFunctions": {
      const { field: name, reducer } = object(options.cumulative);
      const field = find(text(name));
      return field && { name: `cumulative ${text(reducer)}(${text(name)})`, values: cumulated(field.values, text(reducer, "sum")) };
    }
    case "windowFunctions":
      return windowed(object(options.window), rows, find);
    default:
      return undefined;
  }
}

function unary(operator: string, value: Value): Value {
  if (typeof value !== "number") return null;
  const apply: Record<string, (x: number) => number> = { abs: Math.abs, exp: Math.exp, ln: Math.log, floor: Math.floor, ceil: Math.ceil };
  return apply[operator]?.(value) ?? null;
}

function cumulated(values: readonly Value[], reducer: string): Value[] {
  let [total, count] = [0, 0];
  return values.map((value) => {
    if (typeof value === "number") [total, count] = [total + value, count + 1];
    return reducer === "mean" ? (count ? total / count : null) : total;
  });
}

/** Rows that one window may span. */
const WINDOW_MAX = 10_000;

/** A calculation over the rows before each row, or around it. */
function windowed(options: Json, rows: number, find: Find): { name: string; values: Value[] } | undefined {
  const field = find(text(options.field));
  if (!field) return undefined;
  const wanted = number(options.windowSize) ?? 0.1;
  const size = Math.min(WINDOW_MAX, Math.max(1, Math.ceil(options.windowSizeMode === "fixed" ? wanted : wanted * rows)));
  const ahead = options.windowAlignment === "centered" ? Math.floor(size / 2) : 0;
  const calc = text(options.reducer, "mean");
  const values = field.values.map((_, row) => reduce(calc, field.values.slice(Math.max(0, row + ahead - size + 1), row + ahead + 1)));
  return { name: `${options.windowAlignment === "centered" ? "centered" : "trailing"} moving ${calc}(${field.name})`, values };
}

type Find = (name: string) => Field | undefined;

/** Two fields, or a field and a number; newer dashboards name them inside a matcher. */
function combine(frame: Frame, binary: Json, find: Find): Value[] | undefined {
  const operand = (source: unknown) => {
    const matcher = object(object(source).matcher);
    const name = text(matcher.options) || text(object(source).fixed) || text(source);
    return find(name)?.values ?? number(name);
  };
  const [left, right] = [operand(binary.left), operand(binary.right)];
  if (left === undefined || right === undefined) return undefined;
  const at = (side: Value[] | number, row: number) => (typeof side === "number" ? side : side[row]);
  return Array.from({ length: rowCount(frame) }, (_, row) => {
    const [a, b] = [at(left, row), at(right, row)];
    return typeof a === "number" && typeof b === "number" ? operate(text(binary.operator, "+"), a, b) : null;
  });
}

function operate(operator: string, a: number, b: number): number | null {
  switch (operator) {
    case "+":
      return a + b;
    case "-":
      return a - b;
    case "*":
      return a * b;
    case "/":
      return a / b;
    case "%":
      return a % b;
    case "**":
      return a ** b;
    default:
      return null;
  }
}

function reduceRows(frame: Frame, reducing: Json, find: Find): Value[] {
  const named = texts(reducing.include).flatMap((name) => find(name) ?? []);
  const fields = named.length ? named : numberFields(frame);
  return Array.from({ length: rowCount(frame) }, (_, row) =>
    reduce(
      text(reducing.reducer, "sum"),
      fields.map((field) => field.values[row] ?? null),
    ),
  );
}
