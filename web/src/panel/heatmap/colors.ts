/** Colours of a heatmap's cells. */

import * as chromatic from "d3-scale-chromatic";
import { number, text, type Json } from "../../json";
import { withAlpha } from "../../theme/color";
import { namedColor, type Mode } from "../../theme/palette";

/** The schemes whose light end means little; in the dark they are turned over, so that little stays dark. */
const LIGHT_FIRST = /^(Blues|Greens|Greys|Oranges|Purples|Reds|BuGn|BuPu|GnBu|OrRd|PuBuGn|PuBu|PuRd|RdPu|YlGnBu|YlGn|YlOrBr|YlOrRd)$/;

export interface CellColors {
  /** The colour of a count; empty for cells that are not drawn. */
  of: (count: number) => string;
  /** Stops of the ramp from least to most. */
  ramp: string[];
  min: number;
  max: number;
}

/** Stops of the ramp where no number of steps is given. */
const STEPS = 64;

export function cellColors(color: Json, mode: Mode, limits: { min: number; max: number }): CellColors {
  const steps = Math.min(128, Math.max(2, Math.round(number(color.steps) ?? STEPS)));
  const at = color.mode === "opacity" ? opacity(color, mode) : scheme(color, mode);
  const ramp = Array.from({ length: steps }, (_, index) => at(index / (steps - 1)));
  const min = number(color.min) ?? limits.min;
  const max = number(color.max) ?? limits.max;
  const of = (count: number) => {
    if (Number.isNaN(count)) return "";
    const share = max > min ? (count - min) / (max - min) : 1;
    return ramp[Math.min(steps - 1, Math.max(0, Math.floor(share * steps)))] ?? "";
  };
  return { of, ramp, min, max };
}

function scheme(color: Json, mode: Mode): (share: number) => string {
  const name = text(color.scheme, "Oranges");
  const found = (chromatic as unknown as Record<string, unknown>)[`interpolate${name}`];
  const interpolate = typeof found === "function" ? (found as (share: number) => string) : chromatic.interpolateOranges;
  const turned = (LIGHT_FIRST.test(name) && mode === "dark") !== (color.reverse === true);
  return (share) => interpolate(turned ? 1 - share : share);
}

function opacity(color: Json, mode: Mode): (share: number) => string {
  const fill = namedColor(mode, text(color.fill, "dark-orange"));
  const exponent = color.scale === "exponential" ? (number(color.exponent) ?? 0.5) : 1;
  return (share) => withAlpha(fill, Math.max(0.04, share ** exponent));
}
