import { createMemo, Match, Show, Switch, type ParentProps } from "solid-js";
import { Chart } from "../../chart/chart";
import { toCurves } from "../../chart/curve";
import { fieldLimits, show, type Shown } from "../../field/display";
import { type DataLink, dataLinks } from "../../field/link";
import { joinFormatted } from "../../format/unit";
import type { Course, Frame, Value } from "../../frame/frame";
import { flag, text } from "../../json";
import { textOn, withAlpha } from "../../theme/color";
import { inkColor } from "../../theme/palette";
import { dateTime } from "../../time/clock";
import type { PanelProps } from "../props";
import type { Column } from "./columns";
import { placed } from "../../base";

export interface CellProps {
  column: Column;
  /** Place of the column, which decides its palette colour. */
  index: number;
  row: number;
  frame: Frame;
  /** The colour of the whole row, where one of its columns gives it. */
  rowColor: string;
  panel: PanelProps;
}

/** Letters from which a text may be cut, and is told in full when it is pointed at. */
const CUT_FROM = 24;

/** One value of a table, in the manner its column asks for. */
export function Cell(props: CellProps) {
  const shown = createMemo(() => shownValue(props.column, props.row, props.index, props.panel));
  const links = createMemo(() => cellLinks(props));
  const wrapped = () => flag(props.column.options.wrapText) || flag(props.column.field.config.custom.wrapText);
  const long = () => !wrapped() && shown().text.length > CUT_FROM;
  const ground = () => (props.column.filling !== "none" ? shown().color : props.rowColor);
  const background = () => {
    const color = ground();
    if (!color) return "";
    return props.column.filling === "gradient" ? `linear-gradient(120deg, ${withAlpha(color, 0.75)}, ${color})` : color;
  };
  const ink = () =>
    ground() ? textOn(ground()) : props.column.cell.startsWith("color-text") ? inkColor(props.panel.mode, shown().color) : "";
  return (
    <td
      classList={{ figure: props.column.field.type !== "string", "cell-wrapped": wrapped() }}
      title={long() ? joinFormatted(shown()) : undefined}
      style={{ "text-align": props.column.align, color: ink(), background: background() }}
    >
      <Linked links={links()}>
        <Content {...props} shown={shown()} />
      </Linked>
    </td>
  );
}

function valueAt(column: Column, row: number): Value {
  return column.field.values[row] ?? null;
}

export function shownValue(column: Column, row: number, index: number, { mode, utc }: PanelProps): Shown {
  const { field } = column;
  const value = valueAt(column, row);
  if (field.type === "time" && typeof value === "number" && !field.config.unit)
    return { text: dateTime(value, utc), color: "", mapped: false };
  const shown = show(field.config, value, { mode, index, limits: fieldLimits(field), utc });
  return value === null && !shown.mapped ? { ...shown, text: field.config.noValue ?? "" } : shown;
}

function cellLinks({ column, row, frame, panel }: CellProps): DataLink[] {
  if (!column.field.config.links) return [];
  return dataLinks({ field: column.field, frame, frames: panel.frames, row }, panel.text);
}

function Linked(props: ParentProps<{ links: readonly DataLink[] }>) {
  return (
    <Show when={props.links[0]} fallback={props.children}>
      {(link) => (
        <a href={placed(link().url)} title={link().title} target={link().blank ? "_blank" : undefined} rel="noreferrer">
          {props.children}
        </a>
      )}
    </Show>
  );
}

function Content(props: CellProps & { shown: Shown }) {
  const course = () => props.column.field.courses?.[props.row];
  const isGauge = () => /gauge|lcd/.test(props.column.cell) && typeof valueAt(props.column, props.row) === "number";
  return (
    <Switch fallback={joinFormatted(props.shown)}>
      <Match when={course()}>{(found) => <Sparkline {...props} course={found()} />}</Match>
      <Match when={isGauge()}>
        <GaugeBar {...props} />
      </Match>
      <Match when={props.column.cell === "json-view"}>
        <code>{joinFormatted(props.shown)}</code>
      </Match>
    </Switch>
  );
}

/** The value as a bar between the field's limits. */
function GaugeBar(props: CellProps & { shown: Shown }) {
  const share = () => {
    const { min, max } = fieldLimits(props.column.field);
    const value = Number(valueAt(props.column, props.row));
    return Math.min(1, Math.max(0, (value - min) / (max - min || 1)));
  };
  const plain = () => text(props.column.options.mode) === "basic";
  const fill = () =>
    plain() ? props.shown.color : `linear-gradient(to right, ${withAlpha(props.shown.color, 0.35)}, ${props.shown.color})`;
  return (
    <span class="cell-gauge">
      <span class="cell-track">
        <span class="cell-bar" style={{ width: `${(share() * 100).toFixed(1)}%`, background: fill() }} />
      </span>
      <Show when={props.column.options.valueDisplayMode !== "hidden"}>
        <span
          class="cell-value figure"
          style={{ color: inkColor(props.panel.mode, props.shown.color), "min-width": `${props.column.letters}ch` }}
        >
          {joinFormatted(props.shown)}
        </span>
      </Show>
    </span>
  );
}

function Sparkline(props: CellProps & { shown: Shown; course: Course }) {
  const config = () => ({
    ...props.column.field.config,
    custom: { lineWidth: 1, fillOpacity: 17, gradientMode: "opacity", showPoints: "never", ...props.column.options },
  });
  const set = createMemo(() =>
    toCurves(
      [
        {
          refId: props.frame.refId,
          fields: [
            { name: "Time", type: "time", values: props.course.times, config: { custom: {} } },
            { name: "Value", type: "number", values: props.course.values, config: config() },
          ],
        },
      ],
      props.panel.mode,
    ),
  );
  return (
    <span class="cell-gauge">
      <span class="cell-spark" aria-hidden="true">
        <Chart set={set()} mode={props.panel.mode} from={props.panel.range.from} to={props.panel.range.to} bare label="" />
      </span>
      <Show when={props.column.options.hideValue !== true}>
        <span>{joinFormatted(props.shown)}</span>
      </Show>
    </span>
  );
}
