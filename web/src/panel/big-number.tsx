import { createMemo, Show } from "solid-js";
import type { Shown } from "../field/display";
import { elementSize } from "../ui/size";

/** Widths of characters in units of the type size, measured on system faces with tabular numerals. */
const CHARACTER_WIDTH = 0.58;
const UNIT_SHARE = 0.55;
const TYPE_MIN = 11;
const TYPE_MAX = 64;
const TYPE_MAX_ROW = 24;

/** A value as large as its place allows, its unit smaller beside it. */
export function BigNumber(props: { shown: Shown; color?: string; inRow?: boolean }) {
  const [size, observe] = elementSize();
  const pixels = createMemo(() => {
    const { text, prefix = "", suffix = "" } = props.shown;
    const length = text.length + UNIT_SHARE * (prefix.length + suffix.length);
    const { width, height } = size();
    const fitting = Math.min((width * 0.88) / Math.max(1, length * CHARACTER_WIDTH), height * 0.66);
    return Math.round(Math.min(props.inRow ? TYPE_MAX_ROW : TYPE_MAX, Math.max(TYPE_MIN, fitting)));
  });
  return (
    <div class="big-number" ref={observe}>
      <span style={{ "font-size": `${pixels()}px`, color: props.color ?? "" }}>
        <Show when={props.shown.prefix}>
          <small>{props.shown.prefix}</small>
        </Show>
        {props.shown.text}
        <Show when={props.shown.suffix}>
          <small>{props.shown.suffix}</small>
        </Show>
      </span>
    </div>
  );
}
