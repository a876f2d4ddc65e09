import { Index, Show } from "solid-js";
import { replaced } from "../../../edit/path";
import { type ThresholdRow, toThresholdRows, toThresholds } from "../../../edit/mapping-rows";
import { type Json, number, text } from "../../../json";
import { Icon } from "../../../ui/icon";
import { ColorPicker } from "./color-picker";

const NEXT = ["red", "orange", "yellow", "blue", "purple", "dark-red"];

/** Colours from a base upwards. */
export function Thresholds(props: { value: Json; onChange: (value: Json) => void }) {
  const rows = () => toThresholdRows(props.value);
  const kind = () => text(props.value.mode, "absolute");
  const put = (next: readonly ThresholdRow[]) => props.onChange({ ...props.value, ...toThresholds(kind(), next) });
  const change = (index: number, part: Partial<ThresholdRow>) => {
    const row = rows()[index];
    if (row) put(replaced(rows(), index, { ...row, ...part }));
  };
  const add = () => put([...rows(), { value: (rows().at(-1)?.value ?? 70) + 10, color: NEXT[(rows().length - 1) % NEXT.length] ?? "red" }]);
  return (
    <div class="rules">
      <button type="button" class="button" onClick={add}>
        <Icon name="plus" />
        Add threshold
      </button>
      <Index each={rows()}>
        {(row, index) => (
          <div class="rule">
            <ColorPicker name={`Color of threshold ${index + 1}`} value={row().color} onChange={(color) => change(index, { color })} />
            <Show when={row().value !== undefined} fallback={<span class="rule-main muted">Base</span>}>
              <input
                class="rule-main"
                type="number"
                step="any"
                aria-label={`Threshold ${index + 1}`}
                value={row().value}
                onChange={(event) => change(index, { value: number(event.currentTarget.value) ?? 0 })}
              />
              <button
                type="button"
                class="icon-button"
                aria-label={`Remove threshold ${index + 1}`}
                title="Remove"
                onClick={() => put(replaced(rows(), index, undefined))}
              >
                <Icon name="trash" />
              </button>
            </Show>
          </div>
        )}
      </Index>
      <div class="segments" role="radiogroup" aria-label="Thresholds mode">
        <Mode id="absolute" name="Absolute" on={kind()} onPick={(mode) => props.onChange(toThresholds(mode, rows()))} />
        <Mode id="percentage" name="Percentage" on={kind()} onPick={(mode) => props.onChange(toThresholds(mode, rows()))} />
      </div>
    </div>
  );
}

function Mode(props: { id: string; name: string; on: string; onPick: (id: string) => void }) {
  return (
    <button type="button" role="radio" aria-checked={props.on === props.id} onClick={() => props.onPick(props.id)}>
      {props.name}
    </button>
  );
}
