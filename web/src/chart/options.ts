/** A chart's description for uPlot. */

import uPlot from "uplot";
import { absoluteSteps, type Limits } from "../field/threshold";
import { number, object, text } from "../json";
import type { FieldConfig } from "../model/field-config";
import { withAlpha } from "../theme/color";
import { type Mode, namedColor } from "../theme/palette";
import type { Size } from "../ui/size";
import { axisSteps, axisTexts, timePattern, timeTexts } from "./axis";
import { CHART_FONT, SCAFFOLD } from "./colors";
import type { Curve, CurveStyle } from "./curve";
import { fillInk, strokeInk } from "./ink";
import { isSwitch, scaleOptions } from "./scale";
import type { Band } from "./stack";

export interface ChartDescription {
  curves: readonly Curve[];
  bands: readonly Band[];
  mode: Mode;
  utc: boolean;
  /** Ends of the time axis, epoch seconds. */
  span: () => [number, number];
  hidden: (curve: Curve) => boolean;
  /** Charts with the same key share their crosshair. */
  sync?: string | undefined;
  /** Without axes, for sparklines. */
  bare?: boolean | undefined;
}

export function chartOptions(chart: ChartDescription, { width, height }: Size, hooks: uPlot.Hooks.Arrays): uPlot.Options {
  const scales = [...new Set(chart.curves.map((curve) => curve.scale))];
  const axes = chart.bare ? [] : placeAxes(chart, scales);
  return {
    width,
    height,
    ms: 1e-3,
    tzDate: localDate(chart.utc),
    legend: { show: false },
    padding: chart.bare ? [2, 0, 2, 0] : [8, axes.some(({ side }) => side === "right") ? 0 : 10, 0, 0],
    cursor: cursorOptions(chart),
    scales: {
      x: { time: true, range: () => chart.span() },
      ...Object.fromEntries(scales.map((key) => [key, scaleOptions(curvesOf(chart, key))])),
    },
    axes: chart.bare ? [{ show: false }, { show: false }] : [timeAxis(chart), ...axes.map((placed) => valueAxis(chart, placed))],
    series: [{}, ...chart.curves.map((curve) => seriesOptions(chart, curve))],
    bands: chart.bands.map(({ upper, lower }) => ({ series: [upper + 1, lower + 1] as [number, number] })),
    hooks: { ...hooks, drawClear: [(plot) => drawThresholds(plot, chart)] },
  };
}

export function cursorOptions(chart: Pick<ChartDescription, "bare" | "sync">): uPlot.Cursor {
  if (chart.bare) return { show: false };
  return {
    drag: { x: true, y: false, setScale: false },
    points: { size: 7, width: 2 },
    focus: { prox: -1 },
    // Only the crosshair is shared: a drag in one chart is no drag in the others.
    ...(chart.sync
      ? { sync: { key: chart.sync, scales: ["x", null], filters: { pub: (type) => type === "mousemove" || type === "mouseleave" } } }
      : {}),
  };
}

function curvesOf(chart: ChartDescription, scale: string): Curve[] {
  return chart.curves.filter((curve) => curve.scale === scale);
}

function firstOf(chart: ChartDescription, scale: string): FieldConfig {
  return curvesOf(chart, scale)[0]?.config ?? { custom: {} };
}

export function axisStyle(mode: Mode): uPlot.Axis {
  const { text: stroke, grid, tick } = SCAFFOLD[mode];
  return { stroke, font: CHART_FONT, grid: { stroke: grid, width: 1 }, ticks: { stroke: tick, width: 1, size: 4 }, gap: 5 };
}

/** Pixels for which the time axis is first divided, and those between two of its texts. */
const TIME_SPACE = 40;
const TIME_GAP = 18;

export function timeAxis(chart: Pick<ChartDescription, "mode" | "utc">): uPlot.Axis {
  return {
    ...axisStyle(chart.mode),
    size: 26,
    space: (plot, _axis, min, max, pixels) => {
      const pattern = timePattern(((max - min) * TIME_SPACE) / pixels, max - min);
      return textWidth(plot, pattern) + TIME_GAP;
    },
    values: (plot, splits, _axis, _space, step) => {
      const pattern = timePattern(step, (plot.scales.x?.max ?? 0) - (plot.scales.x?.min ?? 0));
      return timeTexts(splits, pattern, localDate(chart.utc)).map((label, index) => (isCut(plot, splits[index] ?? 0) ? "" : label));
    },
  };
}

