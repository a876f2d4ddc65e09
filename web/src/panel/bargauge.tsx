import { createMemo, For, Show } from "solid-js";
import { absoluteSteps } from "../field/threshold";
import { valueColor } from "../field/display";
import { joinFormatted } from "../format/unit";
import { flag, type Json, number, text } from "../json";
import { withAlpha } from "../theme/color";
import { continuousStops, inkColor, type Mode, namedColor } from "../theme/palette";
import { elementSize } from "../ui/size";
import { arrange, GAP, type Place } from "./arrange";
import { barSizes } from "./bargauge-layout";
import type { PanelProps } from "./props";
import { nameBeside, panelValues, type PanelValue, widest } from "./values";
import "./bargauge.css";

const LCD_GAP = 2;

/** Values as bars between their limits. */
export function BarGaugePanel(props: PanelProps) {
  const options = () => props.panel.options;
  const values = createMemo(() => withCommonLimits(panelValues(props.frames, options(), props.mode)));
  const [size, observe] = elementSize();
  const gap = () => (text(options().displayMode) === "lcd" ? LCD_GAP : GAP);
  const places = createMemo(() =>
    arrange(values().length, size(), { orientation: text(options().orientation, "auto"), grid: false, gap: gap(), ...limits(options()) }),
  );
  const texts = createMemo(() => ({
    name: widest(values().map((value) => nameBeside(value, values().length))),
    value: widest(values().map((value) => joinFormatted(value.shown))),
  }));
  return (
    <div class="bars" classList={{ "bars-rows": places()[0]?.rows === true }} ref={observe} style={{ gap: `${gap()}px` }}>
      <For each={values().map((_, index) => index)}>
        {(index) => (
          <Show when={size().height > 0 && values()[index]}>
            {(value) => (
              <Bar
                value={value()}
                name={nameBeside(value(), values().length)}
                place={places()[index] ?? { ...size(), rows: true }}
                widest={texts()}
                options={options()}
                mode={props.mode}
              />
            )}
          </Show>
        )}
      </For>
    </div>
  );
}

/** How small and large bars may be: by default, or by hand for the direction in which they are counted. */
function limits(options: Json): { least: { width: number; height: number }; highest: number } {
  const manual = options.sizing === "manual";
  const chosen = (orientation: string, key: string, otherwise: number) =>
    manual && options.orientation === orientation ? (number(options[key]) ?? otherwise) : otherwise;
  const least = { width: chosen("vertical", "minVizWidth", 8), height: chosen("horizontal", "minVizHeight", 16) };
  return { least, highest: chosen("horizontal", "maxVizHeight", 300) };
}

/** Without limits of their own bars go from zero to the largest of them, or to 1 for shares. */
function withCommonLimits(values: readonly PanelValue[]): PanelValue[] {
  const amounts = values.flatMap(({ value }) => (typeof value === "number" && Number.isFinite(value) ? [value] : []));
  const least = Math.min(0, ...amounts);
  const most = Math.max(...amounts, least);
  return values.map((value) => {
    const { min = least, max = value.config.unit === "percentunit" ? 1 : most } = value.config;
    return { ...value, limits: { min, max } };
  });
}

interface BarProps {
  value: PanelValue;
  name: string;
  place: Place;
  widest: { name: string; value: string };
  options: Json;
  mode: Mode;
}

function Bar(props: BarProps) {
  const mode = () => text(props.options.displayMode, "gradient");
  const upright = () => !props.place.rows;
  const sizes = createMemo(() => barSizes(props.place, props.widest, props.options));
  const reach = () => `${(100 * shareOf(props.value, props.value.value)).toFixed(2)}%`;
  const withValue = () => text(props.options.valueMode, "color") !== "hidden";
  const ink = () => (props.options.valueMode === "text" ? "" : inkColor(props.mode, props.value.shown.color));
  return (
    <div
      class="bar"
      classList={{ "bar-upright": upright(), "bar-named-above": !upright() && sizes().above }}
      style={{ width: `${Math.floor(props.place.width)}px`, height: `${Math.floor(props.place.height)}px` }}
    >
      <Show when={props.name && sizes().named}>
        <span
          class="bar-name"
          title={props.name}
          style={{ "font-size": `${sizes().name}px`, width: upright() || sizes().above ? "" : `${sizes().nameWidth}px` }}
        >
          {props.name}
        </span>
      </Show>
      <span class="bar-body">
        <span class="bar-track" classList={{ "bar-unfilled": flag(props.options.showUnfilled, true) && mode() !== "lcd" }}>
          <Show when={mode() !== "lcd"} fallback={<Cells value={props.value} mode={props.mode} count={sizes().cells} />}>
            <span
              class="bar-fill"
              classList={{ "bar-basic": mode() === "basic" }}
              style={{ [upright() ? "height" : "width"]: reach(), ...fillOf(props.value, mode(), props.mode, upright(), sizes().track) }}
            />
          </Show>
        </span>
        <Show when={withValue()}>
          <span
            class="bar-value figure"
            style={{ color: ink(), "font-size": `${sizes().value}px`, width: upright() ? "" : `${sizes().valueWidth}px` }}
          >
            {joinFormatted(props.value.shown)}
          </span>
        </Show>
      </span>
    </div>
  );
}

/** The bar as cells, each in the colour of the value at which it stands; those beyond the value are dim. */
function Cells(props: { value: PanelValue; mode: Mode; count: number }) {
  const cells = () =>
    Array.from({ length: props.count }, (_, index) => {
      const { min, max } = props.value.limits;
      const at = min + ((max - min) / props.count) * index;
      const color = valueColor(props.value.config, at, { mode: props.mode, index: 0, limits: props.value.limits });
      return withAlpha(color, typeof props.value.value === "number" && at <= props.value.value ? 0.9 : 0.18);
    });
  return <For each={cells()}>{(color) => <span class="bar-cell" style={{ background: color }} />}</For>;
}

function shareOf({ limits: { min, max } }: PanelValue, amount: unknown): number {
  const share = typeof amount === "number" && Number.isFinite(amount) ? (amount - min) / (max - min || 1) : 0;
  return Math.min(1, Math.max(0, share));
}

/** How a bar is filled: plain, or by the colours that values up to its own have. */
function fillOf(value: PanelValue, look: string, mode: Mode, upright: boolean, track: number): Record<string, string> {
  const { color } = value.shown;
  if (look === "basic") return { background: withAlpha(color, 0.35), "border-color": color };
  const stops = gradientStops(value, mode);
  if (stops.length < 2) return { background: color };
  const places = stops.map(({ share, color }) => `${color} ${Math.round(share * track)}px`);
  return { background: `linear-gradient(to ${upright ? "top" : "right"}, ${places.join(", ")})` };
}

function gradientStops(value: PanelValue, mode: Mode): { share: number; color: string }[] {
  const kind = value.config.color?.mode ?? "thresholds";
  if (kind.startsWith("continuous-")) {
    const colors = continuousStops(mode, kind);
    return colors.map((color, index) => ({ color, share: index / (colors.length - 1 || 1) }));
  }
  if (kind !== "thresholds") return [];
  const amount = typeof value.value === "number" ? value.value : -Infinity;
  return absoluteSteps(value.config, value.limits)
    .filter((step, index) => index === 0 || step.value <= amount)
    .map((step) => ({ color: namedColor(mode, step.color), share: shareOf(value, step.value) }));
}
