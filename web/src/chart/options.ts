/** A chart's description for uPlot. */

import uPlot from "uplot";
import { absoluteSteps, type Limits } from "../field/threshold";
import { number, object, text } from "../json";
import type { FieldConfig } from "../model/field-config";
import { withAlpha } from "../theme/color";
import { type Mode, namedColor } from "../theme/palette";
import type { Size } from "../ui/size";
import { axisSteps, axisTexts, timeTexts } from "./axis";
import { CHART_FONT, SCAFFOLD } from "./colors";
import type { Curve, CurveStyle } from "./curve";
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
  return {
    width,
    height,
    ms: 1e-3,
    tzDate: localDate(chart.utc),
    legend: { show: false },
    padding: chart.bare ? [2, 0, 2, 0] : [8, scales.some((key) => key.includes("|right|")) ? 0 : 10, 0, 0],
    cursor: cursorOptions(chart),
    scales: { x: { time: true, range: () => chart.span() }, ...Object.fromEntries(scales.map((key) => [key, scaleOptions(chart, key)])) },
    axes: chart.bare ? [{ show: false }, { show: false }] : [timeAxis(chart), ...scales.map((key, index) => valueAxis(chart, key, index))],
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

function firstOf(chart: ChartDescription, scale: string): FieldConfig {
  return chart.curves.find((curve) => curve.scale === scale)?.config ?? { custom: {} };
}

function scaleOptions(chart: ChartDescription, key: string): uPlot.Scale {
  const config = firstOf(chart, key);
  const distribution = object(config.custom.scaleDistribution);
  const log = distribution.type !== "log" ? undefined : number(distribution.log) === 2 ? 2 : 10;
  const zero = chart.curves.some((curve) => curve.scale === key && (curve.style.draw === "bars" || curve.style.stack !== "none"));
  const percent = chart.curves.some((curve) => curve.scale === key && curve.style.stack === "percent");
  return {
    ...(log ? { distr: 3 as const, log } : {}),
    range: (_plot, low, high) => scaleRange(config, low, high, { log, zero, percent }),
  };
}

function scaleRange(
  config: FieldConfig,
  low: number | null,
  high: number | null,
  kind: { log: 2 | 10 | undefined; zero: boolean; percent: boolean },
): uPlot.Range.MinMax {
  if (kind.percent) return [0, 1];
  const [from, to] = low === null || high === null ? [config.min ?? 0, config.max ?? 100] : [low, high];
  if (kind.log) return uPlot.rangeLog(Math.max(config.min ?? from, Number.MIN_VALUE), config.max ?? to, kind.log, true);
  // A curve that stands at zero would get an axis up to a hundred.
  if (from === 0 && to === 0 && config.max === undefined) return [config.min ?? 0, 1];
  const softMin = number(config.custom.axisSoftMin);
  const softMax = number(config.custom.axisSoftMax);
  const soft = (value: number | undefined): uPlot.Range.Limit => ({
    pad: 0.1,
    soft: value ?? 0,
    mode: value === undefined && !kind.zero ? 3 : 1,
  });
  const [bottom, top] = uPlot.rangeNum(from, to, { min: soft(softMin), max: soft(softMax) });
  const range: [number, number] = [config.min ?? bottom ?? 0, config.max ?? top ?? 1];
  return range[0] < range[1] ? range : [range[0], range[0] + 1];
}

export function axisStyle(mode: Mode): uPlot.Axis {
  const { text: stroke, grid, tick } = SCAFFOLD[mode];
  return { stroke, font: CHART_FONT, grid: { stroke: grid, width: 1 }, ticks: { stroke: tick, width: 1, size: 4 }, gap: 5 };
}

export function timeAxis(chart: Pick<ChartDescription, "mode" | "utc">): uPlot.Axis {
  return {
    ...axisStyle(chart.mode),
    size: 26,
    space: 64,
    values: (plot, splits, _axis, _space, step) =>
      timeTexts(splits, step, localDate(chart.utc)).map((label, index) => (isCut(plot, splits[index] ?? 0) ? "" : label)),
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

function valueAxis(chart: ChartDescription, key: string, index: number): uPlot.Axis {
  const config = firstOf(chart, key);
  const placement = text(config.custom.axisPlacement, "auto");
  const percent = chart.curves.some((curve) => curve.scale === key && curve.style.stack === "percent");
  const shown = percent ? { custom: {}, unit: "percentunit" } : config;
  const right = placement === "right" || (placement === "auto" && index > 0);
  const label = text(config.custom.axisLabel);
  const steps = axisSteps(shown);
  return {
    ...axisStyle(chart.mode),
    scale: key,
    show: placement !== "hidden",
    side: right ? 1 : 3,
    grid: { ...axisStyle(chart.mode).grid, show: index === 0 && config.custom.axisGridShow !== false },
    values: (_plot, splits) => axisTexts(splits, shown),
    size: (plot, values) => axisWidth(plot, values),
    space: 28,
    ...(steps ? { incrs: steps } : {}),
    ...(label ? { label, labelSize: 18, labelGap: 0, labelFont: CHART_FONT } : {}),
  };
}

export function axisWidth(plot: uPlot, values: readonly string[] | null): number {
  const longest = (values ?? []).reduce((long, value) => (value.length > long.length ? value : long), "");
  plot.ctx.save();
  plot.ctx.font = CHART_FONT;
  const { width } = plot.ctx.measureText(longest);
  plot.ctx.restore();
  return Math.ceil(width) + 14;
}

function seriesOptions(chart: ChartDescription, curve: Curve): uPlot.Series {
  const { style, color } = curve;
  const filled = style.fill > 0 && style.draw !== "points";
  const series: uPlot.Series = {
    label: curve.name,
    scale: curve.scale,
    show: curve.drawn && !chart.hidden(curve),
    stroke: style.draw === "points" ? "transparent" : color,
    width: style.draw === "points" ? 0 : style.width,
    spanGaps: style.spanNulls === true,
    points: { show: showPoints(style), size: style.pointSize, stroke: color, fill: color, width: 1 },
  };
  if (filled) series.fill = (plot) => fillStyle(plot, style, color);
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

function showPoints(style: CurveStyle): uPlot.Series.Points.Show {
  if (style.draw === "bars") return false;
  if (style.draw === "points" || style.points === "always") return true;
  if (style.points === "never") return (plot, series) => isLonely(plot, series);
  return (plot, series) => isLonely(plot, series) || hasRoom(plot, style);
}

/** A curve of a single sample would be invisible as a line. */
function isLonely(plot: uPlot, series: number): boolean {
  let count = 0;
  for (const value of plot.data[series] ?? []) if (value != null && (count += 1) > 1) return false;
  return count === 1;
}

/** Whether points stand apart, by the part of the width that has samples. */
function hasRoom(plot: uPlot, style: CurveStyle): boolean {
  const times = plot.data[0];
  const [first, last] = [times[0], times[times.length - 1]];
  if (first === undefined || last === undefined) return false;
  const pixels = plot.valToPos(last, "x") - plot.valToPos(first, "x");
  return pixels / Math.max(1, times.length - 1) > style.pointSize * 4;
}

function pathsOf(style: CurveStyle): uPlot.Series.PathBuilder | undefined {
  const { bars, spline, stepped } = uPlot.paths;
  if (style.draw === "bars") return bars?.({ size: [0.6, 200], align: 0 });
  if (style.draw === "points") return () => null;
  if (style.interpolation === "smooth") return spline?.();
  if (style.interpolation === "stepAfter") return stepped?.({ align: 1 });
  return style.interpolation === "stepBefore" ? stepped?.({ align: -1 }) : undefined;
}

function fillStyle(plot: uPlot, style: CurveStyle, color: string): string | CanvasGradient {
  if (style.gradient === "none") return withAlpha(color, style.fill);
  const { top, height } = plot.bbox;
  const gradient = plot.ctx.createLinearGradient(0, top, 0, top + height);
  if (!Number.isFinite(top + height)) return withAlpha(color, style.fill);
  gradient.addColorStop(0, withAlpha(color, style.fill));
  gradient.addColorStop(1, withAlpha(color, style.gradient === "opacity" ? 0 : style.fill * 0.3));
  return gradient;
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