/** Dates as the clock on the wall has them, or in UTC. */
export function localDate(utc: boolean): (seconds: number) => Date {
  return (seconds) => (utc ? uPlot.tzDate(new Date(seconds * 1000), "UTC") : new Date(seconds * 1000));
}

/** A label so near the edge that half of it would be cut off is left out. */
function isCut(plot: uPlot, seconds: number): boolean {
  const { max, min } = plot.scales.x ?? {};
  if (max == null || min == null) return false;
  const share = (seconds - min) / (max - min || 1);
  return share * plot.width > plot.width - 14;
}

interface PlacedAxis {
  scale: string;
  side: "left" | "right" | "hidden";
  grid: boolean;
}

/** The first axis that may be anywhere stands left, the others right of it; only the first on the left has lines across. */
function placeAxes(chart: ChartDescription, scales: readonly string[]): PlacedAxis[] {
  let left = false;
  return scales.map((scale) => {
    const { axisPlacement, axisGridShow } = firstOf(chart, scale).custom;
    const wanted = text(axisPlacement, "auto");
    const side = wanted === "hidden" || wanted === "left" || wanted === "right" ? wanted : left ? "right" : "left";
    const grid = side !== "hidden" && (typeof axisGridShow === "boolean" ? axisGridShow : side === "left" && !left);
    left ||= side === "left";
    return { scale, side, grid };
  });
}

/** Pixels between marks, and between those of a chart that is not higher than `LOW_CHART`. */
export const MARK_SPACE = 30;
const MARK_SPACE_LOW = 15;
const LOW_CHART = 150;

function valueAxis(chart: ChartDescription, { scale, side, grid }: PlacedAxis): uPlot.Axis {
  const curves = curvesOf(chart, scale);
  const config = firstOf(chart, scale);
  const { custom } = config;
  const percent = curves.some((curve) => curve.style.stack === "percent");
  const shown = percent ? { ...config, unit: "percentunit" } : config;
  const style = axisStyle(chart.mode);
  const stroke = custom.axisColorMode === "series" ? (curves[0]?.color ?? style.stroke) : style.stroke;
  const border = custom.axisBorderShow === true;
  const label = text(custom.axisLabel);
  const steps = axisSteps(shown);
  const width = number(custom.axisWidth);
  return {
    ...style,
    stroke,
    scale,
    show: side !== "hidden",
    side: side === "right" ? 1 : 3,
    grid: { ...style.grid, show: grid },
    ticks: { ...style.ticks, show: border, stroke },
    ...(border ? { border: { show: true, width: 1, stroke } } : {}),
    values: (_plot, splits) => axisTexts(splits, shown),
    size: (plot, values) => width ?? axisWidth(plot, values),
    space: (_plot, _axis, _min, _max, pixels) => (pixels <= LOW_CHART ? MARK_SPACE_LOW : MARK_SPACE),
    ...(config.decimals === 0 ? { filter: (_plot, splits) => splits.map((value) => (Number.isInteger(value) ? value : null)) } : {}),
    ...(steps ? { incrs: steps } : {}),
    ...(isSwitch(shown) ? { splits: [0, 1] } : {}),
    ...(label ? { label, labelSize: 20, labelGap: 2, labelFont: CHART_FONT } : {}),
  };
}

export function axisWidth(plot: uPlot, values: readonly string[] | null): number {
  const widest = (values ?? []).reduce((most, value) => Math.max(most, textWidth(plot, value)), 0);
  return Math.ceil(Math.min(0.4 * plot.width, widest)) + 13;
}

function textWidth(plot: uPlot, label: string): number {
  plot.ctx.save();
  plot.ctx.font = CHART_FONT;
  const { width } = plot.ctx.measureText(label);
  plot.ctx.restore();
  return width;
}

