import { createMemo, Show } from "solid-js";
import { mode } from "../../app/theme";
import { Chart } from "../../chart/chart";
import { toCurves } from "../../chart/curve";
import { Legend } from "../../chart/legend";
import { Tooltip } from "../../chart/tooltip";
import { createVisibility } from "../../chart/visibility";
import type { Frame } from "../../frame/frame";
import { formatLabels } from "../../frame/name";
import type { Outcome } from "./run";

/** The curves of a range query. */
export function GraphView(props: { outcome: Outcome; onZoom: (from: number, to: number) => void }) {
  const frames = createMemo(() => toFrames(props.outcome));
  const set = createMemo(() => toCurves(frames(), mode()));
  const { hidden, pick } = createVisibility(() => set().curves.map((curve) => curve.name));
  return (
    <Show when={set().curves.length} fallback={<p class="empty muted">Empty query result</p>}>
      <div class="graph">
        <Chart
          set={set()}
          mode={mode()}
          from={props.outcome.from}
          to={props.outcome.to}
          hidden={hidden}
          exemplars={props.outcome.exemplars}
          label={`${set().curves.length} curves of ${props.outcome.query.expr}`}
          onZoom={props.onZoom}
          tooltip={(pointed) => (
            <Tooltip set={set()} pointed={pointed} multi={set().curves.length <= 12} sort="desc" utc={false} hidden={hidden} />
          )}
        />
      </div>
      <Show when={(props.outcome.result?.series.length ?? 0) > set().curves.length}>
        <p class="muted">
          The first {set().curves.length} of {props.outcome.result?.series.length} series are drawn.
        </p>
      </Show>
      <div class="graph-legend">
        <Legend curves={set().curves} table={false} calcs={[]} hidden={hidden} onPick={pick} />
      </div>
    </Show>
  );
}

function toFrames(outcome: Outcome): Frame[] {
  const stacking = { mode: outcome.query.stacked ? "normal" : "none" };
  const custom = { lineWidth: 1.5, fillOpacity: outcome.query.stacked ? 25 : 0, showPoints: "never", stacking };
  return (outcome.result?.series ?? []).map((series) => ({
    name: formatLabels(series.labels) || outcome.query.expr,
    refId: "A",
    stepMs: outcome.stepMs,
    fields: [
      { name: "Time", type: "time", values: series.times, config: { custom: {} } },
      { name: "Value", type: "number", labels: series.labels, values: series.values, config: { unit: "sishort", custom } },
    ],
  }));
}
