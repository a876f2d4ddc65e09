import { createMemo, Show } from "solid-js";
import type { Shown } from "../field/display";
import { elementSize } from "../ui/size";

const UNIT_SHARE = 0.55;
const TYPE_MIN = 11;
const TYPE_MAX = 64;
const TYPE_MAX_ROW = 24;

/** A value as large as its place allows, its unit smaller beside it. */
export function BigNumber(props: { shown: Shown; color?: string; inRow?: boolean }) {
  const [size, observe] = elementSize();
  const pixels = createMemo(() => {
    const { text, prefix = "", suffix = "" } = props.shown;
    const length = widthOf(text) + UNIT_SHARE * widthOf(prefix + suffix);
    const { width, height } = size();
    const fitting = Math.min((width * 0.88) / Math.max(0.5, length), height * 0.66);
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

const MEASURED_AT = 100;
let context: CanvasRenderingContext2D | null | undefined;

/** How wide a text is, in units of the type size. */
function widthOf(text: string): number {
  if (context === undefined) {
    context = document.createElement("canvas").getContext("2d");
    if (context) context.font = `600 ${MEASURED_AT}px ${getComputedStyle(document.body).fontFamily}`;
  }
  return (context?.measureText(text).width ?? 0) / MEASURED_AT;
}
