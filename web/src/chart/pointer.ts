/** What a pointer over a chart means: a place on it, or a range to zoom to. */

import type uPlot from "uplot";
import type { Annotation } from "./annotation";
import type { Exemplar } from "./exemplar";

export interface Pointed {
  /** Place on the time axis. */
  index: number;
  /** Curve nearest to the pointer. */
  nearest: number;
  left: number;
  top: number;
  exemplar?: Exemplar | undefined;
  annotation?: Annotation | undefined;
  /** Whether the pointer is in this chart rather than in one that shares its crosshair. */
  here: boolean;
}

export function pointedAt(chart: uPlot, here: boolean): Pointed | undefined {
  const { idx, left = -1, top = -1 } = chart.cursor;
  if (idx == null || left < 0) return undefined;
  return { index: idx, nearest: nearestCurve(chart, idx, top), left, top, here };
}

function nearestCurve(chart: uPlot, index: number, top: number): number {
  let nearest = -1;
  let distance = Infinity;
  chart.series.forEach((series, at) => {
    const value = chart.data[at]?.[index];
    if (at === 0 || !series.show || value == null || !series.scale) return;
    const away = Math.abs(chart.valToPos(value, series.scale) - top);
    if (away < distance) [nearest, distance] = [at - 1, away];
  });
  return nearest;
}

/** Pixels below which a drag was a click. */
export const DRAG_MIN = 6;

/** The dragged range in epoch ms, whose mark is taken away; `undefined` for a click. */
export function takeRange(chart: uPlot): { from: number; to: number } | undefined {
  const { left, width } = chart.select;
  if (width === 0) return undefined;
  const at = (pixel: number) => Math.round(chart.posToVal(pixel, "x") * 1000);
  const range = { from: at(left), to: at(left + width) };
  chart.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
  return width >= DRAG_MIN ? range : undefined;
}

/** Reports the dragged range. */
export function zoomTo(chart: uPlot, onZoom: ((from: number, to: number) => void) | undefined): void {
  const range = takeRange(chart);
  if (range) onZoom?.(range.from, range.to);
}
