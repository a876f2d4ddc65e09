import { createMemo, Show } from "solid-js";
import { Chart } from "../chart/chart";
import { toCurves } from "../chart/curve";
import { Legend } from "../chart/legend";
import { Tooltip } from "../chart/tooltip";
import { createVisibility } from "../chart/visibility";
import { flag, number, object, text, texts } from "../json";
import { PinSheet } from "./pin-sheet";
import type { PanelProps } from "./props";
import "./timeseries.css";

/** Curves over time, with a legend and a crosshair. */
export function TimeseriesPanel(props: PanelProps) {
  const set = createMemo(() => toCurves(props.frames, props.mode));
  const { hidden, pick } = createVisibility(() => set().curves.map((curve) => curve.name));
  const legend = () => object(props.panel.options.legend);
  const width = () => (legend().placement === "right" ? number(legend().width) : undefined);
  const tooltip = () => object(props.panel.options.tooltip);
  const withLegend = () => flag(legend().showLegend, true) && legend().displayMode !== "hidden" && set().curves.length > 0;
  return (
    <div class="timeseries" classList={{ "timeseries-right": legend().placement === "right" }}>
      <div class="timeseries-plot">
        <Chart
          set={set()}
          mode={props.mode}
          utc={props.utc}
          from={props.range.from}
          to={props.range.to}
          hidden={hidden}
          exemplars={props.exemplars}
          annotations={props.annotations}
          sync={props.sync}
          label={`${props.text(props.panel.title)}: ${set().curves.length} curves over time`}
          onZoom={props.onZoom}
          marks={props.notes !== undefined}
          sheet={(pin) => <PinSheet {...props} pin={pin} hidden={hidden} />}
          tooltip={(pointed) => (
            <Show when={tooltip().mode !== "none"}>
              <Tooltip
                set={set()}
                pointed={pointed}
                multi={tooltip().mode === "multi"}
                sort={text(tooltip().sort, "none")}
                utc={props.utc}
                hidden={hidden}
              />
            </Show>
          )}
        />
      </div>
      <Show when={withLegend()}>
        <div class="timeseries-legend" style={{ "--legend-width": width() === undefined ? "auto" : `${width()}px` }}>
          <Legend
            curves={set().curves}
            table={legend().displayMode === "table"}
            calcs={texts(legend().calcs)}
            sort={text(legend().sortBy) ? { by: text(legend().sortBy), descending: flag(legend().sortDesc) } : undefined}
            hidden={hidden}
            onPick={pick}
          />
        </div>
      </Show>
    </div>
  );
}
