import { createMemo, createSignal, For, Index, Show } from "solid-js";
import { fieldLimits, show, type Shown } from "../field/display";
import { joinFormatted } from "../format/unit";
import { type Field, type Frame, rowCount, type Value } from "../frame/frame";
import { displayName } from "../frame/name";
import { flag, number, object, objects, text } from "../json";
import { dateTime } from "../time/clock";
import { textOn } from "../theme/color";
import type { Mode } from "../theme/palette";
import { Icon } from "../ui/icon";
import type { PanelProps } from "./props";
import "./table.css";

/** Rows that are put into the page at once. */
const PAGE_ROWS = 200;

interface Column {
  name: string;
  field: Field;
  align: string;
  width: number | undefined;
  cell: string;
  filled: boolean;
}

interface Sort {
  name: string;
  descending: boolean;
}

/** One frame as a table; a choice of frames where there are several. */
export function TablePanel(props: PanelProps) {
  const [chosen, setChosen] = createSignal(0);
  const [sort, setSort] = createSignal<Sort | undefined>(configuredSort(props));
  const [limit, setLimit] = createSignal(PAGE_ROWS);
  const frame = () => props.frames[Math.min(chosen(), props.frames.length - 1)];
  const columns = createMemo(() => toColumns(frame(), props.frames));
  const order = createMemo(() => rowOrder(frame(), columns(), sort()));
  return (
    <div class="table-panel">
      <div class="table-scroll" tabindex="0" role="region" aria-label={props.text(props.panel.title) || "Table"}>
        <table>
          <thead>
            <tr>
              <Index each={columns()}>{(column) => <Head column={column()} sort={sort()} onSort={setSort} />}</Index>
            </tr>
          </thead>
          <tbody>
            <For each={order().slice(0, limit())}>
              {(row) => (
                <tr>
                  <Index each={columns()}>
                    {(column, index) => (
                      <Cell column={column()} value={column().field.values[row] ?? null} index={index} mode={props.mode} utc={props.utc} />
                    )}
                  </Index>
                </tr>
              )}
            </For>
          </tbody>
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

function frameTitle(frame: Frame, frames: readonly Frame[]): string {
  const field = frame.fields.find((candidate) => candidate.type === "number");
  return frame.name ?? (field ? displayName(field, frame, frames) : frame.refId);
}

function configuredSort(props: PanelProps): Sort | undefined {
  const [first] = objects(props.panel.options.sortBy);
  return first ? { name: text(first.displayName), descending: flag(first.desc) } : undefined;
}

function toColumns(frame: Frame | undefined, frames: readonly Frame[]): Column[] {
  return (frame?.fields ?? []).flatMap((field) => {
    const { custom } = field.config;
    if (!frame || flag(custom.hidden)) return [];
    const cell = text(object(custom.cellOptions).type) || text(custom.displayMode);
    return [
      {
        name: displayName(field, frame, frames),
        field,
        align: text(custom.align, "auto") === "auto" ? (field.type === "number" ? "right" : "left") : text(custom.align),
        width: number(custom.width),
        cell,
        filled: cell.startsWith("color-background") || object(custom.cellOptions).mode === "gradient",
      },
    ];
  });
}

function rowOrder(frame: Frame | undefined, columns: readonly Column[], sort: Sort | undefined): number[] {
  const rows = Array.from({ length: frame ? rowCount(frame) : 0 }, (_, row) => row);
  const values = columns.find((column) => column.name === sort?.name)?.field.values;
  if (!sort || !values) return rows;
  const direction = sort.descending ? -1 : 1;
  return rows.sort((a, b) => direction * compare(values[a] ?? null, values[b] ?? null));
}

function compare(a: Value, b: Value): number {
  if (typeof a === "number" && typeof b === "number") return a - b;
  return String(a ?? "").localeCompare(String(b ?? ""), undefined, { numeric: true });
}

function Head(props: { column: Column; sort: Sort | undefined; onSort: (sort: Sort | undefined) => void }) {
  const mine = () => (props.sort?.name === props.column.name ? props.sort : undefined);
  const next = (): Sort | undefined => {
    const current = mine();
    if (!current) return { name: props.column.name, descending: false };
    return current.descending ? undefined : { name: props.column.name, descending: true };
  };
  return (
    <th
      scope="col"
      aria-sort={mine() ? (mine()?.descending ? "descending" : "ascending") : "none"}
      style={{
        width: props.column.width ? `${props.column.width}px` : "",
        "text-align": props.column.align === "right" ? "right" : "left",
      }}
    >
      <button type="button" onClick={() => props.onSort(next())}>
        {props.column.name}
        <Show when={mine()}>
          {(sort) => (
            <span class="sort-mark" classList={{ "sort-up": !sort().descending }}>
              <Icon name="down" />
            </span>
          )}
        </Show>
      </button>
    </th>
  );
}

function Cell(props: { column: Column; value: Value; index: number; mode: Mode; utc: boolean }) {
  const shown = createMemo((): Shown => {
    const { field } = props.column;
    if (field.type === "time" && typeof props.value === "number" && !field.config.unit) {
      return { text: dateTime(props.value, props.utc), color: "", mapped: false };
    }
    return show(field.config, props.value, { mode: props.mode, index: props.index, limits: fieldLimits(field), utc: props.utc });
  });
  const colored = () => props.column.cell.startsWith("color-text");
  return (
    <td
      classList={{ figure: props.column.field.type !== "string" }}
      style={{
        "text-align": props.column.align === "right" ? "right" : props.column.align === "center" ? "center" : "left",
        color: props.column.filled ? textOn(shown().color) : colored() ? shown().color : "",
        background: props.column.filled ? shown().color : "",
      }}
    >
      {joinFormatted(shown())}
    </td>
  );
}
