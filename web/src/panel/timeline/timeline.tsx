import { createMemo, Show } from "solid-js";
import type uPlot from "uplot";
import { chartFont } from "../../chart/colors";
import { GridChart, type GridAxis, type GridPlace } from "../../chart/grid-chart";
import { Swatch, Swatches } from "../../chart/swatches";
import { TooltipBox } from "../../chart/tooltip";
import { flag, number, object, text, type Json } from "../../json";
import { textOn, withAlpha } from "../../theme/color";
import { dateTime } from "../../time/clock";
import { spokenDuration } from "../../time/duration";
import type { PanelProps } from "../props";
import { type Row, type Span, toRows } from "./spans";
import "../chart-panel.css";

/** How long each state lasted, one row for each series. */
export function StateTimelinePanel(props: PanelProps) {
  return <Timeline {...props} merge={flag(props.panel.options.mergeValues, true)} draw={drawSpans} />;
}

/** Each sample as a box of its own. */
export function StatusHistoryPanel(props: PanelProps) {
  return <Timeline {...props} merge={false} draw={drawBoxes} />;
}

type Draw = (plot: uPlot, rows: readonly Row[], options: Json) => void;

function Timeline(props: PanelProps & { merge: boolean; draw: Draw }) {
  const options = () => props.panel.options;
  const rows = createMemo(() => toRows(props.frames, { mode: props.mode, merge: props.merge, to: props.range.to }));
  const draw = createMemo(() => {
    const [drawn, how] = [rows(), options()];
    return (plot: uPlot) => props.draw(plot, drawn, how);
  });
  const legend = () => object(options().legend);
  return (
    <div class="chart-panel">
      <div class="chart-panel-plot">
        <GridChart
          from={props.range.from}
          to={props.range.to}
          axis={rowAxis(rows())}
          mode={props.mode}
          utc={props.utc}
          sync={props.sync}
          label={`${props.text(props.panel.title)}: states of ${rows().length} series over time`}
          draw={draw()}
          onZoom={props.onZoom}
          tooltip={(place) => (
            <Show when={object(options().tooltip).mode !== "none"}>
              <StateTooltip place={place} rows={rows()} utc={props.utc} lasting={props.merge} />
            </Show>
          )}
        />
      </div>
      <Show when={flag(legend().showLegend, true) && legend().displayMode !== "hidden"}>
        <Swatches entries={statesOf(rows())} />
      </Show>
    </div>
  );
}

/** The first row stands on top. */
function rowAxis(rows: readonly Row[]): GridAxis {
  const names = rows.map(({ name }) => (name.length > 32 ? `${name.slice(0, 31)}…` : name));
  return {
    range: [0, Math.max(1, rows.length)],
    reverse: true,
    marks: rows.map((_, index) => index + 0.5),
    texts: (marks) => marks.map((mark) => (mark === null ? "" : (names[Math.floor(mark)] ?? ""))),
  };
}

function rowBox(plot: uPlot, index: number, share: number): [top: number, height: number] {
  const top = plot.valToPos(index + (1 - share) / 2, "y", true);
  const bottom = plot.valToPos(index + (1 + share) / 2, "y", true);
  return [Math.min(top, bottom), Math.abs(bottom - top)];
}

function drawSpans(plot: uPlot, rows: readonly Row[], options: Json): void {
  const height = number(options.rowHeight) ?? 0.9;
  rows.forEach((row, index) => {
    const box = rowBox(plot, index, height);
    for (const span of row.spans) {
      const left = plot.valToPos(span.from / 1000, "x", true);
      const right = plot.valToPos(span.to / 1000, "x", true);
      drawBox(plot, [left, Math.max(1, right - left)], box, row, span, options);
    }
  });
}

function drawBoxes(plot: uPlot, rows: readonly Row[], options: Json): void {
  const [height, width] = [number(options.rowHeight) ?? 0.9, number(options.colWidth) ?? 0.9];
  rows.forEach((row, index) => {
    const box = rowBox(plot, index, height);
    for (const span of row.spans) {
      const middle = plot.valToPos(span.from / 1000, "x", true);
      const full = plot.valToPos(span.to / 1000, "x", true) - middle;
      drawBox(plot, [middle - (full * width) / 2, Math.max(1, full * width)], box, row, span, options);
    }
  });
}

type Extent = readonly [start: number, length: number];

function drawBox(plot: uPlot, [x, width]: Extent, [y, height]: Extent, row: Row, span: Span, options: Json): void {
  const { ctx } = plot;
  ctx.fillStyle = withAlpha(span.color, row.fill);
  ctx.fillRect(x, y, width, height);
  if (row.lineWidth > 0) {
    ctx.strokeStyle = span.color;
    ctx.lineWidth = row.lineWidth * devicePixelRatio;
    ctx.strokeRect(x, y, width, height);
  }
  const wanted = text(options.showValue, "auto");
  if (wanted !== "never") drawText(ctx, [x, width], [y, height], row, span, options, wanted === "always");
}

/** The state in words where it has room, or always when that is asked for. */
function drawText(
  ctx: CanvasRenderingContext2D,
  [x, width]: Extent,
  [y, height]: Extent,
  row: Row,
  span: Span,
  options: Json,
  always: boolean,
): void {
  const pixel = devicePixelRatio;
  ctx.font = chartFont(pixel);
  const needed = ctx.measureText(span.text).width + 8 * pixel;
  if (!always && (needed > width || height < 14 * pixel)) return;
  const align = text(options.alignValue, "left");
  ctx.textBaseline = "middle";
  ctx.textAlign = align === "center" || align === "right" ? align : "left";
  ctx.fillStyle = row.fill > 0.5 ? textOn(span.color) : span.color;
  const at = align === "center" ? x + width / 2 : align === "right" ? x + width - 4 * pixel : Math.max(x, 0) + 4 * pixel;
  ctx.fillText(span.text, at, y + height / 2);
}

function StateTooltip(props: { place: GridPlace; rows: readonly Row[]; utc: boolean; lasting: boolean }) {
  const row = () => props.rows[Math.floor(props.place.y)];
  const span = () => row()?.spans.find(({ from, to }) => from <= props.place.x && props.place.x < to);
  const head = (found: Span) => {
    const from = dateTime(found.from, props.utc);
    return props.lasting ? `${from} – ${dateTime(found.to, props.utc)}, ${spokenDuration(found.to - found.from)}` : from;
  };
  return (
    <Show when={span()}>
      {(found) => (
        <TooltipBox at={props.place} head={head(found())}>
          <div class="tooltip-row">
            <Swatch color={found().color} />
            <span class="tooltip-name">{row()?.name}</span>
            <span class="figure">{found().text}</span>
          </div>
        </TooltipBox>
      )}
    </Show>
  );
}

function statesOf(rows: readonly Row[]): { name: string; color: string }[] {
  const found = new Map<string, string>();
  for (const row of rows) for (const span of row.spans) found.set(span.text, span.color);
  return [...found].map(([name, color]) => ({ name, color }));
}
