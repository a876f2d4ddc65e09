import { createSignal, For, Show } from "solid-js";
import type { Labels, Series } from "../../api/prometheus";
import { exact } from "../../format/number";
import { dateTime } from "../../time/clock";
import type { Outcome } from "./run";

/** Rows put into the page at once, and values listed in one cell. */
const PAGE_ROWS = 500;
const CELL_VALUES = 100;

/** The series of a result with their values. */
export function TableView(props: { outcome: Outcome }) {
  const [limit, setLimit] = createSignal(PAGE_ROWS);
  const result = () => props.outcome.result;
  const series = () => result()?.series ?? [];
  return (
    <Show when={result()?.type !== "string"} fallback={<p class="scalar mono">{result()?.text}</p>}>
      <Show when={series().length} fallback={<p class="empty muted">Empty query result</p>}>
        <table class="results">
          <thead class="sr-only">
            <tr>
              <th scope="col">Series</th>
              <th scope="col">Value</th>
            </tr>
          </thead>
          <tbody>
            <For each={series().slice(0, limit())}>
              {(one) => (
                <tr>
                  <td class="mono">
                    <Show when={result()?.type !== "scalar"} fallback="scalar">
                      <SeriesName labels={one.labels} />
                    </Show>
                  </td>
                  <td class="mono figure">
                    <Values series={one} range={result()?.type === "matrix"} />
                  </td>
                </tr>
              )}
            </For>
          </tbody>
        </table>
        <Show when={series().length > limit()}>
          <button type="button" class="button" onClick={() => setLimit(limit() + PAGE_ROWS)}>
            Show more of {series().length} series
          </button>
        </Show>
      </Show>
    </Show>
  );
}

function SeriesName(props: { labels: Labels }) {
  const metric = () => props.labels.__name__ ?? "";
  const others = () => Object.entries(props.labels).filter(([name]) => name !== "__name__");
  return (
    <>
      <b>{metric()}</b>
      <Show when={others().length || !metric()}>
        {"{"}
        <For each={others()}>
          {([name, value], index) => (
            <>
              {index() ? ", " : ""}
              <span class="label-name">{name}</span>=<span class="label-value">{JSON.stringify(value)}</span>
            </>
          )}
        </For>
        {"}"}
      </Show>
    </>
  );
}

function Values(props: { series: Series; range: boolean }) {
  const rows = () => props.series.times.slice(0, CELL_VALUES);
  const value = (index: number) => {
    const histogram = props.series.histograms?.[index];
    const sample = exact(props.series.values[index] ?? NaN);
    return histogram ? `count: ${sample}, sum: ${String(histogram.sum)}` : sample;
  };
  return (
    <Show when={props.range} fallback={value(0)}>
      <For each={rows()}>
        {(time, index) => (
          <div>
            {value(index())} <span class="muted">@ {dateTime(time)}</span>
          </div>
        )}
      </For>
      <Show when={props.series.times.length > CELL_VALUES}>
        <div class="muted">and {props.series.times.length - CELL_VALUES} more</div>
      </Show>
    </Show>
  );
}
