import type { Frame } from "../frame/frame";
import { displayName } from "../frame/name";
import { type Json, flag, object, objects, text, texts } from "../json";
import { patternOf } from "../text/pattern";

/** Keeps the fields named in a list or by a pattern. */
export function filterByName(frames: readonly Frame[], options: Json): Frame[] {
  const include = object(options.include);
  const exclude = object(options.exclude);
  const fits = (rule: Json, name: string) =>
    texts(rule.names).includes(name) || (text(rule.pattern) !== "" && (patternOf(text(rule.pattern))?.test(name) ?? false));
  const restricts = Array.isArray(include.names) || text(include.pattern) !== "";
  return frames
    .map((frame) => ({
      ...frame,
      fields: frame.fields.filter((field) => {
        const name = displayName(field, frame, frames);
        return (!restricts || fits(include, name)) && !fits(exclude, name);
      }),
    }))
    .filter((frame) => frame.fields.length > 0);
}

/** Renames the fields that a pattern matches. */
export function renameByRegex(frames: readonly Frame[], options: Json): Frame[] {
  const pattern = patternOf(text(options.regex));
  if (!pattern) return [...frames];
  return frames.map((frame) => ({
    ...frame,
    fields: frame.fields.map((field) => {
      const name = displayName(field, frame, frames);
      if (field.type === "time" || !pattern.test(name)) return field;
      return { ...field, config: { ...field.config, displayName: name.replace(pattern, text(options.renamePattern)) } };
    }),
  }));
}

/** Orders the rows by one field. */
export function sortBy(frames: readonly Frame[], options: Json): Frame[] {
  const [rule] = objects(options.sort);
  if (!rule) return [...frames];
  return frames.map((frame) => {
    const values = frame.fields.find((field) => displayName(field, frame, frames) === text(rule.field))?.values;
    if (!values) return frame;
    const direction = flag(rule.desc) ? -1 : 1;
    const rows = values.map((_, row) => row).sort((a, b) => direction * compare(values[a], values[b]));
    return { ...frame, fields: frame.fields.map((field) => ({ ...field, values: rows.map((row) => field.values[row] ?? null) })) };
  });
}

function compare(a: unknown, b: unknown): number {
  if (typeof a === "number" && typeof b === "number") return a - b;
  return String(a ?? "").localeCompare(String(b ?? ""), undefined, { numeric: true });
}
