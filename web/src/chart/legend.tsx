import { For, Index, Show } from "solid-js";
import { showText } from "../field/display";
import { calculationName, keepsUnit, reduce } from "../field/reduce";
import { Swatch } from "./swatches";
import type { Curve } from "./curve";
import "./legend.css";

/** Entries that a legend lists. */
const ENTRIES_MAX = 200;

export interface LegendProps {
  curves: readonly Curve[];
  table: boolean;
  calcs: readonly string[];
  hidden: (name: string) => boolean;
  /** `add` keeps what is shown besides. */
  onPick: (name: string, add: boolean) => void;
}

/** The curves' names; a click shows one alone, with Control or Command it is added or taken away. */
export function Legend(props: LegendProps) {
  const curves = () => props.curves.filter((curve) => curve.inLegend && curve.drawn).slice(0, ENTRIES_MAX);
  return (
    <Show when={props.table} fallback={<LegendList {...props} curves={curves()} />}>
      <LegendTable {...props} curves={curves()} />
    </Show>
  );
}

function LegendList(props: LegendProps) {
  return (
    <ul class="legend-list">
      <Index each={props.curves}>
        {(curve) => (
          <li>
            <Entry {...props} curve={curve()} />
            <For each={props.calcs}>
              {(calc) => (
                <span class="legend-calc">
                  {calculationName(calc)}: <span class="figure">{calculated(curve(), calc)}</span>
                </span>
              )}
            </For>
          </li>
        )}
      </Index>
    </ul>
  );
}

function LegendTable(props: LegendProps) {
  return (
    <table class="legend-table">
      <thead>
        <tr>
          <th scope="col">Name</th>
          <For each={props.calcs}>{(calc) => <th scope="col">{calculationName(calc)}</th>}</For>
        </tr>
      </thead>
      <tbody>
        <Index each={props.curves}>
          {(curve) => (
            <tr>
              <td>
                <Entry {...props} curve={curve()} />
              </td>
              <For each={props.calcs}>{(calc) => <td class="figure">{calculated(curve(), calc)}</td>}</For>
            </tr>
          )}
        </Index>
      </tbody>
    </table>
  );
}

function Entry(props: LegendProps & { curve: Curve }) {
  return (
    <button
      type="button"
      class="legend-entry"
      aria-pressed={!props.hidden(props.curve.name)}
      title={props.curve.name}
      onClick={(event) => props.onPick(props.curve.name, event.ctrlKey || event.metaKey)}
    >
      <Swatch color={props.curve.color} />
      <span>{props.curve.name}</span>
    </button>
  );
}

function calculated(curve: Curve, calc: string): string {
  const value = reduce(calc, curve.source.values);
  return showText(keepsUnit(calc) ? curve.config : { custom: {} }, value);
}
