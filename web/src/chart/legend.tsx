import { createMemo, createSignal, For, Index, Show } from "solid-js";
import { showText } from "../field/display";
import { calculationName, reduce, resultConfig } from "../field/reduce";
import { SortHead } from "../ui/sort-head";
import { Swatch } from "./swatches";
import type { Curve } from "./curve";
import "./legend.css";

/** Entries that a legend lists. */
const ENTRIES_MAX = 200;

export interface LegendSort {
  by: string;
  descending: boolean;
}

export interface LegendProps {
  curves: readonly Curve[];
  table: boolean;
  calcs: readonly string[];
  /** What a table is sorted by until a head is clicked: the name of a calculation, or `Name`. */
  sort?: LegendSort | undefined;
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

const NAME = "Name";

function LegendTable(props: LegendProps) {
  const [sort, setSort] = createSignal(props.sort);
  const curves = createMemo(() => sorted(props.curves, props.calcs, sort()));
  const head = (by: string) => <Head by={by} sort={sort()} onSort={setSort} />;
  return (
    <table class="legend-table">
      <thead>
        <tr>
          {head(NAME)}
          <For each={props.calcs}>{(calc) => head(calculationName(calc))}</For>
        </tr>
      </thead>
      <tbody>
        <Index each={curves()}>
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

/** Largest first, then smallest first, then as they come. */
function Head(props: { by: string; sort: LegendSort | undefined; onSort: (sort: LegendSort | undefined) => void }) {
  const mine = () => (props.sort?.by === props.by ? props.sort : undefined);
  const next = () => (mine()?.descending === false ? undefined : { by: props.by, descending: mine() === undefined });
  return <SortHead name={props.by} sort={mine()} onClick={() => props.onSort(next())} />;
}

function sorted(curves: readonly Curve[], calcs: readonly string[], sort: LegendSort | undefined): Curve[] {
  const calc = calcs.find((id) => calculationName(id) === sort?.by);
  if (!sort || (calc === undefined && sort.by !== NAME)) return [...curves];
  const direction = sort.descending ? -1 : 1;
  const amount = (curve: Curve) => Number((calc && reduce(calc, curve.source.values)) ?? -Infinity);
  const rows = curves.map((curve) => ({ curve, amount: amount(curve) }));
  const compare = (a: (typeof rows)[0], b: (typeof rows)[0]) =>
    calc === undefined ? a.curve.name.localeCompare(b.curve.name, undefined, { numeric: true }) : a.amount - b.amount || 0;
  return rows.sort((a, b) => direction * compare(a, b)).map(({ curve }) => curve);
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
  return showText(resultConfig(curve.config, calc), value);
}
