import { createMemo, For, Show } from "solid-js";
import { Chart } from "../chart/chart";
import { type CurveSet, toCurves } from "../chart/curve";
import { dataLinks } from "../field/link";
import { timeField } from "../frame/frame";
import { type Json, text } from "../json";
import { textOn } from "../theme/color";
import type { Mode } from "../theme/palette";
import { elementSize } from "../ui/size";
import { BigNumber } from "./big-number";
import type { PanelProps } from "./props";
import { panelValues, type PanelValue } from "./values";
import "./stat.css";
import { placed } from "../base";

/** Pixels of height from which a number leaves room for a curve below it, as in Grafana. */
const SPARK_FROM = 50;

/** Single values, large, with a sparkline below where there is a history. */
export function StatPanel(props: PanelProps) {
  const values = createMemo(() => panelValues(props.frames, props.panel.options, props.mode));
  const rows = () => values().length > 1 && text(props.panel.options.orientation) === "horizontal";
  return (
    <div class="stats" classList={{ "stats-rows": rows() }}>
      <For each={values().map((_, index) => index)}>
        {(index) => (
          <Show when={values()[index]}>{(value) => <Stat {...props} value={value()} alone={values().length === 1} row={rows()} />}</Show>
        )}
      </For>
    </div>
  );
}

function Stat(props: PanelProps & { value: PanelValue; alone: boolean; row: boolean }) {
  const options = () => props.panel.options;
  const filled = () => text(options().colorMode).startsWith("background");
  const color = () => props.value.shown.color;
  const ink = () => (filled() ? textOn(color()) : options().colorMode === "none" ? "" : color());
  const [size, observe] = elementSize();
  const set = createMemo(() => {
    if (props.row || size().height < SPARK_FROM) return undefined;
    return sparkline(props.value, options(), props.mode, filled() ? ink() : color());
  });
  const link = createMemo(() => {
    const { field, frame } = props.value;
    return dataLinks({ field, frame, frames: props.frames, row: field.values.length - 1 }, props.text)[0];
  });
  return (
    <div class="stat" ref={observe} style={{ background: filled() ? color() : "" }}>
      <Show when={link()}>
        {(to) => (
          <a class="stat-link" href={placed(to().url)} title={to().title} target={to().blank ? "_blank" : undefined} rel="noreferrer">
            <span class="sr-only">{to().title || to().url}</span>
          </a>
        )}
      </Show>
      <Show when={showsName(options(), props.alone)}>
        <span class="stat-name" style={{ color: filled() ? ink() : "" }}>
          {props.value.name}
        </span>
      </Show>
      <Show when={text(options().textMode) !== "name"}>
        <BigNumber shown={props.value.shown} color={ink()} inRow={props.row} />
      </Show>
      <Show when={set()}>
        {(curves) => (
          <div class="stat-spark" aria-hidden="true">
            <Chart set={curves()} mode={props.mode} from={props.range.from} to={props.range.to} bare label="" />
          </div>
        )}
      </Show>
    </div>
  );
}

function showsName(options: Json, alone: boolean): boolean {
  const wanted = text(options.textMode, "auto");
  return wanted === "name" || wanted === "value_and_name" || (wanted === "auto" && !alone);
}

/** The value's history as a bare curve; `undefined` without one. */
function sparkline(value: PanelValue, options: Json, mode: Mode, color: string): CurveSet | undefined {
  if (text(options.graphMode, "area") === "none" || !timeField(value.frame) || value.field.type !== "number") return undefined;
  if (value.field.values.length < 2) return undefined;
  const custom = { lineWidth: 1.5, fillOpacity: 18, gradientMode: "opacity", showPoints: "never" };
  const { min, max, unit } = value.config;
  const config = { min, max, unit, color: { mode: "fixed", fixedColor: color }, custom };
  const fields = value.frame.fields.filter((field) => field.type === "time" || field === value.field);
  return toCurves([{ ...value.frame, fields: fields.map((field) => (field === value.field ? { ...field, config } : field)) }], mode);
}
