/** What curves are drawn and filled with: a colour, or one that changes with the height on the chart. */

import type uPlot from "uplot";
import { fieldLimits } from "../field/display";
import { absoluteSteps } from "../field/threshold";
import { withAlpha } from "../theme/color";
import { continuousStops, type Mode, namedColor } from "../theme/palette";
import type { Curve } from "./curve";

type Ink = string | CanvasGradient;

/** The curve's colour; or, where its gradient is by its colour scheme, that of the value at each height. */
export function strokeInk(plot: uPlot, curve: Curve, mode: Mode): Ink {
  return curve.style.gradient === "scheme" ? schemeInk(plot, curve, mode, 1) : curve.color;
}

export function fillInk(plot: uPlot, curve: Curve, mode: Mode): Ink {
  const { style, color } = curve;
  if (style.gradient === "scheme") return schemeInk(plot, curve, mode, style.fill);
  const gradient = style.gradient === "none" ? undefined : downwards(plot);
  if (!gradient) return withAlpha(color, style.fill);
  gradient.addColorStop(0, withAlpha(color, style.fill));
  gradient.addColorStop(1, withAlpha(color, style.gradient === "opacity" ? 0 : style.fill * 0.3));
  return gradient;
}

/** From the upper edge of the chart to the lower; `undefined` before the chart has its size. */
function downwards(plot: uPlot): CanvasGradient | undefined {
  const { top, height } = plot.bbox;
  return Number.isFinite(top + height) ? plot.ctx.createLinearGradient(0, top, 0, top + height) : undefined;
}

function schemeInk(plot: uPlot, curve: Curve, mode: Mode, alpha: number): Ink {
  const { min, max } = plot.scales[curve.scale] ?? {};
  const gradient = downwards(plot);
  if (!gradient || min == null || max == null) return withAlpha(curve.color, alpha);
  const stops = schemeStops(curve, mode, { min, max });
  if (stops.length === 0) return withAlpha(curve.color, alpha);
  for (const { value, color } of stops) gradient.addColorStop(shareFromTop(plot, curve, value), withAlpha(color, alpha));
  return gradient;
}

/** Values and their colours from the top down; each threshold begins where the one above it ends. */
function schemeStops(curve: Curve, mode: Mode, limits: { min: number; max: number }): { value: number; color: string }[] {
  const kind = curve.config.color?.mode ?? "";
  if (kind === "thresholds") {
    const steps = absoluteSteps(curve.config, limits);
    return [...steps].reverse().flatMap(({ value, color }, index, above) => {
      const shade = namedColor(mode, color);
      return [
        { value: above[index - 1]?.value ?? Infinity, color: shade },
        { value, color: shade },
      ];
    });
  }
  if (!kind.startsWith("continuous-")) return [];
  const { min, max } = fieldLimits(curve.source);
  const colors = continuousStops(mode, kind).reverse();
  return colors.map((color, index) => ({ color, value: max - ((max - min) * index) / Math.max(1, colors.length - 1) }));
}

/** A share of the chart's height, 0 at its upper edge; what lies outside stands at the edge. */
function shareFromTop(plot: uPlot, curve: Curve, value: number): number {
  if (!Number.isFinite(value)) return value > 0 ? 0 : 1;
  const share = (plot.valToPos(value, curve.scale, true) - plot.bbox.top) / plot.bbox.height;
  return Number.isFinite(share) ? Math.min(1, Math.max(0, share)) : 1;
}
