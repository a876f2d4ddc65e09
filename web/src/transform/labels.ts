import { type Field, type Frame, numberFields, rowCount } from "../frame/frame";
import { displayName } from "../frame/name";
import { type Json, text, texts } from "../json";
import { merge } from "./merge";

/** Labels become columns of one table, or rows of a table of labels. */
export function labelsToFields(frames: readonly Frame[], options: Json): Frame[] {
  const kept = texts(options.keepLabels);
  const wanted = (name: string) => kept.length === 0 || kept.includes(name);
  if (options.mode === "rows") return frames.flatMap((frame) => labelRows(frame, frames, wanted));
  const valueLabel = text(options.valueLabel);
  return merge(frames.map((frame) => labelColumns(frame, wanted, valueLabel)));
}

function labelRows(frame: Frame, frames: readonly Frame[], wanted: (name: string) => boolean): Frame[] {
  return numberFields(frame).flatMap((field) => {
    const labels = Object.entries(field.labels ?? {}).filter(([name]) => wanted(name));
    if (labels.length === 0) return [];
    const column = (name: string, at: 0 | 1): Field => ({
      name,
      type: "string",
      values: labels.map((pair) => pair[at]),
      config: { custom: {} },
    });
    return [{ name: displayName(field, frame, frames), refId: frame.refId, fields: [column("label", 0), column("value", 1)] }];
  });
}

function labelColumns(frame: Frame, wanted: (name: string) => boolean, valueLabel: string): Frame {
  const rows = rowCount(frame);
  const columns = new Map<string, Field>();
  const fields = frame.fields.map((field): Field => {
    const { labels, ...plain } = field;
    for (const [name, value] of Object.entries(labels ?? {})) {
      if (!wanted(name) || name === valueLabel) continue;
      columns.set(name, { name, type: "string", values: new Array<string>(rows).fill(value), config: { custom: {} } });
    }
    return { ...plain, name: labels?.[valueLabel] ?? field.name };
  });
  const times = fields.filter(({ type }) => type === "time");
  const others = fields.filter(({ type }) => type !== "time");
  return { refId: frame.refId, fields: [...times, ...columns.values(), ...others] };
}
