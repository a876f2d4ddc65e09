import { createEffect, createMemo, createSignal, For, Show, type ParentProps } from "solid-js";
import { showText } from "../field/display";
import { dateTime } from "../time/clock";
import { Swatch } from "./swatches";
import type { Curve, CurveSet } from "./curve";
import type { Pointed } from "./pointer";
import { Icon } from "../ui/icon";
import { elementSize } from "../ui/size";

/** Rows that a tooltip lists; more would not fit the screen. */
const ROWS_MAX = 24;

export interface TooltipProps {
  set: CurveSet;
  pointed: Pointed;
  multi: boolean;
  sort: string;
  utc: boolean;
  hidden: (name: string) => boolean;
  /** Set for one that stays until it is closed. */
  onClose?: (() => void) | undefined;
}

/** What the curves are at the crosshair. */
export function Tooltip(props: ParentProps<TooltipProps>) {
  const rows = createMemo(() => tooltipRows(props));
  return (
    <Show when={props.pointed.here && rows().length > 0}>
      <TooltipBox at={props.pointed} head={dateTime((props.set.times[props.pointed.index] ?? 0) * 1000, props.utc)} onClose={props.onClose}>
        <For each={rows().slice(0, ROWS_MAX)}>
          {(row) => (
            <div class="tooltip-row" classList={{ "tooltip-near": row.near }}>
              <Swatch color={row.curve.color} />
              <span class="tooltip-name">{row.curve.name}</span>
              <span class="figure">{showText(row.curve.config, row.value)}</span>
            </div>
          )}
        </For>
        <Show when={rows().length > ROWS_MAX}>
          <div class="tooltip-more">and {rows().length - ROWS_MAX} more</div>
        </Show>
        {props.children}
      </TooltipBox>
    </Show>
  );
}

/** A sheet beside a place on a chart. */
export function TooltipBox(props: ParentProps<{ at: { left: number; top: number }; head: string; onClose?: (() => void) | undefined }>) {
  const [box, setBox] = createSignal<HTMLDivElement>();
  const [size, observe] = elementSize();
  createEffect(() => {
    const { left, top } = props.at;
    const element = box();
    // A sheet that grows may need another place.
    void size();
    if (element) place(element, left, top);
  });
  return (
    <div
      class="tooltip"
      classList={{ "tooltip-pinned": props.onClose !== undefined }}
      ref={(element) => {
        setBox(element);
        observe(element);
      }}
      role={props.onClose && "dialog"}
      aria-label={props.onClose && props.head}
      aria-hidden={props.onClose ? undefined : "true"}
    >
      <div class="tooltip-time">
        {props.head}
        <Show when={props.onClose}>
          {(close) => (
            <button type="button" class="icon-button tooltip-close" aria-label="Close" onClick={() => close()()}>
              <Icon name="close" />
            </button>
          )}
        </Show>
      </div>
      {props.children}
    </div>
  );
}

interface Row {
  curve: Curve;
  value: number;
  near: boolean;
}

function tooltipRows(props: TooltipProps): Row[] {
  const { index, nearest } = props.pointed;
  const rows = props.set.curves.flatMap((curve, at): Row[] => {
    const value = curve.values[index];
    if (value == null || !curve.inTooltip || !curve.drawn || props.hidden(curve.name)) return [];
    if (!props.multi && at !== nearest) return [];
    const sign = curve.config.custom.transform === "negative-Y" ? -1 : 1;
    return [{ curve, value: value * sign, near: at === nearest }];
  });
  if (props.sort === "asc") rows.sort((a, b) => a.value - b.value);
  if (props.sort === "desc") rows.sort((a, b) => b.value - a.value);
  return rows;
}

const MARGIN = 14;

/** Beside the pointer, on the side where there is room; kept on the screen. */
function place(element: HTMLElement, atLeft: number, atTop: number): void {
  const over = element.parentElement?.querySelector(".u-over")?.getBoundingClientRect();
  if (!over) return;
  const { offsetWidth: width, offsetHeight: height } = element;
  const x = over.left + atLeft;
  const y = over.top + atTop;
  const left = x + MARGIN + width < window.innerWidth ? x + MARGIN : Math.max(4, x - MARGIN - width);
  const top = Math.min(Math.max(4, y - height / 2), window.innerHeight - height - 4);
  element.style.setProperty("left", `${Math.round(left)}px`);
  element.style.setProperty("top", `${Math.round(top)}px`);
}
