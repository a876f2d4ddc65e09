import { For, Show } from "solid-js";
import { type Json, text } from "../../../json";
import { ColorPicker } from "./color-picker";

const SCHEMES = [
  ["", "Default of the visualization"],
  ["fixed", "Single color"],
  ["shades", "Shades of a color"],
  ["thresholds", "From thresholds (by value)"],
  ["palette-classic", "Classic palette"],
  ["palette-classic-by-name", "Classic palette (by series name)"],
  ["continuous-GrYlRd", "Green-Yellow-Red (by value)"],
  ["continuous-RdYlGr", "Red-Yellow-Green (by value)"],
  ["continuous-BlYlRd", "Blue-Yellow-Red (by value)"],
  ["continuous-YlRd", "Yellow-Red (by value)"],
  ["continuous-BlPu", "Blue-Purple (by value)"],
  ["continuous-YlBl", "Yellow-Blue (by value)"],
  ["continuous-blues", "Blues (by value)"],
  ["continuous-reds", "Reds (by value)"],
  ["continuous-greens", "Greens (by value)"],
  ["continuous-purples", "Purples (by value)"],
] as const;

/** How fields get their colours. */
export function ColorScheme(props: { id: string; value: Json; onChange: (value: Json | undefined) => void }) {
  const chosen = () => text(props.value.mode);
  const byColor = () => chosen() === "fixed" || chosen() === "shades";
  const byValue = () => chosen() === "thresholds" || chosen().startsWith("continuous-");
  return (
    <div class="color-scheme">
      <select
        id={props.id}
        onChange={({ currentTarget: { value } }) => props.onChange(value ? { ...props.value, mode: value } : undefined)}
      >
        <For each={SCHEMES}>
          {([id, name]) => (
            <option value={id} selected={id === chosen()}>
              {name}
            </option>
          )}
        </For>
      </select>
      <Show when={byColor()}>
        <ColorPicker
          name="Color"
          value={text(props.value.fixedColor)}
          onChange={(fixedColor) => props.onChange({ ...props.value, fixedColor })}
        />
      </Show>
      <Show when={byValue()}>
        <select
          aria-label="Color series by"
          title="Color series by"
          onChange={(event) => props.onChange({ ...props.value, seriesBy: event.currentTarget.value })}
        >
          <For each={["last", "min", "max"]}>
            {(by) => (
              <option value={by} selected={by === text(props.value.seriesBy, "last")}>
                {by}
              </option>
            )}
          </For>
        </select>
      </Show>
    </div>
  );
}
