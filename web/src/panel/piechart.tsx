import { createMemo, For, Index, Show } from "solid-js";
import { Swatch } from "../chart/swatches";
import { joinFormatted, unitFormat } from "../format/unit";
import { flag, object, text, texts } from "../json";
import { seriesColor, type Mode } from "../theme/palette";
import type { PanelProps } from "./props";
import { panelValues, type PanelValue } from "./values";
import "../chart/legend.css";
import "./piechart.css";

interface Slice {
  value: PanelValue;
  color: string;
  /** Ends on the circle, 0 to 1. */
  from: number;
  to: number;
}

const RADIUS = 46;
/** A ring is a third of the radius wide. */
const HOLE = (RADIUS * 2) / 3;

/** Shares below this have no room for a label. */
const LABEL_SHARE_MIN = 0.3 / (2 * Math.PI);

/** Shares of a whole. */
export default function PieChartPanel(props: PanelProps) {
  const slices = createMemo(() => toSlices(panelValues(props.frames, props.panel.options, props.mode), props.mode));
  const options = () => props.panel.options;
  const legend = () => object(options().legend);
  const donut = () => text(options().pieType) === "donut";
  const label = () =>
    `${props.text(props.panel.title)}: ${slices()
      .map((slice) => `${slice.value.name} ${percent(slice)}`)
      .join(", ")}`;
  return (
    <div class="pie" classList={{ "pie-below": text(legend().placement, "bottom") === "bottom" }}>
      <svg viewBox="0 0 100 100" role="img" aria-label={label()}>
        <Index each={slices()}>
          {(slice) => (
            <path d={slicePath(slice(), donut() ? HOLE : 0)} fill={slice().color}>
              <title>{`${slice().value.name}: ${joinFormatted(slice().value.shown)} (${percent(slice())})`}</title>
            </path>
          )}
        </Index>
        <Index each={slices().filter((slice) => slice.to - slice.from >= LABEL_SHARE_MIN)}>
          {(slice) => (
            <text class="pie-label" x={middle(slice(), donut()).x} y={middle(slice(), donut()).y}>
              <Index each={labelLines(slice(), texts(options().displayLabels))}>
                {(line, index) => (
                  <tspan x={middle(slice(), donut()).x} dy={index ? "1.2em" : ""}>
                    {line()}
                  </tspan>
                )}
              </Index>
            </text>
          )}
        </Index>
      </svg>
      <Show when={flag(legend().showLegend, true) && legend().displayMode !== "hidden"}>
        <PieLegend slices={slices()} values={texts(legend().values)} table={legend().displayMode === "table"} />
      </Show>
    </div>
  );
}

const VALUE_HEADS: Record<string, string> = { value: "Value", percent: "Percent" };

function PieLegend(props: { slices: readonly Slice[]; values: readonly string[]; table: boolean }) {
  const figure = (slice: Slice, kind: string) => (kind === "percent" ? percent(slice) : joinFormatted(slice.value.shown));
  const kinds = () => props.values.filter((kind) => VALUE_HEADS[kind]);
  return (
    <Show
      when={props.table}
      fallback={
        <ul class="pie-legend">
          <Index each={props.slices}>
            {(slice) => (
              <li>
                <SliceName slice={slice()} />
                <For each={kinds()}>{(kind) => <span class="figure">{figure(slice(), kind)}</span>}</For>
              </li>
            )}
          </Index>
        </ul>
      }
    >
      <div class="pie-legend">
        <table class="legend-table">
          <thead>
            <tr>
              <th scope="col">Name</th>
              <For each={kinds()}>{(kind) => <th scope="col">{VALUE_HEADS[kind]}</th>}</For>
            </tr>
          </thead>
          <tbody>
            <Index each={props.slices}>
              {(slice) => (
                <tr>
                  <td>
                    <SliceName slice={slice()} />
                  </td>
                  <For each={kinds()}>{(kind) => <td class="figure">{figure(slice(), kind)}</td>}</For>
                </tr>
              )}
            </Index>
          </tbody>
        </table>
      </div>
    </Show>
  );
}

function SliceName(props: { slice: Slice }) {
  return (
    <span class="pie-slice">
      <Swatch color={props.slice.color} />
      <span class="pie-name" title={props.slice.value.name}>
        {props.slice.value.name}
      </span>
    </span>
  );
}

/** Slices in falling order; what is not above zero has no share. */
function toSlices(values: readonly PanelValue[], mode: Mode): Slice[] {
  const colored = values.map((value, index) => {
    const byValue = value.config.color && !value.config.color.mode.startsWith("palette");
    return { value, color: value.shown.mapped || byValue ? value.shown.color : seriesColor(mode, index) };
  });
  const sized = colored.filter(({ value }) => size(value) > 0).sort((a, b) => size(b.value) - size(a.value));
  const total = sized.reduce((sum, { value }) => sum + size(value), 0);
  let reached = 0;
  return sized.map((slice) => {
    const from = reached;
    reached += size(slice.value) / total;
    return { ...slice, from, to: reached };
  });
}

function size(value: PanelValue): number {
  return typeof value.value === "number" && Number.isFinite(value.value) ? value.value : 0;
}

function percent(slice: Slice): string {
  return joinFormatted(unitFormat("percent")(100 * (slice.to - slice.from), slice.value.config.decimals ?? 0));
}

/** Longest name that a label on the disc holds. */
const NAME_MAX = 16;

/** One line for each: name, value and share, in this order. */
function labelLines(slice: Slice, kinds: readonly string[]): string[] {
  const { name } = slice.value;
  const lines = {
    name: name.length > NAME_MAX ? `${name.slice(0, NAME_MAX - 1)}…` : name,
    value: joinFormatted(slice.value.shown),
    percent: percent(slice),
  };
  return (["name", "value", "percent"] as const).filter((kind) => kinds.includes(kind)).map((kind) => lines[kind]);
}

function pointAt(share: number, radius: number): { x: number; y: number } {
  const angle = 2 * Math.PI * share - Math.PI / 2;
  return { x: 50 + radius * Math.cos(angle), y: 50 + radius * Math.sin(angle) };
}

function middle(slice: Slice, donut: boolean): { x: number; y: number } {
  return pointAt((slice.from + slice.to) / 2, donut ? (RADIUS + HOLE) / 2 : RADIUS * 0.66);
}

/** A sector of the disc or ring; a whole turn is drawn a hair short, as an arc cannot end where it began. */
function slicePath(slice: Slice, hole: number): string {
  const end = Math.min(slice.to, slice.from + 0.9999);
  const large = end - slice.from > 0.5 ? 1 : 0;
  const write = (share: number, radius: number) => {
    const { x, y } = pointAt(share, radius);
    return `${x.toFixed(3)} ${y.toFixed(3)}`;
  };
  const outer = `M${write(slice.from, RADIUS)}A${RADIUS} ${RADIUS} 0 ${large} 1 ${write(end, RADIUS)}`;
  return hole ? `${outer}L${write(end, hole)}A${hole} ${hole} 0 ${large} 0 ${write(slice.from, hole)}Z` : `${outer}L50 50Z`;
}
