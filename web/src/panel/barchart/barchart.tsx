import { createMemo, For, Show, type JSX } from "solid-js";
import type uPlot from "uplot";
import { axisSteps, axisTexts } from "../../chart/axis";
import { chartFont } from "../../chart/colors";
import { GridChart, type GridAxis, type GridPlace } from "../../chart/grid-chart";
import { Swatch, Swatches } from "../../chart/swatches";
import { TooltipBox } from "../../chart/tooltip";
import { showText } from "../../field/display";
import { flag, number, object, text, type Json } from "../../json";
import type { FieldConfig } from "../../model/field-config";
import { withAlpha } from "../../theme/color";
import type { PanelProps } from "../props";
import { type Bar, type Groups, limitsOf, stackGroups, toGroups, toHistogram } from "./groups";
import "../chart-panel.css";

/** Bars by name: one group for each row of a table. */
export function BarChartPanel(props: PanelProps) {
  const options = () => props.panel.options;
  const groups = createMemo(() => toGroups(props.frames, options(), props.mode, props.utc));
  return <Bars {...props} groups={groups()} axis={nameAxis(groups().names)} lying={text(options().orientation) === "horizontal"} />;
}

/** How often which values occur. */
export function HistogramPanel(props: PanelProps) {
  const groups = createMemo(() => toHistogram(props.frames, props.panel.options, props.mode));
  const unit = () => props.panel.fieldConfig.defaults;
  const axis = (): GridAxis => {
    const { edges } = groups();
    const name = (at: number) => edges[Math.round(at)] ?? NaN;
    return {
      range: [0, Math.max(1, edges.length - 1)],
      marks: edges.map((_, index) => index),
      texts: (marks) => marks.map((mark) => (mark === null ? "" : showText({ unit: unit().unit, custom: {} }, name(mark)))),
    };
  };
  return <Bars {...props} groups={groups()} axis={axis()} lying={false} full />;
}

function nameAxis(names: readonly string[]): GridAxis {
  const short = names.map((name) => (name.length > 24 ? `${name.slice(0, 23)}…` : name));
  return {
    range: [0, Math.max(1, names.length)],
    marks: names.map((_, index) => index + 0.5),
    texts: (marks) => marks.map((mark) => (mark === null ? "" : (short[Math.floor(mark)] ?? ""))),
  };
}

interface BarsProps extends PanelProps {
  groups: Groups;
  /** The axis along which the groups stand. */
  axis: GridAxis;
  /** Whether bars go to the right. */
  lying: boolean;
  /** Whether groups touch. */
  full?: boolean;
}

function Bars(props: BarsProps) {
  const options = () => props.panel.options;
  const stacking = () => text(options().stacking, "none");
  const ends = createMemo(() => stackGroups(props.groups, stacking()));
  const valueAxis = (): GridAxis => ({
    ...valueScale(props.groups, limitsOf(props.groups, ends(), { stacking: stacking(), lying: props.lying }), stacking()),
    grid: !props.lying,
  });
  const draw = createMemo(() => {
    const picture: Picture = { ...props, groups: props.groups, ends: ends(), options: options(), stacking: stacking() };
    return (plot: uPlot) => drawGroups(plot, picture);
  });
  const legend = () => object(options().legend);
  return (
    <div class="chart-panel">
      <div class="chart-panel-plot">
        <GridChart
          from={0}
          to={1}
          bottom={props.lying ? valueAxis() : props.axis}
          axis={props.lying ? { ...props.axis, reverse: true } : valueAxis()}
          mode={props.mode}
          utc={props.utc}
          label={`${props.text(props.panel.title)}: ${props.groups.names.length} groups of bars`}
          draw={draw()}
          tooltip={(place) =>
            (object(options().tooltip).mode === "none" ? undefined : <GroupTooltip place={place} {...props} />) as JSX.Element
          }
        />
      </div>
      <Show when={flag(legend().showLegend, true) && legend().displayMode !== "hidden" && props.groups.bars.length > 0}>
        <Swatches entries={props.groups.bars} />
      </Show>
    </div>
  );
}

