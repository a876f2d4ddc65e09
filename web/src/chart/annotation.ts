/** Annotations on a chart: moments and spans that something happened in. */

import type uPlot from "uplot";
import { withAlpha } from "../theme/color";

export interface Annotation {
  /** Epoch ms; the same for a moment. */
  from: number;
  to: number;
  title: string;
  text: string;
  tags: string[];
  color: string;
  /** The panel that alone shows it; unset for all. */
  panelId?: number | undefined;
  /** Number by which the server knows one that was made by hand. */
  id?: number | undefined;
}

/** Height of the strip along the time axis, and how near a line is meant, in CSS pixels. */
const STRIP = 5;
const NEAR = 5;

export function drawAnnotations(plot: uPlot, annotations: readonly Annotation[]): void {
  const { ctx, bbox } = plot;
  const pixel = devicePixelRatio;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height + STRIP * pixel);
  ctx.clip();
  ctx.lineWidth = pixel;
  ctx.setLineDash([4 * pixel, 4 * pixel]);
  for (const { from, to, color } of annotations) {
    const left = plot.valToPos(from / 1000, "x", true);
    const right = plot.valToPos(to / 1000, "x", true);
    if (right - left > 1) {
      ctx.fillStyle = withAlpha(color, 0.12);
      ctx.fillRect(left, bbox.top, right - left, bbox.height);
    }
    ctx.strokeStyle = color;
    for (const x of new Set([left, right])) line(ctx, x, bbox.top, bbox.top + bbox.height);
    ctx.fillStyle = color;
    const half = STRIP * pixel;
    ctx.fillRect(left - half, bbox.top + bbox.height, right - left + 2 * half, STRIP * pixel);
  }
  ctx.restore();
}

function line(ctx: CanvasRenderingContext2D, x: number, top: number, bottom: number): void {
  ctx.beginPath();
  ctx.moveTo(x, top);
  ctx.lineTo(x, bottom);
  ctx.stroke();
}

/** The annotation under the pointer: near one of its lines, or over its span close to the time axis. */
export function annotationAt(plot: uPlot, annotations: readonly Annotation[]): Annotation | undefined {
  const { left = -1, top = -1 } = plot.cursor;
  if (left < 0) return undefined;
  const low = top > plot.over.clientHeight - 14;
  return annotations.find(({ from, to }) => {
    const [start, end] = [plot.valToPos(from / 1000, "x"), plot.valToPos(to / 1000, "x")];
    if (Math.abs(start - left) <= NEAR || Math.abs(end - left) <= NEAR) return low || top < 14;
    return low && start <= left && left <= end;
  });
}
