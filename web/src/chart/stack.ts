/** Stacking: each curve on top of those before it. */

import type { Curve } from "./curve";

/** A filled band between two curves, by their places. */
export interface Band {
  upper: number;
  lower: number;
}

export interface Stacked {
  /** What is drawn for each curve. */
  drawn: (number | null)[][];
  bands: Band[];
}

/** Heights to draw; `shown` says which curves take part. */
export function stackCurves(curves: readonly Curve[], shown: (curve: Curve) => boolean): Stacked {
  const drawn = curves.map((curve) => curve.values);
  const bands: Band[] = [];
  for (const group of groups(curves, shown)) {
    const totals = curves[group[0] ?? 0]?.style.stack === "percent" ? groupTotals(curves, group) : undefined;
    let below: (number | null)[] | undefined;
    let lower = -1;
    for (const index of group) {
      const values = curves[index]?.values ?? [];
      const base = below;
      const heights = values.map((value, at) => {
        const share = totals && value !== null ? value / (totals[at] || 1) : value;
        return share === null ? (base?.[at] ?? null) : share + (base?.[at] ?? 0);
      });
      drawn[index] = values.map((value, at) => (value === null ? null : (heights[at] ?? null)));
      if (lower >= 0) bands.push({ upper: index, lower });
      below = heights;
      lower = index;
    }
  }
  return { drawn, bands };
}

/** Curves that stack together: the same group, scale and sign. */
function groups(curves: readonly Curve[], shown: (curve: Curve) => boolean): number[][] {
  const found = new Map<string, number[]>();
  curves.forEach((curve, index) => {
    if (curve.style.stack === "none" || !curve.drawn || !shown(curve)) return;
    const sign = curve.config.custom.transform === "negative-Y" ? "-" : "+";
    const key = [curve.style.stackGroup, curve.style.stack, curve.scale, curve.style.draw, sign].join(" ");
    found.set(key, [...(found.get(key) ?? []), index]);
  });
  return [...found.values()];
}

function groupTotals(curves: readonly Curve[], group: readonly number[]): number[] {
  const totals: number[] = [];
  for (const index of group) {
    curves[index]?.values.forEach((value, at) => {
      totals[at] = (totals[at] ?? 0) + Math.abs(value ?? 0);
    });
  }
  return totals;
}
