import { For } from "solid-js";
import { mode } from "../../../app/theme";
import { rgb } from "../../../theme/color";
import { namedColor } from "../../../theme/palette";
import { Popover } from "../../../ui/popover";

const HUES = ["red", "orange", "yellow", "green", "blue", "purple"];
const SHADES = ["super-light-", "light-", "", "semi-dark-", "dark-"];
const PLAIN = ["text", "transparent"];

/** A colour by its name, which holds in dark and light, or any other. */
export function ColorPicker(props: { name: string; value: string; onChange: (value: string) => void }) {
  const shown = (name: string) => namedColor(mode(), name);
  const hex = () =>
    `#${rgb(shown(props.value || "text"))
      .map((channel) => Math.round(channel).toString(16).padStart(2, "0"))
      .join("")}`;
  return (
    <Popover
      class="color-button"
      name={`${props.name}: ${props.value || "none"}`}
      label={<span class="color-dot" style={{ "background-color": props.value ? shown(props.value) : "" }} />}
    >
      {(close) => {
        const pick = (color: string) => {
          props.onChange(color);
          close();
        };
        return (
          <div class="colors">
            <For each={HUES}>
              {(hue) => (
                <div class="colors-row">
                  <For each={SHADES}>
                    {(shade) => <Dot color={`${shade}${hue}`} shown={shown(`${shade}${hue}`)} on={props.value} onPick={pick} />}
                  </For>
                </div>
              )}
            </For>
            <div class="colors-row">
              <For each={PLAIN}>{(name) => <Dot color={name} shown={shown(name)} on={props.value} onPick={pick} />}</For>
              <label class="colors-own">
                <span>Custom</span>
                <input type="color" value={hex()} onChange={(event) => props.onChange(event.currentTarget.value)} />
              </label>
            </div>
          </div>
        );
      }}
    </Popover>
  );
}

function Dot(props: { color: string; shown: string; on: string; onPick: (color: string) => void }) {
  return (
    <button
      type="button"
      class="color-dot"
      style={{ "background-color": props.shown }}
      aria-label={props.color}
      aria-pressed={props.on === props.color}
      title={props.color}
      onClick={() => props.onPick(props.color)}
    />
  );
}
