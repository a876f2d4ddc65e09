/** A frame as columns: how each is shown, in which order rows stand, and what stands at the foot. */

import { showText } from "../../field/display";
import { calculationName, reduce, resultConfig } from "../../field/reduce";
import { type Field, type Frame, rowCount, type Value } from "../../frame/frame";
import { displayName } from "../../frame/name";
import { type Json, flag, number, object, objects, text, texts } from "../../json";

export type Filling = "none" | "basic" | "gradient";

export interface Column {
  name: string;
  field: Field;
  align: "left" | "center" | "right";
  width: number | undefined;
  minWidth: number | undefined;
  /** Grafana's name of the cell's type: `auto`, `color-text`, `gauge`, ... */
  cell: string;
  filling: Filling;
  /** Whether the colour of this column's value is that of the whole row. */
  wholeRow: boolean;
  options: Json;
  /** Letters of the longest of its first values, so that bars beside them end at one place. */
  letters: number;
  /** What stands below the column. */
  foot: string;
}

export interface Sort {
  name: string;
  descending: boolean;
}

export function toColumns(frame: Frame | undefined, frames: readonly Frame[], options: Json): Column[] {
  return (frame?.fields ?? []).flatMap((field, index) => {
    const { custom } = field.config;
    // Some generators write the flag as text.
    if (!frame || text(custom.hidden) === "true" || flag(object(custom.hideFrom).viz)) return [];
    const cellOptions = object(custom.cellOptions);
    const cell = text(cellOptions.type) || text(custom.displayMode, "auto");
    const name = displayName(field, frame, frames);
    return [
      {
        name,
        field,
        align: alignment(field),
        width: number(custom.width),
        minWidth: number(custom.minWidth),
        cell,
        filling: fillingOf(cell, cellOptions),
        wholeRow: flag(cellOptions.applyToRow),
        options: cellOptions,
        letters: /gauge|lcd/.test(cell) ? lettersOf(field) : 0,
        foot: footOf(field, name, object(options.footer), index),
      },
    ];
  });
}

/** Values that are looked at for the longest. */
const MEASURED = 200;

function lettersOf({ config, values }: Field): number {
  return Math.max(0, ...values.slice(0, MEASURED).map((value) => (value === null ? 0 : showText(config, value).length)));
}

function alignment(field: Field): Column["align"] {
  const wanted = text(field.config.custom.align, "auto");
  if (wanted === "left" || wanted === "center" || wanted === "right") return wanted;
  return field.type === "number" && !field.courses ? "right" : "left";
}

function fillingOf(cell: string, options: Json): Filling {
  if (!cell.startsWith("color-background")) return "none";
  return options.mode === "gradient" || cell === "color-background-gradient" ? "gradient" : "basic";
}

/** Older panels keep the foot in the panel's options, newer ones in each field's. */
function footOf(field: Field, name: string, footer: Json, index: number): string {
  const own = texts(object(field.config.custom.footer).reducers);
  if (own.length) return own.map((calc) => calculated(field, calc)).join(" ");
  if (!flag(footer.show)) return "";
  const reducers = texts(footer.reducer).length ? texts(footer.reducer) : ["sum"];
  if (flag(footer.countRows) && reducers.includes("count")) return index === 0 ? `Count ${field.values.length}` : "";
  const chosen = texts(footer.fields);
  if (field.type !== "number" || (chosen.length > 0 && !chosen.includes(name) && !chosen.includes(field.name))) {
    return index === 0 ? reducers.map(calculationName).join(", ") : "";
  }
  return reducers.map((calc) => calculated(field, calc)).join(" ");
}

function calculated(field: Field, calc: string): string {
  return showText(resultConfig(field.config, calc), reduce(calc, field.values));
}

export function configuredSort(options: Json): Sort | undefined {
  const [first] = objects(options.sortBy);
  return first ? { name: text(first.displayName), descending: flag(first.desc) } : undefined;
}

export function rowOrder(frame: Frame | undefined, columns: readonly Column[], sort: Sort | undefined): number[] {
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
