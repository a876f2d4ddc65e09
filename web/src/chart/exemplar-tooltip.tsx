import { For } from "solid-js";
import { exact } from "../format/number";
import { formatLabels } from "../frame/name";
import { dateTime } from "../time/clock";
import type { Exemplar } from "./exemplar";
import { TooltipBox } from "./tooltip";

/** What an exemplar says: its own labels, its value, its series. */
export function ExemplarTooltip(props: { exemplar: Exemplar; at: { left: number; top: number }; utc: boolean }) {
  return (
    <TooltipBox at={props.at} head={`Exemplar, ${dateTime(props.exemplar.time, props.utc)}`}>
      <For each={[...Object.entries(props.exemplar.labels), ["value", exact(props.exemplar.value)] as const]}>
        {([name, value]) => (
          <div class="tooltip-row">
            <span class="tooltip-name">{name}</span>
            <span class="figure">{value}</span>
          </div>
        )}
      </For>
      <div class="tooltip-more">{formatLabels(props.exemplar.series)}</div>
    </TooltipBox>
  );
}
