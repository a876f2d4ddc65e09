import { createMemo, Show } from "solid-js";
import type uPlot from "uplot";
import { axisSteps, axisTexts } from "../../chart/axis";
import { GridChart, type GridPlace } from "../../chart/grid-chart";
import { Swatch, Swatches } from "../../chart/swatches";
import { TooltipBox } from "../../chart/tooltip";
import { showText } from "../../field/display";
import { flag, object, text } from "../../json";
import { withAlpha } from "../../theme/color";
import type { PanelProps } from "../props";
import { extent, type PointSeries, toPointSeries } from "./points";
import "../chart-panel.css";

/** Points by two numbers. */
export default function XYChartPanel(props: PanelProps) {
  const options = () => props.panel.options;
  const series = createMemo(() => toPointSeries(props.frames, options(), props.mode));
  const xConfig = () => series()[0]?.xConfig ?? { custom: {} };
  const yConfig = () => series()[0]?.config ?? { custom: {} };
  const timed = () => series().every((one) => one.timed);
  const bounds = createMemo(() => ({
    x: extent(
      series().map(({ x }) => x),
      xConfig(),
    ),
    y: extent(
      series().map(({ y }) => y),
      yConfig(),
    ),
  }));
  const draw = createMemo(() => {
    const drawn = series();
    return (plot: uPlot) => drawn.forEach((one) => drawSeries(plot, one));
  });
  const legend = () => object(options().legend);
  return (
    <div class="chart-panel">
      <div class="chart-panel-plot">
        <GridChart
          from={bounds().x[0]}
          to={bounds().x[1]}
          bottom={
            timed()
              ? undefined
              : {
                  range: bounds().x,
                  steps: axisSteps(xConfig()),
                  texts: (marks) => axisTexts(marks, xConfig()),
                  label: text(xConfig().custom.axisLabel),
                }
          }
          axis={{
            range: bounds().y,
            steps: axisSteps(yConfig()),
            grid: true,
            texts: (marks) => axisTexts(marks, yConfig()),
            label: text(yConfig().custom.axisLabel),
          }}
          mode={props.mode}
          utc={props.utc}
          label={`${props.text(props.panel.title)}: ${series().length} series of points`}
          draw={draw()}
          tooltip={(place) => <PointTooltip place={place} series={series()} bounds={bounds()} />}
        />
      </div>
      <Show when={flag(legend().showLegend, true) && legend().displayMode !== "hidden"}>
        <Swatches entries={series()} />
      </Show>
    </div>
  );
}

function drawSeries(plot: uPlot, series: PointSeries): void {
  const { ctx } = plot;
  const places = series.x.map(
    (x, index) => [plot.valToPos(series.timed ? x / 1000 : x, "x", true), plot.valToPos(series.y[index] ?? 0, "y", true)] as const,
  );
  ctx.strokeStyle = series.color;
  ctx.lineWidth = devicePixelRatio;
  if (series.lines) {
    ctx.beginPath();
    for (const [x, y] of places) ctx.lineTo(x, y);
    ctx.stroke();
  }
  if (!series.points) return;
  ctx.fillStyle = withAlpha(series.color, 0.6);
  for (const [x, y] of places) {
    ctx.beginPath();
    ctx.arc(x, y, (series.size / 2) * devicePixelRatio, 0, 2 * Math.PI);
    ctx.fill();
    ctx.stroke();
  }
}

interface Bounds {
  x: [number, number];
  y: [number, number];
}

/** How near a point the pointer has to be, as a share of the chart. */
const NEAR = 0.04;

function nearest(series: readonly PointSeries[], place: GridPlace, bounds: Bounds): { one: PointSeries; index: number } | undefined {
  const [width, height] = [bounds.x[1] - bounds.x[0] || 1, bounds.y[1] - bounds.y[0] || 1];
  let found: { one: PointSeries; index: number } | undefined;
  let distance = NEAR;
  for (const one of series) {
    one.x.forEach((x, index) => {
      const away = Math.hypot((x - place.x) / width, ((one.y[index] ?? 0) - place.y) / height);
      if (away < distance) [found, distance] = [{ one, index }, away];
    });
  }
  return found;
}

function PointTooltip(props: { place: GridPlace; series: readonly PointSeries[]; bounds: Bounds }) {
  const found = createMemo(() => nearest(props.series, props.place, props.bounds));
  return (
    <Show when={found()}>
      {(point) => (
        <TooltipBox at={props.place} head={point().one.name}>
          <div class="tooltip-row">
            <Swatch color={point().one.color} />
            <span class="figure">
              {showText(point().one.xConfig, point().one.x[point().index] ?? null)},{" "}
              {showText(point().one.config, point().one.y[point().index] ?? null)}
            </span>
          </div>
        </TooltipBox>
      )}
    </Show>
  );
}
