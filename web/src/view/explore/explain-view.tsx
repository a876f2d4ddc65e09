import { createMemo, For } from "solid-js";
import { unitFormat, joinFormatted } from "../../format/unit";
import type { Outcome } from "./run";
import { partRows } from "./parts";

/** What each part of the expression gave and cost, from the whole down to its selectors. */
export function ExplainView(props: { outcome: Outcome }) {
  const rows = createMemo(() => partRows(props.outcome.query.expr, props.outcome.parts));
  const seconds = unitFormat("s");
  return (
    <div class="explain-scroll" tabindex="0" role="region" aria-label="Parts of the query">
      <table class="explain">
        <thead>
          <tr>
            <th scope="col">Part</th>
            <th scope="col">Series</th>
            <th scope="col">Values</th>
            <th scope="col">Samples read</th>
            <th scope="col">Time</th>
          </tr>
        </thead>
        <tbody>
          <For
            each={rows()}
            fallback={
              <tr>
                <td class="muted">Nothing was evaluated.</td>
              </tr>
            }
          >
            {(row) => (
              <tr>
                <td style={{ "padding-left": `${8 + Math.min(row.depth, 20) * 18}px` }}>
                  <code>{row.text}</code>
                  <span class="explain-kind">{KINDS[row.type] ?? row.type}</span>
                </td>
                <td class="figure">{row.series}</td>
                <td class="figure">{row.samples}</td>
                <td class="figure">{row.samplesRead}</td>
                <td class="figure">
                  <span
                    class="explain-bar"
                    style={{ width: `${(row.share * 60).toFixed(0)}px` }}
                    title={`${(row.share * 100).toFixed(0)} % of the time is its own`}
                  />
                  {joinFormatted(seconds(row.seconds))}
                </td>
              </tr>
            )}
          </For>
        </tbody>
      </table>
    </div>
  );
}

const KINDS: Record<string, string> = {
  aggregation: "aggregation",
  binaryExpr: "operator",
  call: "function",
  matrixSelector: "range selector",
  numberLiteral: "number",
  stringLiteral: "string",
  subquery: "subquery",
  unaryExpr: "sign",
  vectorSelector: "selector",
};
