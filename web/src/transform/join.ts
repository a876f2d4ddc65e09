import { type Field, type Frame, timeField, type Value } from "../frame/frame";
import { baseName } from "../frame/name";
import { type Json, text } from "../json";

/** One table in which frames stand side by side, matched by the values of one field; the time unless named. */
export function joinByField(frames: readonly Frame[], options: Json): Frame[] {
  const joinable = frames.flatMap((frame) => {
    const key = keyField(frame, text(options.byField));
    return key ? [{ frame, key }] : [];
  });
  const [first] = joinable;
  if (!first) return [...frames];
  const keys = joinKeys(
    joinable.map(({ key }) => key),
    options.mode === "inner",
  );
  const place = new Map(keys.map((value, index) => [value, index]));
  const fields: Field[] = [{ ...first.key, values: keys }];
  for (const { frame, key } of joinable) {
    for (const field of frame.fields) if (field !== key) fields.push(aligned(field, frame, key, place, frames));
  }
  return [{ refId: first.frame.refId, ...(first.frame.stepMs ? { stepMs: first.frame.stepMs } : {}), fields }];
}

function keyField(frame: Frame, name: string): Field | undefined {
  return name ? frame.fields.find((field) => field.name === name) : timeField(frame);
}

function joinKeys(keys: readonly Field[], inner: boolean): Value[] {
  const counts = new Map<Value, number>();
  for (const key of keys) for (const value of new Set(key.values)) counts.set(value, (counts.get(value) ?? 0) + 1);
  const joined = [...counts].filter(([, count]) => !inner || count === keys.length).map(([value]) => value);
  return keys[0]?.type === "string" ? joined : joined.sort((a, b) => Number(a) - Number(b));
}

function aligned(field: Field, frame: Frame, key: Field, place: Map<Value, number>, frames: readonly Frame[]): Field {
  const values = new Array<Value>(place.size).fill(null);
  key.values.forEach((at, row) => {
    const index = place.get(at);
    if (index !== undefined) values[index] = field.values[row] ?? null;
  });
  // A series' name belongs to its frame, which is no more.
  const name = frame.name ? baseName(field, frame, frames) : field.name;
  return { ...field, name, values };
}
