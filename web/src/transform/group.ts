import { keepsUnit, reduce } from "../field/reduce";
import { type Field, type Frame, rowCount } from "../frame/frame";
import { displayName } from "../frame/name";
import { type Json, object, texts } from "../json";

/** Rows with the same values in the grouping fields become one, other fields are reduced. */
export function groupBy(frames: readonly Frame[], options: Json): Frame[] {
  const rules = object(options.fields);
  return frames.flatMap((frame) => {
    const named = frame.fields.map((field) => ({ field, rule: object(rules[displayName(field, frame, frames)] ?? rules[field.name]) }));
    const keys = named.filter(({ rule }) => rule.operation === "groupby").map(({ field }) => field);
    if (keys.length === 0) return [frame];
    const groups = groupRows(keys, rowCount(frame));
    const grouped = keys.map((key): Field => ({ ...key, values: groups.map(([first = 0]) => key.values[first] ?? null) }));
    const reduced = named
      .filter(({ rule }) => rule.operation === "aggregate")
      .flatMap(({ field, rule }) => texts(rule.aggregations).map((calc) => aggregate(field, calc, groups)));
    return [{ refId: frame.refId, fields: [...grouped, ...reduced] }];
  });
}

/** The rows of each group, in the order in which groups come up. */
function groupRows(keys: readonly Field[], count: number): number[][] {
  const groups = new Map<string, number[]>();
  for (let row = 0; row < count; row += 1) {
    const key = JSON.stringify(keys.map((field) => field.values[row] ?? null));
    const rows = groups.get(key);
    if (rows) rows.push(row);
    else groups.set(key, [row]);
  }
  return [...groups.values()];
}

function aggregate(field: Field, calc: string, groups: readonly number[][]): Field {
  const values = groups.map((rows) =>
    reduce(
      calc,
      rows.map((row) => field.values[row] ?? null),
    ),
  );
  return { ...field, name: `${field.name} (${calc})`, type: keepsUnit(calc) ? field.type : "number", values };
}
