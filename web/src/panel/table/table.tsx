import { createMemo, createSignal, For, Index, Show } from "solid-js";
import type { Frame } from "../../frame/frame";
import { displayName } from "../../frame/name";
import { flag, text } from "../../json";
import { SortHead } from "../../ui/sort-head";
import type { PanelProps } from "../props";
import { Cell, shownValue } from "./cell";
import { type Column, configuredSort, rowOrder, type Sort, toColumns } from "./columns";
import "./table.css";

/** Rows that are put into the page at once. */
const PAGE_ROWS = 200;

/** One frame as a table; a choice of frames where there are several. */
export function TablePanel(props: PanelProps) {
  const options = () => props.panel.options;
  const [chosen, setChosen] = createSignal(0);
  const [sort, setSort] = createSignal<Sort | undefined>(configuredSort(options()));
  const [limit, setLimit] = createSignal(PAGE_ROWS);
  const frame = () => props.frames[Math.min(chosen(), props.frames.length - 1)];
  const columns = createMemo(() => toColumns(frame(), props.frames, options()));
  const order = createMemo(() => rowOrder(frame(), columns(), sort()));
  return (
    <div class="table-panel">
      <div
        class={`table-scroll table-${text(options().cellHeight, "sm")}`}
        tabindex="0"
        role="region"
        aria-label={props.text(props.panel.title) || "Table"}
      >
        <table>
          <Show when={flag(options().showHeader, true)}>
            <thead>
              <tr>
                <Index each={columns()}>{(column) => <Head column={column()} sort={sort()} onSort={setSort} />}</Index>
              </tr>
            </thead>
          </Show>
          <tbody>
            <For each={order().slice(0, limit())}>{(row) => <Row columns={columns()} row={row} frame={frame()} panel={props} />}</For>
          </tbody>
          <Show when={columns().some((column) => column.foot)}>
            <tfoot>
              <tr>
                <Index each={columns()}>{(column) => <td style={{ "text-align": column().align }}>{column().foot}</td>}</Index>
              </tr>
            </tfoot>
          </Show>
        </table>
        <Show when={order().length > limit()}>
          <button type="button" class="button" onClick={() => setLimit(limit() + PAGE_ROWS)}>
            Show more of {order().length} rows
          </button>
        </Show>
      </div>
      <Show when={props.frames.length > 1}>
        <select class="table-frames" aria-label="Series" onChange={(event) => setChosen(event.currentTarget.selectedIndex)}>
          <For each={props.frames.slice(0, PAGE_ROWS)}>{(one) => <option>{frameTitle(one, props.frames)}</option>}</For>
        </select>
      </Show>
    </div>
  );
}

function Row(props: { columns: readonly Column[]; row: number; frame: Frame | undefined; panel: PanelProps }) {
  const rowColor = createMemo(() => {
    const index = props.columns.findIndex((column) => column.wholeRow && column.filling !== "none");
    const column = props.columns[index];
    return column ? shownValue(column, props.row, index, props.panel).color : "";
  });
  return (
    <Show when={props.frame}>
      {(frame) => (
        <tr>
          <Index each={props.columns}>
            {(column, index) => (
              <Cell column={column()} index={index} row={props.row} frame={frame()} rowColor={rowColor()} panel={props.panel} />
            )}
          </Index>
        </tr>
      )}
    </Show>
  );
}

function frameTitle(frame: Frame, frames: readonly Frame[]): string {
  const field = frame.fields.find((candidate) => candidate.type === "number");
  return frame.name ?? (field ? displayName(field, frame, frames) : frame.refId);
}

function Head(props: { column: Column; sort: Sort | undefined; onSort: (sort: Sort | undefined) => void }) {
  const mine = () => (props.sort?.name === props.column.name ? props.sort : undefined);
  const next = (): Sort | undefined => {
    const current = mine();
    if (!current) return { name: props.column.name, descending: false };
    return current.descending ? undefined : { name: props.column.name, descending: true };
  };
  const pixels = (length: number | undefined) => (length ? `${length}px` : "");
  return (
    <SortHead
      name={props.column.name}
      sort={mine()}
      onClick={() => props.onSort(next())}
      style={{ width: pixels(props.column.width), "min-width": pixels(props.column.minWidth), "text-align": props.column.align }}
    />
  );
}
