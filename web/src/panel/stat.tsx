import { createMemo, For, Show } from "solid-js";
import { placed } from "../base";
import { Chart } from "../chart/chart";
import { type CurveSet, toCurves } from "../chart/curve";
import { dataLinks } from "../field/link";
import { joinFormatted } from "../format/unit";
import { timeField } from "../frame/frame";
import { flag, type Json, number, object, text } from "../json";
import { textOn } from "../theme/color";
import { inkColor, type Mode } from "../theme/palette";
import { elementSize } from "../ui/size";
import { arrange, type Place } from "./arrange";
import type { PanelProps } from "./props";
import { statSizes, type StatTexts, unitSize } from "./stat-layout";
import { panelValues, type PanelValue, widest } from "./values";
import "./stat.css";

/** Pixels beside a value where there are none to spare above it. */
const SIDE = 6;

/** Pixels from which type counts as large. */
const LARGE = 24;

/** Single values, large, with a sparkline below where there is a history. */
export function StatPanel(props: PanelProps) {
  const values = createMemo(() => panelValues(props.frames, props.panel.options, props.mode));
  const [size, observe] = elementSize();
  const places = createMemo(() =>
    arrange(values().length, size(), { orientation: text(props.panel.options.orientation, "auto"), grid: true }),
  );
  const texts = createMemo(() => {
    const shown = values().map((value) => textsOf(value, props.panel.options, values().length));
    return { name: widest(shown.map(({ name }) => name)), value: widest(shown.map(({ value }) => value)) };
  });
  return (
    <div class="stats" ref={observe}>
      <For each={values().map((_, index) => index)}>
        {(index) => (
          <Show when={size().height > 0 && values()[index]}>
            {(value) => (
              <Stat
                {...props}
                value={value()}
                count={values().length}
                place={places()[index] ?? { ...size(), rows: false }}
                widest={texts()}
              />
            )}
          </Show>
        )}
      </For>
    </div>
  );
}

interface StatProps extends PanelProps {
  value: PanelValue;
  count: number;
  place: Place;
  widest: StatTexts;
}

function Stat(props: StatProps) {
  const options = () => props.panel.options;
  const filled = () => text(options().colorMode).startsWith("background");
  const color = () => props.value.shown.color;
  const ink = () =>
    filled()
      ? textOn(color(), sizes().value >= LARGE && texts().name === "")
      : text(options().colorMode, "value") === "none"
        ? ""
        : inkColor(props.mode, color());
  const texts = () => textsOf(props.value, options(), props.count);
  const set = createMemo(() => sparkline(props.value, options(), props.mode, filled() ? textOn(color()) : color()));
  const sizes = createMemo(() =>
    statSizes(props.place, props.widest, {
      curve: set() !== undefined,
      mayBeWide: flag(options().wideLayout, true),
      nameSize: number(object(options().text).titleSize),
      valueSize: number(object(options().text).valueSize),
    }),
  );
  const centred = () => options().justifyMode === "center" || texts().name === "";
  return (
    <div
      class="stat"
      classList={{ "stat-wide": sizes().wide, "stat-centred": centred(), "stat-over-curve": sizes().curve > 0 }}
      style={{
        width: `${Math.floor(props.place.width)}px`,
        height: `${Math.floor(props.place.height)}px`,
        padding: `${sizes().padding}px ${Math.max(SIDE, sizes().padding)}px`,
        background: filled() ? ground(color(), text(options().colorMode)) : "",
        color: ink(),
      }}
    >
      <StatLink {...props} />
      <Show when={texts().name}>
        <span class="stat-name" classList={{ "stat-name-soft": !filled() }} style={{ "font-size": `${sizes().name}px` }}>
          {texts().name}
        </span>
      </Show>
      <Show when={texts().value}>
        <BigNumber value={props.value} plain={text(options().textMode) === "name" ? texts().value : undefined} pixels={sizes().value} />
      </Show>
      <Show when={sizes().curve > 0 && set()}>
        {(curves) => (
          <div class="stat-spark" aria-hidden="true" style={{ height: `${Math.floor(sizes().curve)}px` }}>
            <Chart set={curves()} mode={props.mode} from={props.range.from} to={props.range.to} bare label="" />
          </div>
        )}
      </Show>
    </div>
  );
}

/** The number with its unit smaller beside it; or a text in its place. */
function BigNumber(props: { value: PanelValue; plain: string | undefined; pixels: number }) {
  const unit = () => ({ "font-size": `${unitSize(props.pixels)}px` });
  return (
    <span class="stat-value" style={{ "font-size": `${props.pixels}px` }}>
      <Show when={props.plain === undefined} fallback={props.plain}>
        <Show when={props.value.shown.prefix}>
          <small style={unit()}>{props.value.shown.prefix}</small>
        </Show>
        {props.value.shown.text}
        <Show when={props.value.shown.suffix}>
          <small style={unit()}>{props.value.shown.suffix}</small>
        </Show>
      </Show>
    </span>
  );
}

/** The whole stat leads where its first link leads. */
function StatLink(props: StatProps) {
  const link = createMemo(() => {
    const { field, frame } = props.value;
    return dataLinks({ field, frame, frames: props.frames, row: field.values.length - 1 }, props.text)[0];
  });
  return (
    <Show when={link()}>
      {(to) => (
        <a class="stat-link" href={placed(to().url)} title={to().title} target={to().blank ? "_blank" : undefined} rel="noreferrer">
          <span class="sr-only">{to().title || to().url}</span>
        </a>
      )}
    </Show>
  );
}

/** What is to be read: a lone value goes without its name unless that is asked for. */
function textsOf(value: PanelValue, options: Json, count: number): StatTexts {
  const mode = text(options.textMode, "auto");
  if (mode === "none") return { name: "", value: "" };
  if (mode === "name") return { name: "", value: value.name };
  const named = mode === "value_and_name" || (mode === "auto" && count > 1);
  return { name: named ? value.name : "", value: joinFormatted(value.shown) };
}

/** A slight gradient, unless the colour is to be solid. */
function ground(color: string, mode: string): string {
  if (mode === "background_solid") return color;
  return `linear-gradient(120deg, color-mix(in srgb, ${color} 88%, #000), ${color})`;
}

/** The value's history as a bare curve; `undefined` without one. */
function sparkline(value: PanelValue, options: Json, mode: Mode, color: string): CurveSet | undefined {
  const graph = text(options.graphMode, "area");
  if (graph === "none" || !timeField(value.frame) || value.field.type !== "number") return undefined;
  if (value.field.values.length < 2) return undefined;
  const custom = { lineWidth: 1, fillOpacity: graph === "line" ? 0 : 20, showPoints: "never" };
  const { min, max, unit } = value.config;
  const config = { min, max, unit, color: { mode: "fixed", fixedColor: color }, custom };
  const fields = value.frame.fields.filter((field) => field.type === "time" || field === value.field);
  return toCurves([{ ...value.frame, fields: fields.map((field) => (field === value.field ? { ...field, config } : field)) }], mode);
}
