/** Laying out the dashboard: repeats unrolled, folded rows hidden, places worked out. */

import type { GridPos, Panel } from "./dashboard";

export interface Placed {
  panel: Panel;
  place: GridPos;
}

/** Values that a variable repeats over, by its name. */
export type RepeatValues = (name: string) => string[];

/** Columns of the grid. */
const COLUMNS = 24;

/** Panels that one repeat may unroll to. */
const REPEATS_MAX = 200;

/** A row with the panels below it, up to the next row. */
interface Section {
  row: Panel | undefined;
  panels: Panel[];
}

/** All panels to show, in order, with their places; `folded` says which rows are closed. */
export function layOut(panels: readonly Panel[], folded: (row: Panel) => boolean, repeats: RepeatValues): Placed[] {
  const placed: Placed[] = [];
  let top = 0;
  for (const section of sections(panels).flatMap((part) => repeatRow(part, repeats))) {
    if (section.row) {
      placed.push({ panel: section.row, place: { x: 0, y: top, w: 24, h: 1 } });
      top += 1;
      if (folded(section.row)) continue;
    }
    const inside = placeSection(section.panels, top, repeats);
    placed.push(...inside);
    top = inside.reduce((low, { place }) => Math.max(low, place.y + place.h), top);
  }
  return placed;
}

function byPlace(a: Panel, b: Panel): number {
  return a.gridPos.y - b.gridPos.y || a.gridPos.x - b.gridPos.x;
}

function sections(panels: readonly Panel[]): Section[] {
  const found: Section[] = [{ row: undefined, panels: [] }];
  for (const panel of [...panels].sort(byPlace)) {
    if (panel.type === "row") found.push({ row: panel, panels: [...panel.panels] });
    else found.at(-1)?.panels.push(panel);
  }
  return found;
}

function repeatRow(section: Section, repeats: RepeatValues): Section[] {
  const { row, panels } = section;
  if (!row?.repeat) return [section];
  const values = repeats(row.repeat).slice(0, REPEATS_MAX);
  if (values.length === 0) return [section];
  return values.map((value) => ({
    row: scoped(row, row.repeat, value),
    panels: panels.map((panel) => scoped(panel, row.repeat, value)),
  }));
}

/** A copy of the panel in which the variable has one value. */
function scoped(panel: Panel, name: string, value: string): Panel {
  return { ...panel, key: `${panel.key}/${name}=${value}`, scope: { ...panel.scope, [name]: [value] } };
}

/** Places of a section's panels from `top` down: each as high up as the panels above it allow. */
function placeSection(panels: readonly Panel[], top: number, repeats: RepeatValues): Placed[] {
  const heights = new Array<number>(COLUMNS).fill(top);
  return [...panels].sort(byPlace).flatMap((panel) =>
    copies(panel, repeats).map(({ panel: copy, place }) => {
      const columns = heights.slice(place.x, place.x + place.w);
      const y = columns.reduce((low, height) => Math.max(low, height), top);
      heights.fill(y + place.h, place.x, place.x + place.w);
      return { panel: copy, place: { ...place, y } };
    }),
  );
}

/** The panel, or one for each value that it repeats over, beside or below one another. */
function copies(panel: Panel, repeats: RepeatValues): Placed[] {
  const { gridPos, repeat, repeatDirection, maxPerRow } = panel;
  const values = repeat && !panel.scope[repeat] ? repeats(repeat).slice(0, REPEATS_MAX) : [];
  if (values.length === 0) return [{ panel, place: gridPos }];
  const across = Math.min(values.length, Math.max(1, maxPerRow));
  const w = Math.max(1, Math.floor(COLUMNS / across));
  return values.map((value, index) => ({
    panel: scoped(panel, repeat, value),
    place: repeatDirection === "v" ? gridPos : { ...gridPos, w, x: (index % across) * w },
  }));
}
