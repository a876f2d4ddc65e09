/** Changes of a dashboard's panels and rows, in its classic JSON. Panels that are not concerned stay the very same. */

import { type Json, flag, number, objects } from "../json";
import { nested } from "../model/classic";
import { readGridPos } from "../model/read";
import { inOrder, type Item, settle } from "./place";

/** Folded rows hold their panels; all others stand in the dashboard's list. */
function panelsOf(json: Json): Json[] {
  return objects(json.panels);
}

function idOf(panel: Json): number {
  return number(panel.id) ?? 0;
}

function isRow(panel: Json): boolean {
  return panel.type === "row";
}

/** The panel, wherever it is. */
export function findPanel(json: Json, id: number): Json | undefined {
  return nested(panelsOf(json)).find((panel) => idOf(panel) === id);
}

/** Puts a changed panel in place of the one with its id. */
export function putPanel(json: Json, panel: Json): Json {
  return mapPanels(json, (one) => (idOf(one) === idOf(panel) ? panel : one));
}

function mapPanels(json: Json, change: (panel: Json) => Json): Json {
  const inside = (panel: Json): Json => {
    const inner = objects(panel.panels);
    const next = inner.map(change);
    return next.every((one, index) => one === inner[index]) ? panel : { ...panel, panels: next };
  };
  return { ...json, panels: panelsOf(json).map((panel) => (isRow(panel) ? inside(change(panel)) : change(panel))) };
}

function nextId(json: Json): number {
  return 1 + nested(panelsOf(json)).reduce((most, panel) => Math.max(most, idOf(panel)), 0);
}

/** The places of what stands on the grid; a row is a line of its own. */
export function itemsOf(json: Json): Item[] {
  return inOrder(panelsOf(json).map(toItem));
}

function toItem(panel: Json): Item {
  const { x, y, w, h } = readGridPos(panel.gridPos);
  return { id: idOf(panel), y, ...(isRow(panel) ? { x: 0, w: 24, h: 1 } : { x, w, h }) };
}

/** The dashboard with its panels at these places, in the order of reading. */
export function placePanels(json: Json, items: readonly Item[]): Json {
  const byId = new Map(panelsOf(json).map((panel) => [idOf(panel), panel]));
  const panels = inOrder(items).flatMap((item) => {
    const panel = byId.get(item.id);
    return panel ? [placed(panel, item)] : [];
  });
  return { ...json, panels };
}

function placed(panel: Json, { x, y, w, h }: Item): Json {
  const now = readGridPos(panel.gridPos);
  const same = now.x === x && now.y === y && now.w === w && now.h === h;
  return same ? panel : { ...panel, gridPos: { x, y, w, h } };
}

/** Puts a panel at the top, or right after another one; the id that it gets is answered besides. */
export function addPanel(json: Json, panel: Json, after?: number): { json: Json; id: number } {
  const id = nextId(json);
  const items = itemsOf(json);
  const added = { ...panel, id };
  const at = 1 + items.findIndex((item) => item.id === after);
  const order = [...items.slice(0, at), toItem(added), ...items.slice(at)];
  return { json: placePanels({ ...json, panels: [...panelsOf(json), added] }, settle(order)), id };
}

/** A copy beside the panel where there is room, else below it. */
export function duplicatePanel(json: Json, id: number): { json: Json; id: number } {
  const panel = findPanel(json, id);
  if (!panel) return { json, id };
  const pos = readGridPos(panel.gridPos);
  const beside = pos.x + 2 * pos.w <= 24;
  return addPanel(json, { ...panel, gridPos: { ...pos, ...(beside ? { x: pos.x + pos.w } : { y: pos.y + pos.h }) } }, id);
}

/** Without the panel; those below it move up. */
export function removePanel(json: Json, id: number): Json {
  const kept = panelsOf(json).filter((panel) => idOf(panel) !== id);
  const without = kept.map((panel) => {
    const inner = objects(panel.panels);
    return isRow(panel) && inner.some((one) => idOf(one) === id) ? { ...panel, panels: inner.filter((one) => idOf(one) !== id) } : panel;
  });
  return settled({ ...json, panels: without });
}

/** Without the row, and without its panels unless they are to be kept. */
export function removeRow(json: Json, id: number, keepPanels: boolean): Json {
  const opened = keepPanels ? unfoldRow(json, id) : json;
  const gone = new Set([id, ...(keepPanels ? [] : sectionOf(opened, id).map(idOf))]);
  return settled({ ...opened, panels: panelsOf(opened).filter((panel) => !gone.has(idOf(panel))) });
}

/** A row at the top, to which all panels up to the next row belong. */
export function addRow(json: Json): { json: Json; id: number } {
  return addPanel(json, { type: "row", title: "Row title", collapsed: false, panels: [], gridPos: { x: 0, y: 0, w: 24, h: 1 } });
}

/** Folds an open row, which takes its panels in, or opens a folded one. */
export function toggleRow(json: Json, id: number): Json {
  const row = findPanel(json, id);
  return row && flag(row.collapsed) ? unfoldRow(json, id) : foldRow(json, id);
}

function foldRow(json: Json, id: number): Json {
  const section = sectionOf(json, id);
  const inside = new Set(section.map(idOf));
  const panels = panelsOf(json)
    .filter((panel) => !inside.has(idOf(panel)))
    .map((panel) => (idOf(panel) === id ? { ...panel, collapsed: true, panels: section } : panel));
  return settled({ ...json, panels });
}

function unfoldRow(json: Json, id: number): Json {
  const row = findPanel(json, id);
  const inner = objects(row?.panels);
  if (!row || !flag(row.collapsed)) return json;
  const items = itemsOf(json);
  const at = 1 + items.findIndex((item) => item.id === id);
  const order = [...items.slice(0, at), ...inOrder(inner.map(toItem)), ...items.slice(at)];
  const opened = panelsOf(json).map((panel) => (panel === row ? { ...row, collapsed: false, panels: [] } : panel));
  return placePanels({ ...json, panels: [...opened, ...inner] }, settle(order));
}

/** The panels between a row and the next one. */
function sectionOf(json: Json, id: number): Json[] {
  const order = placePanels(json, itemsOf(json)).panels as Json[];
  const start = order.findIndex((panel) => idOf(panel) === id) + 1;
  if (start === 0) return [];
  const length = order.slice(start).findIndex(isRow);
  return order.slice(start, length < 0 ? undefined : start + length);
}

/** The row with its panels before the row above it, or after the one below. */
export function moveRow(json: Json, id: number, direction: "up" | "down"): Json {
  const sections = splitRows(placePanels(json, itemsOf(json)).panels as Json[]);
  const at = sections.findIndex(([first]) => first && isRow(first) && idOf(first) === id);
  const to = direction === "up" ? at - 1 : at + 1;
  const [a, b] = [sections[at], sections[to]];
  if (!a || !b || !b[0] || !isRow(b[0])) return json;
  sections[at] = b;
  sections[to] = a;
  return placePanels(json, settle(sections.flat().map(toItem)));
}

function splitRows(order: readonly Json[]): Json[][] {
  const sections: Json[][] = [[]];
  for (const panel of order) {
    if (isRow(panel)) sections.push([panel]);
    else sections.at(-1)?.push(panel);
  }
  return sections;
}

function settled(json: Json): Json {
  return placePanels(json, settle(itemsOf(json)));
}
