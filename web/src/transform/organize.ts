import type { Field, Frame } from "../frame/frame";
import { displayName } from "../frame/name";
import { type Json, flag, number, object, text } from "../json";

/** Takes fields out, orders them and renames them. */
export function organize(frames: readonly Frame[], options: Json): Frame[] {
  const exclude = object(options.excludeByName);
  const include = object(options.includeByName);
  const order = object(options.indexByName);
  const rename = object(options.renameByName);
  const onlyIncluded = Object.values(include).some((kept) => kept === true);
  return frames.map((frame) => {
    const named = frame.fields.map((field) => ({ field, name: displayName(field, frame, frames) }));
    const kept = named.filter(({ name }) => !flag(exclude[name]) && (!onlyIncluded || flag(include[name])));
    const place = (name: string) => number(order[name]) ?? Number.MAX_SAFE_INTEGER;
    kept.sort((a, b) => place(a.name) - place(b.name));
    return { ...frame, fields: kept.map(({ field, name }) => renamed(field, text(rename[name]))) };
  });
}

/** Overrides are to find the field by its new name as well as by its own. */
function renamed(field: Field, name: string): Field {
  return name ? { ...field, config: { ...field.config, displayName: name } } : field;
}