function valueScale({ bars }: Groups, range: [number, number], stacking: string): GridAxis {
  const config: FieldConfig = stacking === "percent" ? { unit: "percentunit", custom: {} } : (bars[0]?.config ?? { custom: {} });
  return { range, steps: axisSteps(config), label: text(config.custom.axisLabel), texts: (marks) => axisTexts(marks, config) };
}

interface Picture {
  groups: Groups;
  ends: readonly (readonly [number, number])[][];
  options: Json;
  stacking: string;
  lying: boolean;
  full?: boolean;
}

function drawGroups(plot: uPlot, picture: Picture): void {
  const { groups, options, stacking, full } = picture;
  const groupWidth = full ? 1 : (number(options.groupWidth) ?? 0.7);
  const barWidth = full ? 0.98 : (number(options.barWidth) ?? 0.97);
  const beside = stacking === "none" ? Math.max(1, groups.bars.length) : 1;
  groups.bars.forEach((bar, index) => {
    const place = stacking === "none" ? index : 0;
    groups.names.forEach((_, row) => {
      if (bar.values[row] == null) return;
      const start = row + (1 - groupWidth) / 2 + (groupWidth * (place + (1 - barWidth) / 2)) / beside;
      drawBar(plot, picture, bar, row, [start, start + (groupWidth * barWidth) / beside], picture.ends[index]?.[row] ?? [0, 0]);
    });
  });
}

type Ends = readonly [number, number];

function drawBar(plot: uPlot, { lying, options, full }: Picture, bar: Bar, row: number, across: Ends, along: Ends): void {
  const [x, y] = lying ? [along, across] : [across, along];
  const [left, right] = x.map((value) => plot.valToPos(value, "x", true)) as [number, number];
  const [top, bottom] = y.map((value) => plot.valToPos(value, "y", true)).sort((a, b) => a - b) as [number, number];
  const color = bar.colors?.[row] ?? bar.color;
  const { ctx } = plot;
  const { fillOpacity, lineWidth } = bar.config.custom;
  const box = [Math.min(left, right), top, Math.abs(right - left), bottom - top] as const;
  ctx.fillStyle = withAlpha(color, (number(fillOpacity) ?? 80) / 100);
  ctx.fillRect(...box);
  ctx.strokeStyle = color;
  ctx.lineWidth = (number(lineWidth) ?? 1) * devicePixelRatio;
  if (ctx.lineWidth > 0) ctx.strokeRect(...box);
  const wanted = text(options.showValue, "auto");
  if (wanted !== "never" && !full) drawValue(plot, lying, showText(bar.config, bar.values[row] ?? null), box, color, wanted === "always");
}

type Box = readonly [x: number, y: number, width: number, height: number];

/** The value at the end of its bar, where it has room. */
function drawValue(plot: uPlot, lying: boolean, label: string, [x, y, width, height]: Box, color: string, always: boolean): void {
  const { ctx } = plot;
  const pixel = devicePixelRatio;
  ctx.font = chartFont(pixel);
  const needed = ctx.measureText(label).width;
  if (!always && (lying ? height < 12 * pixel : needed > width * 1.4)) return;
  ctx.fillStyle = color;
  ctx.textAlign = lying ? "left" : "center";
  ctx.textBaseline = lying ? "middle" : "bottom";
  if (lying) ctx.fillText(label, x + width + 4 * pixel, y + height / 2);
  else ctx.fillText(label, x + width / 2, y - 2 * pixel);
}

function GroupTooltip(props: BarsProps & { place: GridPlace }) {
  const row = () => Math.floor(props.lying ? props.place.y : props.place.x);
  return (
    <Show when={props.groups.names[row()] !== undefined}>
      <TooltipBox at={props.place} head={props.groups.names[row()] ?? ""}>
        <For each={props.groups.bars}>
          {(bar) => (
            <div class="tooltip-row">
              <Swatch color={bar.colors?.[row()] ?? bar.color} />
              <span class="tooltip-name">{bar.name}</span>
              <span class="figure">{showText(bar.config, bar.values[row()] ?? null)}</span>
            </div>
          )}
        </For>
      </TooltipBox>
    </Show>
  );
}
