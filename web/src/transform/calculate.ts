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
    const values = isBinary ? combine(frame, binary, find) : reduceRows(frame, reducing, find);
    if (!values) return frame;
    const name =
      text(options.alias) ||
      (isBinary ? `${text(binary.left)} ${text(binary.operator)} ${text(binary.right)}` : text(reducing.reducer, "sum"));
    const field: Field = { name, type: "number", values, config: { custom: {} } };
    const kept = flag(options.replaceFields) ? frame.fields.filter((other) => other.type === "time") : frame.fields;
    return { ...frame, fields: [...kept, field] };
  });
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
