/** The uPlot chart behind a `Chart`. */

import { createMemo, createSignal, untrack, type Accessor } from "solid-js";
import type uPlot from "uplot";
import { namedColor } from "../theme/palette";
import type { Size } from "../ui/size";
import type { Curve } from "./curve";
import { annotationAt, drawAnnotations } from "./annotation";
import { drawExemplars, exemplarAt } from "./exemplar";
import { mountPlot } from "./mount";
import { chartOptions } from "./options";
import { type Pointed, pointedAt, zoomTo } from "./pointer";
import type { ChartProps } from "./chart";
import { stackCurves } from "./stack";

export interface Plot {
  pointed: Accessor<Pointed | undefined>;
  /** To be called with what a pointer does over the chart. */
  point: (event: PointerEvent) => void;
  leave: (event: PointerEvent) => void;
}

/** The chart that was pointed at last; charts that share its crosshair show no tooltip. */
let active: HTMLElement | undefined;

/** `onMark` takes a range that was dragged with Ctrl or Cmd, epoch ms. */
export function createPlot(props: ChartProps, box: () => HTMLElement, onMark: (from: number, to: number) => void): Plot {
  const [pointed, setPointed] = createSignal<Pointed>();
  /** Whether the drag under way marks a span instead of zooming. */
  let marking = false;
  const stacked = createMemo(() => stackCurves(props.set.curves, (curve) => !isHidden(props, curve)));
  const exemplars = () => props.exemplars ?? [];
  const annotations = () => props.annotations ?? [];
  const scale = () => props.set.curves[0]?.scale ?? "";
  const data = createMemo(() => {
    // What is drawn over the curves is drawn anew with them.
    void [props.exemplars, props.annotations];
    return [props.set.times, ...stacked().drawn] as uPlot.AlignedData;
  });
  const pointTo = (chart: uPlot) => {
    const place = pointedAt(chart, active === box());
    const found = untrack(() => ({ exemplar: exemplarAt(chart, exemplars(), scale()), annotation: annotationAt(chart, annotations()) }));
    setPointed(place && { ...place, ...found });
  };
  const structure = createMemo(() => structureOf(props, stacked().bands));

  const drawOver = (chart: uPlot) => {
    drawAnnotations(chart, annotations());
    drawExemplars(chart, exemplars(), scale(), namedColor(props.mode, "purple"));
  };
  const options = (size: Size) => {
    const hooks: uPlot.Hooks.Arrays = {
      setCursor: [pointTo],
      draw: [(chart) => untrack(() => drawOver(chart))],
      setSelect: [(chart) => untrack(() => zoomTo(chart, marking ? onMark : props.onZoom))],
    };
    const { mode, sync, bare, utc = false } = props;
    const span = (): [number, number] => untrack(() => [props.from / 1000, props.to / 1000]);
    const hidden = (curve: Curve) => untrack(() => isHidden(props, curve));
    return chartOptions({ curves: props.set.curves, bands: stacked().bands, mode, utc, span, hidden, sync, bare }, size, hooks);
  };
  const plot = mountPlot({ box, structure, data, options, span: () => [props.from, props.to] });

  return {
    pointed,
    point: (event) => {
      active = box();
      if (event.type === "pointerdown") marking = event.ctrlKey || event.metaKey;
      const chart = plot();
      if (chart) followFinger(chart, event);
    },
    leave: (event) => {
      if (event.pointerType === "mouse" && active === box()) active = undefined;
    },
  };
}

function isHidden(props: ChartProps, curve: Curve): boolean {
  return props.hidden?.(curve.name) ?? false;
}

/** Everything that uPlot cannot change in a chart that stands. */
function structureOf(props: ChartProps, bands: unknown): string {
  const curves = props.set.curves.map((curve) => {
    const { name, color, style, scale, drawn, config } = curve;
    return [name, color, style, scale, drawn, config.decimals, config.thresholds, isHidden(props, curve)];
  });
  return JSON.stringify([props.mode, props.utc, props.sync, bands, curves]);
}

/** A finger sets the crosshair, which stays when it is lifted; a mouse is followed by uPlot itself. */
export function followFinger(plot: uPlot, event: PointerEvent): void {
  if (event.pointerType === "mouse") return;
  const over = plot.over.getBoundingClientRect();
  plot.setCursor({ left: event.clientX - over.left, top: event.clientY - over.top });
}