function seriesOptions(chart: ChartDescription, curve: Curve): uPlot.Series {
  const { style, color } = curve;
  const filled = style.fill > 0 && style.draw !== "points";
  const series: uPlot.Series = {
    label: curve.name,
    scale: curve.scale,
    show: curve.drawn && !chart.hidden(curve),
    stroke: style.draw === "points" ? "transparent" : (plot) => strokeInk(plot, curve, chart.mode),
    width: style.draw === "points" ? 0 : style.width,
    spanGaps: style.spanNulls === true,
    points: pointOptions(style, color),
  };
  if (filled) series.fill = (plot) => fillInk(plot, curve, chart.mode);
  // A dot is a dash of no length with round ends.
  if (style.dash?.length) Object.assign(series, { dash: style.dash, cap: style.dash[0] === 0 ? "round" : "butt" });
  if (typeof style.spanNulls === "number") series.gaps = (plot, _series, _from, _to, gaps) => longGaps(plot, gaps, Number(style.spanNulls));
  const paths = pathsOf(style);
  if (paths) series.paths = paths;
  return series;
}

/** Gaps longer than `limitMs`; the shorter ones are joined over. */
function longGaps(plot: uPlot, gaps: [number, number][], limitMs: number): [number, number][] {
  const { min, max } = plot.scales.x ?? {};
  const pixels = (limitMs / 1000 / Math.max(1, (max ?? 1) - (min ?? 0))) * plot.bbox.width;
  return gaps.filter(([from, to]) => to - from > pixels);
}

/** Where they are not asked for or ruled out, points are shown as far apart as uPlot wants them, and where a sample stands alone. */
function pointOptions(style: CurveStyle, color: string): uPlot.Series.Points {
  const look = { size: style.pointSize, stroke: color, fill: color };
  if (style.draw === "points" || style.points === "always") return { ...look, show: true };
  if (style.draw === "bars") return { ...look, show: false };
  const alone: uPlot.Series.Points =
    style.spanNulls === true ? {} : { filter: (plot, series, show) => (show ? null : lonely(plot, series)) };
  return style.points === "never" ? { ...look, show: false } : { ...look, ...alone };
}

/** Samples that no line leads to: they would not be seen. */
function lonely(plot: uPlot, series: number): number[] | null {
  const values = plot.data[series] ?? [];
  const found: number[] = [];
  for (let at = 0; at < values.length; at += 1) {
    if (values[at] != null && values[at - 1] == null && values[at + 1] == null) found.push(at);
  }
  return found.length ? found : null;
}

function pathsOf(style: CurveStyle): uPlot.Series.PathBuilder | undefined {
  const { bars, spline, stepped } = uPlot.paths;
  if (style.draw === "bars") return bars?.({ size: [style.barWidth, style.barMaxWidth], align: style.barAlign });
  if (style.draw === "points") return () => null;
  if (style.interpolation === "smooth") return spline?.();
  if (style.interpolation === "stepAfter") return stepped?.({ align: 1 });
  return style.interpolation === "stepBefore" ? stepped?.({ align: -1 }) : undefined;
}

/** Threshold lines and areas, where the field asks for them. */
function drawThresholds(plot: uPlot, chart: ChartDescription): void {
  for (const key of new Set(chart.curves.map((curve) => curve.scale))) {
    const config = firstOf(chart, key);
    const style = text(object(config.custom.thresholdsStyle).mode, "off");
    const { min, max } = plot.scales[key] ?? {};
    if (style === "off" || !config.thresholds || min == null || max == null) continue;
    drawSteps(
      plot,
      key,
      absoluteSteps(config, { min, max }).map((step) => ({ value: step.value, color: namedColor(chart.mode, step.color) })),
      style,
      { min, max },
    );
  }
}

function drawSteps(plot: uPlot, scale: string, steps: readonly { value: number; color: string }[], style: string, limits: Limits): void {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  steps.forEach((step, index) => {
    const low = Math.max(step.value, limits.min);
    const high = Math.min(steps[index + 1]?.value ?? limits.max, limits.max);
    const y = plot.valToPos(low, scale, true);
    if (style.includes("area") && high > low) {
      ctx.fillStyle = withAlpha(step.color, 0.12);
      ctx.fillRect(bbox.left, plot.valToPos(high, scale, true), bbox.width, y - plot.valToPos(high, scale, true));
    }
    if ((style.includes("line") || style.includes("dashed")) && Number.isFinite(step.value)) {
      ctx.strokeStyle = withAlpha(step.color, 0.8);
      ctx.lineWidth = uPlot.pxRatio;
      ctx.setLineDash(style.includes("dashed") ? [8, 8] : []);
      ctx.beginPath();
      ctx.moveTo(bbox.left, y);
      ctx.lineTo(bbox.left + bbox.width, y);
      ctx.stroke();
    }
  });
  ctx.restore();
}
