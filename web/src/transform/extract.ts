import { type Field, type Frame, rowCount, type Value } from "../frame/frame";
import { displayName } from "../frame/name";
import { at, flag, isObject, type Json, objects, text } from "../json";
import { patternOf } from "../text/pattern";

/** Columns that one text may bring. */
const COLUMNS_MAX = 100;

/** Parts of a text field as fields of their own: JSON, `key=value` pairs, a pattern's groups, or a list. */
export function extractFields(frames: readonly Frame[], options: Json): Frame[] {
  return frames.map((frame) => {
    const source = frame.fields.find((field) => displayName(field, frame, frames) === options.source || field.name === options.source);
    if (!source) return frame;
    const read = reader(options);
    const columns = new Map<string, Value[]>();
    source.values.forEach((value, row) => {
      for (const [name, part] of Object.entries(read(value))) {
        const values = columns.get(name) ?? (columns.size < COLUMNS_MAX ? new Array<Value>(rowCount(frame)).fill(null) : undefined);
        if (!values) continue;
        values[row] = part;
        columns.set(name, values);
      }
    });
    const kept = !flag(options.replace) ? frame.fields : flag(options.keepTime) ? frame.fields.filter(({ type }) => type === "time") : [];
    return { ...frame, fields: [...kept, ...[...columns].map(([name, values]) => toField(name, values))] };
  });
}

function toField(name: string, values: Value[]): Field {
  const numeric = values.some((value) => value !== null) && values.every((value) => value === null || typeof value === "number");
  return { name, type: numeric ? "number" : "string", values, config: { custom: {} } };
}

type Reader = (value: Value) => Record<string, Value>;

function reader(options: Json): Reader {
  switch (options.format) {
    case "json":
      return (value) => readJson(value, objects(options.jsonPaths));
    case "regexp": {
      const pattern = patternOf(text(options.regExp));
      return (value) => ({ ...pattern?.exec(String(value ?? ""))?.groups });
    }
    case "delimiter": {
      const delimiter = text(options.delimiter) || ",";
      return (value) =>
        Object.fromEntries(
          String(value ?? "")
            .split(delimiter)
            .map((part, index) => [String(index + 1), part.trim()]),
        );
    }
    case "kvp":
      return readPairs;
    default:
      return (value) => (/^\s*[[{]/.test(String(value ?? "")) ? readJson(value, objects(options.jsonPaths)) : readPairs(value));
  }
}

function readJson(value: Value, paths: readonly Json[]): Record<string, Value> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(String(value ?? ""));
  } catch {
    return {};
  }
  const chosen = paths.filter((path) => text(path.path));
  if (chosen.length)
    return Object.fromEntries(chosen.map((path) => [text(path.alias) || text(path.path), plain(at(parsed, text(path.path)))]));
  return isObject(parsed) ? Object.fromEntries(Object.entries(parsed).map(([name, part]) => [name, plain(part)])) : {};
}

function plain(part: unknown): Value {
  if (part === null || part === undefined) return null;
  return typeof part === "number" || typeof part === "string" ? part : JSON.stringify(part);
}

/** `a=1, b="two words"`, also with colons. */
function readPairs(value: Value): Record<string, Value> {
  const pairs = String(value ?? "").matchAll(/([\w.-]+)\s*[=:]\s*(?:"([^"]*)"|([^\s,;{}]+))/g);
  return Object.fromEntries([...pairs].slice(0, COLUMNS_MAX).map(([, name = "", quoted, bare]) => [name, quoted ?? bare ?? ""]));
}
