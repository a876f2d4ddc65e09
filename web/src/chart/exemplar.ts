/** Exemplars on a chart: single measurements with labels of their own, such as the trace they were seen in. */

import type uPlot from "uplot";
import type { Labels } from "../api/prometheus";

export interface Exemplar {
  /** Epoch ms. */
  time: number;
  value: number;
  labels: Labels;
  series: Labels;
}

/** Exemplars that one chart draws. */
export const EXEMPLARS_MAX = 2000;

/** Half the width of a mark, and how near a pointer has to be to mean it, in CSS pixels. */
const MARK = 4;
const NEAR = 9;

export function drawExemplars(plot: uPlot, exemplars: readonly Exemplar[], scale: string, color: string): void {
  if (exemplars.length === 0 || !plot.scales[scale]) return;
  const { ctx, bbox } = plot;
  const half = MARK * devicePixelRatio;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  ctx.fillStyle = color;
  for (const { time, value } of exemplars) {
    const [x, y] = [plot.valToPos(time / 1000, "x", true), plot.valToPos(value, scale, true)];
    ctx.beginPath();
    ctx.moveTo(x, y - half);
    ctx.lineTo(x + half, y);
    ctx.lineTo(x, y + half);
    ctx.lineTo(x - half, y);
    ctx.fill();
  }
  ctx.restore();
}

/** The exemplar under the pointer. */
export function exemplarAt(plot: uPlot, exemplars: readonly Exemplar[], scale: string): Exemplar | undefined {
  const { left = -1, top = -1 } = plot.cursor;
  if (left < 0 || !plot.scales[scale]) return undefined;
  let found: Exemplar | undefined;
  let distance = NEAR;
  for (const exemplar of exemplars) {
    const away = Math.hypot(plot.valToPos(exemplar.time / 1000, "x") - left, plot.valToPos(exemplar.value, scale) - top);
    if (away < distance) [found, distance] = [exemplar, away];
  }
  return found;
}
