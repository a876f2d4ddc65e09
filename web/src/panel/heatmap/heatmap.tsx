import { createMemo, Show } from "solid-js";
import type uPlot from "uplot";
import { axisTexts } from "../../chart/axis";
import { GridChart, type GridAxis, type GridPlace } from "../../chart/grid-chart";
import { Swatch } from "../../chart/swatches";
import { TooltipBox } from "../../chart/tooltip";
import { joinFormatted, unitFormat } from "../../format/unit";
import { flag, number, object, text, type Json } from "../../json";
import type { FieldConfig } from "../../model/field-config";
import { dateTime } from "../../time/clock";
import type { PanelProps } from "../props";
import { type Band, type Cells, countAt, toCells } from "./cells";
import { cellColors, type CellColors } from "./colors";
import "../chart-panel.css";
import "./heatmap.css";

/** Counts by time and bucket, as colours. */
export default function HeatmapPanel(props: PanelProps) {
  const options = () => props.panel.options;
  const cells = createMemo(() => hideSmall(toCells(props.frames, options(), props.range), object(options().filterValues)));
  const colors = createMemo(() => cellColors(object(options().color), props.mode, countLimits(cells())));
  const scale = createMemo(() => valueScale(cells(), options(), props));
  const gap = () => number(options().cellGap) ?? 1;
  const draw = createMemo(() => {
    const [drawn, palette, { log }, pixels] = [cells(), colors(), scale(), gap()];
    return (plot: uPlot) => drawCells(plot, drawn, palette, log !== undefined, pixels);
  });
  return (
    <div class="chart-panel">
      <div class="chart-panel-plot">
        <GridChart
          from={props.range.from}
          to={props.range.to}
          axis={scale()}
          mode={props.mode}
          utc={props.utc}
          sync={props.sync}
          label={`${props.text(props.panel.title)}: ${cells().bands.length} buckets over time`}
          draw={draw()}
          onZoom={props.onZoom}
          tooltip={(place) => <CellTooltip place={place} cells={cells()} colors={colors()} options={options()} utc={props.utc} />}
        />
      </div>
      <Show when={flag(object(options().legend).show, true) && cells().times.length}>
        <Ramp colors={colors()} format={countText(options())} />
      </Show>
    </div>
  );
}

/** Counts up to the filter are as nothing: empty buckets are left out. */
function hideSmall(cells: Cells, filter: Json): Cells {
  const { le, ge } = { le: number(filter.le) ?? 1e-9, ge: number(filter.ge) ?? Infinity };
  return { ...cells, counts: cells.counts.map((count) => (count <= le || count >= ge ? NaN : count)) };
}

function countLimits(cells: Cells): { min: number; max: number } {
  let [min, max] = [Infinity, -Infinity];
  for (const count of cells.counts) {
    if (count < min) min = count;
    if (count > max) max = count;
  }
  return min > max ? { min: 0, max: 1 } : { min: Math.min(min, 0), max };
}

function yConfig(options: Json, props: PanelProps): FieldConfig {
  const axis = object(options.yAxis);
  const unit = text(axis.unit) || props.panel.fieldConfig.defaults.unit;
  return { unit, decimals: number(axis.decimals), custom: {} };
}

function valueScale(cells: Cells, options: Json, props: PanelProps): GridAxis {
  const axis = object(options.yAxis);
  const config = yConfig(options, props);
  const placement = text(axis.axisPlacement, "left");
  const common = {
    reverse: flag(axis.reverse),
    show: placement !== "hidden",
    right: placement === "right",
    label: text(axis.axisLabel),
  };
  if (cells.ordinal) return { ...common, ...ordinalScale(cells.bands, config) };
  const finite = cells.bands.flatMap(({ low, high }) => [low, high]).filter(Number.isFinite);
  const low = number(axis.min) ?? Math.min(...finite);
  const high = number(axis.max) ?? Math.max(...finite);
  const range: [number, number] = low < high ? [low, high] : [0, 1];
  // Exponential buckets are of one height where the axis is logarithmic.
  const log = range[0] > 0 && isExponential(cells.bands) ? { log: 2 as const } : {};
  return { ...common, ...log, range, texts: (marks) => axisTexts(marks, config) };
}

