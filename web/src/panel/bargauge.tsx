import { createMemo, For, Show } from "solid-js";
import { joinFormatted } from "../format/unit";
import { text } from "../json";
import { withAlpha } from "../theme/color";
import type { PanelProps } from "./props";
import { panelValues, type PanelValue } from "./values";
import "./bargauge.css";

/** Values as bars between their limits, side by side. */
export function BarGaugePanel(props: PanelProps) {
  const values = createMemo(() => withCommonLimits(panelValues(props.frames, props.panel.options, props.mode)));
  const upright = () => text(props.panel.options.orientation, "auto") === "vertical";
  return (
    <div class="bars" classList={{ "bars-upright": upright() }}>
      <For each={values().map((_, index) => index)}>
        {(index) => (
          <Show when={values()[index]}>
            {(value) => (
              <Bar value={value()} upright={upright()} gradient={text(props.panel.options.displayMode, "gradient") === "gradient"} />
            )}
          </Show>
        )}
      </For>
    </div>
  );
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

function Bar(props: { value: PanelValue; upright: boolean; gradient: boolean }) {
  const percent = () => {
    const { value, limits } = props.value;
    const share = typeof value === "number" && Number.isFinite(value) ? (value - limits.min) / (limits.max - limits.min || 1) : 0;
    return `${(100 * Math.min(1, Math.max(0, share))).toFixed(2)}%`;
  };
  const fill = () => {
    const { color } = props.value.shown;
    return props.gradient ? `linear-gradient(to ${props.upright ? "top" : "right"}, ${withAlpha(color, 0.35)}, ${color})` : color;
  };
  return (
    <div class="bar">
      <span class="bar-name" title={props.value.name}>
        {props.value.name}
      </span>
      <span class="bar-track">
        <span class="bar-fill" style={{ [props.upright ? "height" : "width"]: percent(), background: fill() }} />
      </span>
      <span class="bar-value figure" style={{ color: props.value.shown.color }}>
        {joinFormatted(props.value.shown)}
      </span>
    </div>
  );
}
