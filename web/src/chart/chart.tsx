import { Match, Show, Switch, type JSX } from "solid-js";
import "uplot/dist/uPlot.min.css";
import type { Mode } from "../theme/palette";
import type { CurveSet } from "./curve";
import type { Annotation } from "./annotation";
import { AnnotationTooltip } from "./annotation-tooltip";
import type { Exemplar } from "./exemplar";
import { ExemplarTooltip } from "./exemplar-tooltip";
import { createPin, type Pin } from "./pin";
import { createPlot } from "./plot";
import type { Pointed } from "./pointer";
import "./chart.css";

export interface ChartProps {
  set: CurveSet;
  mode: Mode;
  utc?: boolean;
  /** Ends of the time axis, epoch ms. */
  from: number;
  to: number;
  hidden?: (name: string) => boolean;
  annotations?: readonly Annotation[] | undefined;
  exemplars?: readonly Exemplar[] | undefined;
  /** Charts with the same key share their crosshair. */
  sync?: string | undefined;
  /** Without axes and crosshair, for sparklines. */
  bare?: boolean;
  label: string;
  /** Takes a dragged range in epoch ms. */
  onZoom?: (from: number, to: number) => void;
  tooltip?: (pointed: Pointed) => JSX.Element;
  /** What a click leaves open, until it is closed. */
  sheet?: ((pin: Pin) => JSX.Element) | undefined;
  /** Whether spans may be marked, by a drag with Ctrl or Cmd or by two clicks. */
  marks?: boolean;
}

/** A uPlot chart that keeps its picture while data, size and theme change. */
export function Chart(props: ChartProps) {
  let box!: HTMLDivElement;
  const mark = (from: number, to: number) => (props.marks ? pins.mark({ from, to }) : props.onZoom?.(from, to));
  const { pointed, point, leave } = createPlot(props, () => box, mark);
  const pins = createPin({ pointed, set: () => props.set, enabled: () => props.sheet !== undefined });
  return (
    <div class="chart" ref={pins.within}>
      {/* What uPlot puts into its element has to be out of Solid's way. */}
      <div
        class="chart-plot"
        role="img"
        aria-label={props.label}
        onPointerEnter={point}
        onPointerDown={(event) => {
          point(event);
          pins.press(event);
        }}
        onClick={pins.click}
        onPointerMove={point}
        onPointerLeave={leave}
        ref={(element) => {
          box = element;
        }}
      />
      <Show when={pins.pin()} keyed>
        {(pin) => props.sheet?.(pin)}
      </Show>
      <Show when={pins.marking()}>
        <p class="chart-hint" role="status">
          Choose the other end of the region
        </p>
      </Show>
      <Show when={!pins.pin() && pointed()}>
        {(at) => (
          <Switch fallback={props.tooltip?.(at())}>
            <Match when={at().here && at().exemplar}>
              {(found) => <ExemplarTooltip exemplar={found()} at={at()} utc={props.utc ?? false} />}
            </Match>
            <Match when={at().here && at().annotation}>
              {(found) => <AnnotationTooltip annotation={found()} at={at()} utc={props.utc ?? false} />}
            </Match>
          </Switch>
        )}
      </Show>
    </div>
  );
}
