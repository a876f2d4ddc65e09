/** Colours of a chart's scaffolding. */

import type { Mode } from "../theme/palette";

export const SCAFFOLD: Record<Mode, { text: string; grid: string; tick: string }> = {
  dark: { text: "#9aa5b3", grid: "rgba(160,175,195,0.10)", tick: "rgba(160,175,195,0.18)" },
  light: { text: "#566272", grid: "rgba(40,55,75,0.09)", tick: "rgba(40,55,75,0.18)" },
};

/** The face that charts are lettered in, at `scale` times its size; canvases do not inherit it. */
export function chartFont(scale = 1): string {
  return `${12 * scale}px system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", sans-serif`;
}

export const CHART_FONT = chartFont();
