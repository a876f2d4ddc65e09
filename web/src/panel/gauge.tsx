import { createMemo, For, Show } from "solid-js";
import { flag, text } from "../json";
import { absoluteSteps } from "../field/threshold";
import { joinFormatted } from "../format/unit";
import { type Mode, namedColor } from "../theme/palette";
import type { Room } from "../ui/measure";
import { elementSize } from "../ui/size";
import { arrange } from "./arrange";
import type { PanelProps } from "./props";
import { nameBeside, panelValues, type PanelValue } from "./values";
import "./gauge.css";

/** The dial opens downwards over 240 degrees. */
const OPENING = 240;
const RADIUS = 42;

/** Pixels that a dial takes at least where it stands in a row or a column. */
const DIAL_MIN = 75;

/** Values on dials between their limits. */
export function GaugePanel(props: PanelProps) {
  const values = createMemo(() => panelValues(props.frames, props.panel.options, props.mode).map(withLimits));
  const [size, observe] = elementSize();
  const places = createMemo(() => {
    const orientation = text(props.panel.options.orientation, "auto");
    return arrange(values().length, size(), { orientation, grid: true, least: { width: DIAL_MIN, height: DIAL_MIN } });
  });
  return (
    <div class="gauges" ref={observe}>
      <For each={values().map((_, index) => index)}>
        {(index) => (
          <Show when={size().height > 0 && values()[index]}>
            {(value) => <Dial {...props} value={value()} name={nameBeside(value(), values().length)} place={places()[index] ?? size()} />}
          </Show>
        )}
      </For>
    </div>
  );
}

/** Without limits of its own a dial goes from 0 to 100, or 0 to 1 for a share. */
function withLimits(value: PanelValue): PanelValue {
  const { min = 0, max = value.config.unit === "percentunit" ? 1 : 100 } = value.config;
  return { ...value, limits: { min, max } };
}

function Dial(props: PanelProps & { value: PanelValue; name: string; place: Room }) {
  const share = () => shareOf(props.value, typeof props.value.value === "number" ? props.value.value : NaN);
  const label = () => `${props.value.name}: ${joinFormatted(props.value.shown)}`;
  const size = () => Math.min(17, 96 / Math.max(4, joinFormatted(props.value.shown).length));
  return (
    <figure class="gauge" style={{ width: `${Math.floor(props.place.width)}px`, height: `${Math.floor(props.place.height)}px` }}>
      <svg viewBox="0 0 100 80" role="img" aria-label={label()}>
        <path class="gauge-track" d={arc(RADIUS, 0, 1)} stroke-width="9" />
        <Show when={share() > 0}>
          <path d={arc(RADIUS, 0, share())} stroke={props.value.shown.color} stroke-width="9" fill="none" />
        </Show>
        <Show when={flag(props.panel.options.showThresholdMarkers, true)}>
          <For each={markers(props.value, props.mode)}>
            {(marker) => <path d={arc(RADIUS + 6.5, marker.from, marker.to)} stroke={marker.color} stroke-width="1.6" fill="none" />}
          </For>
        </Show>
        <text
          class="gauge-value"
          x="50"
          y="54"
          font-size={size().toFixed(1)}
          fill={text(props.panel.options.colorMode) === "none" ? "currentColor" : props.value.shown.color}
        >
          {joinFormatted(props.value.shown)}
        </text>
      </svg>
      <Show when={props.name}>
        <figcaption>{props.name}</figcaption>
      </Show>
    </figure>
  );
}

function shareOf(value: PanelValue, amount: number): number {
  const { min, max } = value.limits;
  return Number.isFinite(amount) ? Math.min(1, Math.max(0, (amount - min) / (max - min || 1))) : 0;
}

function markers(value: PanelValue, mode: Mode): { from: number; to: number; color: string }[] {
  const steps = absoluteSteps(value.config, value.limits);
  return steps
    .map((step, index) => ({
      from: shareOf(value, Math.max(step.value, value.limits.min)),
      to: shareOf(value, Math.min(steps[index + 1]?.value ?? Infinity, value.limits.max)),
      color: namedColor(mode, step.color),
    }))
    .filter((marker) => marker.to > marker.from);
}

/** An arc of the dial between two shares of its opening. */
function arc(radius: number, from: number, to: number): string {
  const point = (share: number) => {
    const angle = ((90 + (360 - OPENING) / 2 + share * OPENING) * Math.PI) / 180;
    return `${(50 + radius * Math.cos(angle)).toFixed(2)} ${(50 + radius * Math.sin(angle)).toFixed(2)}`;
  };
  return `M${point(from)}A${radius} ${radius} 0 ${(to - from) * OPENING > 180 ? 1 : 0} 1 ${point(to)}`;
}