/** Bands of one height; the mark of a band with an upper end stands there, other names in the middle. */
function ordinalScale(bands: readonly Band[], config: FieldConfig): GridAxis {
  const named = bands.map(({ label, high }) => (isBound(label, high) ? boundText(high, config) : label));
  const numeric = bands.some(({ low }) => low === -Infinity);
  const offset = numeric ? 1 : 0.5;
  return {
    range: [0, Math.max(1, bands.length)],
    marks: bands.map((_, index) => index + offset),
    texts: (marks) => marks.map((mark) => (mark === null ? "" : (named[Math.round(mark - offset)] ?? ""))),
  };
}

/** Whether the name of a band is the number at its upper end. */
function isBound(label: string, high: number): boolean {
  return Number.isFinite(high) && Number(label) === high;
}

function boundText(value: number, config: FieldConfig): string {
  if (!config.unit) return String(value);
  return joinFormatted(unitFormat(config.unit)(value, config.decimals));
}

function isExponential(bands: readonly Band[]): boolean {
  const [first, last] = [bands[0], bands.at(-1)];
  if (!first || !last || first.low <= 0) return false;
  return last.high - last.low > 1.5 * (first.high - first.low);
}

function drawCells(plot: uPlot, cells: Cells, colors: CellColors, log: boolean, gap: number): void {
  const { ctx } = plot;
  const pixel = devicePixelRatio;
  const floor = log ? Number.MIN_VALUE : -Infinity;
  const edges = cells.bands.map(({ low, high }, index) => {
    const [from, to] = cells.ordinal ? [index, index + 1] : [Math.max(low, floor), high];
    return [plot.valToPos(from, "y", true), plot.valToPos(to, "y", true)].sort((a, b) => a - b) as [number, number];
  });
  cells.times.forEach((time, column) => {
    const right = plot.valToPos(time / 1000, "x", true);
    const left = plot.valToPos((time - cells.stepMs) / 1000, "x", true);
    edges.forEach(([top, bottom], band) => {
      const color = colors.of(countAt(cells, band, column));
      if (!color) return;
      ctx.fillStyle = color;
      const space = Math.min(gap * pixel, (right - left) / 4, (bottom - top) / 4);
      ctx.fillRect(left, top, Math.max(0.5, right - left - space), Math.max(0.5, bottom - top - space));
    });
  });
}

function countText(options: Json): (count: number) => string {
  const { unit, decimals } = object(options.cellValues);
  const format = unitFormat(text(unit) || "short");
  return (count) => joinFormatted(format(count, number(decimals)));
}

function CellTooltip(props: { place: GridPlace; cells: Cells; colors: CellColors; options: Json; utc: boolean }) {
  const column = () => props.cells.times.findIndex((time) => props.place.x <= time && props.place.x > time - props.cells.stepMs);
  const band = () => {
    const { y } = props.place;
    if (props.cells.ordinal) return Math.floor(y);
    return props.cells.bands.findIndex(({ low, high }) => y > low && y <= high);
  };
  const count = () => countAt(props.cells, band(), column());
  const shown = () => object(props.options.tooltip).show !== false && object(props.options.tooltip).mode !== "none";
  const end = () => props.cells.times[column()] ?? 0;
  return (
    <Show when={shown() && column() >= 0 && !Number.isNaN(count())}>
      <TooltipBox at={props.place} head={`${dateTime(end() - props.cells.stepMs, props.utc)} – ${dateTime(end(), props.utc)}`}>
        <div class="tooltip-row">
          <Swatch color={props.colors.of(count())} />
          <span class="tooltip-name">{bandText(props.cells.bands[band()])}</span>
          <span class="figure">{countText(props.options)(count())}</span>
        </div>
      </TooltipBox>
    </Show>
  );
}

function bandText(band: Band | undefined): string {
  if (!band) return "";
  const numeric = band.label === "" || band.low === -Infinity || isBound(band.label, band.high) || band.high === Infinity;
  return numeric ? `${shortest(band.low)} – ${shortest(band.high)}` : band.label;
}

function shortest(bound: number): string {
  if (!Number.isFinite(bound)) return bound < 0 ? "-∞" : "∞";
  return String(Number(bound.toPrecision(4)));
}

function Ramp(props: { colors: CellColors; format: (count: number) => string }) {
  return (
    <div class="heatmap-ramp">
      <span class="figure">{props.format(props.colors.min)}</span>
      <span
        class="heatmap-colors"
        style={{ background: `linear-gradient(to right, ${props.colors.ramp.join(", ")})` }}
        aria-hidden="true"
      />
      <span class="figure">{props.format(props.colors.max)}</span>
    </div>
  );
}
