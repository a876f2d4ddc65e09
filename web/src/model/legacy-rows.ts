/** Before the grid (schema version 16) a dashboard was rows of panels with a span of 12 columns. */

import { type Json, flag, number, objects, text } from "../json";

const ROW_PIXELS = 38;
const SPANS = 12;

/** Height in grid rows of `250px`, `250` or nothing. */
function gridHeight(height: unknown, otherwise: number): number {
  const pixels = parseInt(text(height), 10);
  return Number.isFinite(pixels) && pixels > 0 ? Math.max(2, Math.ceil(pixels / ROW_PIXELS)) : otherwise;
}

/** The panels of `rows` with places on the grid; titled or folded rows become row panels. */
export function layRows(rows: readonly Json[]): Json[] {
  const laid: Json[] = [];
  const showRows = rows.some((row) => flag(row.collapse) || flag(row.showTitle) || text(row.repeat));
  let y = 0;
  for (const row of rows) {
    const height = gridHeight(row.height, 7);
    const collapsed = flag(row.collapse);
    const panels = flow(objects(row.panels), height, y + (showRows ? 1 : 0));
    if (showRows) {
      const gridPos = { x: 0, y, w: 24, h: 1 };
      laid.push({
        type: "row",
        title: text(row.title),
        collapsed,
        repeat: text(row.repeat),
        gridPos,
        panels: collapsed ? panels.laid : [],
      });
      y += 1;
    }
    if (!collapsed) laid.push(...panels.laid);
    y += collapsed ? 0 : panels.height;
  }
  return laid;
}

/** Panels side by side until a row is full. */
function flow(panels: readonly Json[], height: number, top: number): { laid: Json[]; height: number } {
  let x = 0;
  let y = top;
  let tallest = 0;
  const laid = panels.map((panel) => {
    const w = Math.min(24, Math.max(2, Math.round(((number(panel.span) ?? 4) * 24) / SPANS)));
    const h = gridHeight(panel.height, height);
    if (x + w > 24) {
      x = 0;
      y += tallest;
      tallest = 0;
    }
    const gridPos = { x, y, w, h };
    x += w;
    tallest = Math.max(tallest, h);
    return { ...panel, gridPos };
  });
  return { laid, height: y + tallest - top };
}
