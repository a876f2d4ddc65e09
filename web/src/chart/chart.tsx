import { createEffect, createMemo, createSignal, on, onCleanup, onMount, Show, untrack, type JSX } from "solid-js";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import type { Mode } from "../theme/palette";
import { elementSize } from "../ui/size";
import { type Curve, type CurveSet } from "./curve";
import { chartOptions, type ChartDescription } from "./options";
import { stackCurves } from "./stack";
import "./chart.css";

export interface Pointed {
  /** Place on the time axis. */
  index: number;
  /** Curve nearest to the pointer. */
  nearest: number;
  left: number;
  top: number;
  /** Whether the pointer is in this chart rather than in one that shares its crosshair. */
  here: boolean;
}

export interface ChartProps {
  set: CurveSet;
  mode: Mode;
  utc?: boolean;
  /** Epoch ms. */
  from: number;
  to: number;
  hidden?: (name: string) => boolean;
  sync?: string | undefined;
  bare?: boolean;
  label: string;
  onZoom?: (from: number, to: number) => void;
  tooltip?: (pointed: Pointed) => JSX.Element;
}

/** The chart that was pointed at last; charts that share its crosshair show no tooltip. */
let active: HTMLElement | undefined;

/** A uPlot chart that keeps its picture while data, size and theme change. */
export function Chart(props: ChartProps) {
  let box!: HTMLDivElement;
  let plot: uPlot | undefined;
  const [size, observe] = elementSize();
  const [pointed, setPointed] = createSignal<Pointed>();
  const isHidden = (curve: Curve) => props.hidden?.(curve.name) ?? false;
  const stacked = createMemo(() => stackCurves(props.set.curves, (curve) => !isHidden(curve)));
  const data = createMemo(() => [props.set.times, ...stacked().drawn] as uPlot.AlignedData);
  /** Everything that uPlot cannot change in a chart that stands. */
  const structure = createMemo(() =>
    JSON.stringify([
      props.mode,
      props.utc,
      props.sync,
      stacked().bands,
      props.set.curves.map((curve) => [
        curve.name,
        curve.color,
        curve.style,
        curve.scale,
        isHidden(curve),
        curve.drawn,
        curve.config.decimals,
        curve.config.thresholds,
      ]),
    ]),
  );

  const build = () => {
    plot?.destroy();
    const { width, height } = untrack(size);
    if (width < 10 || height < 10) {
      plot = undefined;
      return;
    }
    const description: ChartDescription = {
      curves: untrack(() => props.set.curves),
      bands: untrack(stacked).bands,
      mode: untrack(() => props.mode),
      utc: untrack(() => props.utc ?? false),
      span: () => untrack(() => [props.from / 1000, props.to / 1000]),
      hidden: (curve) => untrack(() => isHidden(curve)),
      sync: untrack(() => props.sync),
      bare: untrack(() => props.bare),
    };
    plot = new uPlot(chartOptions(description, width, height, hooks()), untrack(data), box);
  };

  const hooks = (): uPlot.Hooks.Arrays => ({
    setCursor: [(chart) => setPointed(pointOf(chart, active === box))],
    setSelect: [
      (chart) =>
        zoom(
          chart,
          untrack(() => props.onZoom),
        ),
    ],
  });

  /** A finger sets the crosshair, which stays when it is lifted; a mouse is followed by uPlot itself. */
  const point = (event: PointerEvent) => {
    active = box;
    const over = plot?.over.getBoundingClientRect();
    if (event.pointerType !== "mouse" && over) plot?.setCursor({ left: event.clientX - over.left, top: event.clientY - over.top });
  };
  const leave = (event: PointerEvent) => {
    if (event.pointerType === "mouse" && active === box) active = undefined;
  };

  onMount(() => {
    observe(box);
    createEffect(on([structure, () => size().width > 0 && size().height > 0], build));
    createEffect(
      on(
        size,
        ({ width, height }) => {
          if (width >= 10 && height >= 10) plot?.setSize({ width, height });
        },
        { defer: true },
      ),
    );
    createEffect(
      on(
        [data, () => props.from, () => props.to],
        () => {
          // A structural change has drawn the new data already.
          if (plot && plot.data !== data()) plot.setData(data());
        },
        { defer: true },
      ),
    );
  });
  onCleanup(() => {
    // Takes the crosshair out of the charts that share it.
    plot?.setCursor({ left: -10, top: -10 });
    plot?.destroy();
  });

  return (
    <div class="chart" role="img" aria-label={props.label}>
      {/* What uPlot puts into its element has to be out of Solid's way. */}
      <div
        class="chart-plot"
        onPointerEnter={point}
        onPointerDown={point}
        onPointerMove={point}
        onPointerLeave={leave}
        ref={(element) => {
          box = element;
        }}
      />
      <Show when={props.tooltip && pointed()}>{(point) => props.tooltip?.(point())}</Show>
    </div>
  );
}

function pointOf(chart: uPlot, here: boolean): Pointed | undefined {
  const { idx, left = -1, top = -1 } = chart.cursor;
  if (idx == null || left < 0) return undefined;
  return { index: idx, nearest: nearestSeries(chart, idx, top), left, top, here };
}

function nearestSeries(chart: uPlot, index: number, top: number): number {
  let nearest = -1;
  let distance = Infinity;
  chart.series.forEach((series, at) => {
    const value = chart.data[at]?.[index];
    if (at === 0 || !series.show || value == null || !series.scale) return;
    const away = Math.abs(chart.valToPos(value, series.scale) - top);
    if (away < distance) [nearest, distance] = [at - 1, away];
  });
  return nearest;
}

/** Pixels below which a drag was a click. */
const DRAG_MIN = 6;

function zoom(chart: uPlot, onZoom: ChartProps["onZoom"]): void {
  const { left, width } = chart.select;
  if (width >= DRAG_MIN && onZoom) {
    onZoom(Math.round(chart.posToVal(left, "x") * 1000), Math.round(chart.posToVal(left + width, "x") * 1000));
  }
  if (width > 0) chart.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
}
