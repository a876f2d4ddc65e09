/** The places of panels as a layout of the V2 resource. */

import { type Json, number, object, objects, text } from "../json";
import { nested } from "../model/classic";
import { readGridPos } from "../model/read";

/** Whether panels and rows are where they were. */
export function sameLayout(base: Json, edited: Json): boolean {
  const places = (json: Json) =>
    objects(json.panels).map((panel) => [place(panel), panel.type === "row" ? [panel.title, nested(objects(panel.panels)).map(place)] : 0]);
  return JSON.stringify(places(base)) === JSON.stringify(places(edited));
}

function place({ id, type, gridPos, repeat, repeatDirection, maxPerRow, collapsed }: Json): unknown {
  // Rows have no id of their own in V2.
  return [type === "row" ? "row" : id, gridPos, repeat ?? "", repeatDirection, maxPerRow, collapsed === true];
}

/** A grid, or rows of grids. */
export function writeLayout(json: Json, names: ReadonlyMap<number, string>): Json {
  const sections: { row: Json | undefined; panels: Json[] }[] = [{ row: undefined, panels: [] }];
  for (const panel of inOrder(objects(json.panels))) {
    if (panel.type === "row") sections.push({ row: panel, panels: objects(panel.panels) });
    else sections.at(-1)?.panels.push(panel);
  }
  const [first, ...rows] = sections;
  if (rows.length === 0) return grid(first?.panels ?? [], names);
  const written = rows.map(({ row, panels }) => writeRow(row ?? {}, panels, names));
  const top = first?.panels.length ? [{ kind: "RowsLayoutRow", spec: { hideHeader: true, layout: grid(first.panels, names) } }] : [];
  return { kind: "RowsLayout", spec: { rows: [...top, ...written] } };
}

function inOrder(panels: readonly Json[]): Json[] {
  return [...panels].sort((a, b) => {
    const [one, other] = [readGridPos(a.gridPos), readGridPos(b.gridPos)];
    return one.y - other.y || one.x - other.x;
  });
}

function writeRow(row: Json, panels: readonly Json[], names: ReadonlyMap<number, string>): Json {
  const repeat = text(row.repeat) ? { repeat: { mode: "variable", value: row.repeat } } : {};
  return { kind: "RowsLayoutRow", spec: { title: row.title, collapse: row.collapsed === true, ...repeat, layout: grid(panels, names) } };
}

function grid(panels: readonly Json[], names: ReadonlyMap<number, string>): Json {
  const top = panels.reduce((least, panel) => Math.min(least, readGridPos(panel.gridPos).y), Infinity);
  return { kind: "GridLayout", spec: { items: inOrder(panels).map((panel) => item(panel, Number.isFinite(top) ? top : 0, names)) } };
}

function item(panel: Json, top: number, names: ReadonlyMap<number, string>): Json {
  const { x, y, w: width, h: height } = readGridPos(panel.gridPos);
  const name = names.get(number(panel.id) ?? 0) ?? "";
  const { repeat: value, repeatDirection: direction, maxPerRow } = object(panel);
  const repeat = text(value) ? { repeat: { mode: "variable", value, direction, maxPerRow } } : {};
  return { kind: "GridLayoutItem", spec: { x, y: y - top, width, height, element: { kind: "ElementReference", name }, ...repeat } };
}
