/** A chart whose picture its owner draws, cell by cell: heatmaps, timelines of states, bars. */

import { createMemo, createSignal, Show, untrack, type JSX } from "solid-js";
import type uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import type { Mode } from "../theme/palette";
import type { Size } from "../ui/size";
import { CHART_FONT } from "./colors";
import { mountPlot } from "./mount";
import { axisStyle, axisWidth, cursorOptions, localDate, MARK_SPACE, timeAxis } from "./options";
import { followFinger } from "./plot";
import { zoomTo } from "./pointer";
import "./chart.css";

/** An axis: its ends, and the texts of its marks. */
export interface GridAxis {
  range: [number, number];
  log?: 2 | 10 | undefined;
  reverse?: boolean;
  show?: boolean;
  /** Whether lines go from its marks across the chart. */
  grid?: boolean;
  right?: boolean;
  label?: string;
  /** Where marks stand; where they suit when unset. */
  marks?: number[];
  /** Distances between marks to choose from, where they are not those of decimal numbers. */
  steps?: number[] | undefined;
  texts: (marks: readonly (number | null)[]) => string[];
}

/** A place on the chart in the units of its axes. */
export interface GridPlace {
  /** Epoch ms where the axis is one of time. */
  x: number;
  y: number;
  left: number;
  top: number;
}

export interface GridChartProps {
  /** Ends of the time axis, epoch ms. */
  from: number;
  to: number;
  /** What stands along the bottom in place of the time. */
  bottom?: GridAxis | undefined;
  axis: GridAxis;
  mode: Mode;
  utc: boolean;
  sync?: string | undefined;
  label: string;
  draw: (plot: uPlot) => void;
  onZoom?: ((from: number, to: number) => void) | undefined;
  tooltip: (place: GridPlace) => JSX.Element;
}

export function GridChart(props: GridChartProps) {
  let box!: HTMLDivElement;
  const [place, setPlace] = createSignal<GridPlace>();
  const [inside, setInside] = createSignal(false);
  // uPlot wants a series; all that is seen is drawn by the owner.
  const data = createMemo((): uPlot.AlignedData => {
    void props.draw;
    return [
      [props.from / 1000, props.to / 1000],
      [null, null],
    ];
  });
  const structure = () => JSON.stringify([props.mode, props.utc, props.sync, axisKey(props.axis), props.bottom && axisKey(props.bottom)]);
  const options = (size: Size) =>
    gridOptions(props, size, {
      setCursor: [(plot) => setPlace(placeAt(plot, props.bottom === undefined))],
      setSelect: [(plot) => untrack(() => zoomTo(plot, props.onZoom))],
      draw: [(plot) => untrack(() => clipped(plot, props.draw))],
    });
  const plot = mountPlot({ box: () => box, structure, data, options, span: () => [props.from, props.to] });
  const point = (event: PointerEvent) => {
    setInside(true);
    const chart = plot();
    if (chart) followFinger(chart, event);
  };
  return (
    <div class="chart" role="img" aria-label={props.label}>
      <div
        class="chart-plot"
        onPointerEnter={point}
        onPointerDown={point}
        onPointerMove={point}
        onPointerLeave={(event) => event.pointerType === "mouse" && setInside(false)}
        ref={(element) => {
          box = element;
        }}
      />
      <Show when={inside() && place()}>{(at) => props.tooltip(at())}</Show>
    </div>
  );
}

function axisKey(axis: GridAxis): unknown {
  return [axis, axis.marks && axis.texts(axis.marks)];
}

function gridOptions(props: GridChartProps, { width, height }: Size, hooks: uPlot.Hooks.Arrays): uPlot.Options {
  const { axis, bottom, mode, utc } = props;
  return {
    width,
    height,
    ms: 1e-3,
    tzDate: localDate(utc),
    legend: { show: false },
    padding: [8, axis.right ? 0 : 10, 0, 0],
    cursor: { ...cursorOptions({ sync: props.sync }), points: { show: false } },
    scales: {
      x: bottom ? scaleOf(bottom) : { time: true, range: () => untrack(() => [props.from / 1000, props.to / 1000]) },
      y: scaleOf(axis),
    },
    axes: [bottom ? bottomAxis(bottom, mode) : timeAxis({ mode, utc }), valueAxis(axis, mode)],
    series: [{}, { scale: "y", points: { show: false } }],
    hooks,
  };
}

function scaleOf(axis: GridAxis): uPlot.Scale {
  const log = axis.log ? { distr: 3 as const, log: axis.log } : {};
  return { time: false, range: () => axis.range, dir: axis.reverse ? -1 : 1, ...log };
}

/** Pixels from one text to the next along the bottom, and of one letter in it. */
const BOTTOM_SPACE = 56;
const LETTER = 6.8;

function bottomAxis(axis: GridAxis, mode: Mode): uPlot.Axis {
  const { marks } = axis;
  return {
    ...axisStyle(mode),
    size: 26,
    grid: { show: false },
    ticks: { show: !marks },
    values: (plot, splits) => {
      const letters = Math.floor(plot.bbox.width / devicePixelRatio / Math.max(1, splits.length) / LETTER) - 1;
      return axis.texts(splits).map((label) => (label.length > letters ? `${label.slice(0, Math.max(1, letters - 1))}…` : label));
    },
    ...(marks ? { splits: (plot) => thinned(marks, plot.bbox.width, BOTTOM_SPACE) } : { space: BOTTOM_SPACE }),
    ...(axis.steps ? { incrs: axis.steps } : {}),
    ...(axis.label ? { label: axis.label, labelSize: 18, labelGap: 0, labelFont: CHART_FONT } : {}),
  };
}

function valueAxis(axis: GridAxis, mode: Mode): uPlot.Axis {
  const { marks } = axis;
  return {
    ...axisStyle(mode),
    scale: "y",
    show: axis.show !== false,
    side: axis.right ? 1 : 3,
    grid: { ...axisStyle(mode).grid, show: axis.grid === true },
    ticks: { show: !marks },
    values: (_plot, splits) => axis.texts(splits),
    size: (plot, values) => axisWidth(plot, values),
    ...(marks ? { splits: (plot) => thinned(marks, plot.bbox.height, MARK_HEIGHT) } : { space: MARK_SPACE }),
    ...(axis.steps ? { incrs: axis.steps } : {}),
    ...(axis.label ? { label: axis.label, labelSize: 18, labelGap: 0, labelFont: CHART_FONT } : {}),
  };
}

/** Pixels that a mark's text needs. */
const MARK_HEIGHT = 15;

/** Every mark, or every second, third, ... where they would touch. */
function thinned(marks: readonly number[], length: number, needed: number): number[] {
  const room = Math.max(1, Math.floor(length / devicePixelRatio / needed));
  const every = Math.ceil(marks.length / room);
  return marks.filter((_, index) => index % every === 0);
}

function placeAt(plot: uPlot, timed: boolean): GridPlace | undefined {
  const { left = -1, top = -1 } = plot.cursor;
  if (left < 0 || top < 0) return undefined;
  return { x: plot.posToVal(left, "x") * (timed ? 1000 : 1), y: plot.posToVal(top, "y"), left, top };
}

function clipped(plot: uPlot, draw: (plot: uPlot) => void): void {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  draw(plot);
  ctx.restore();
}
