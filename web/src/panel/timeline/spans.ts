/** What a timeline shows: one row for each field, and on it the spans in which a state lasted. */

import { fieldLimits, show, type Shown } from "../../field/display";
import { joinFormatted } from "../../format/unit";
import { timeField, type Field, type Frame, type Value } from "../../frame/frame";
import { displayName } from "../../frame/name";
import { flag, number, text } from "../../json";
import { type Mode, seriesColor } from "../../theme/palette";

export interface Span {
  /** Epoch ms. */
  from: number;
  to: number;
  value: Value;
  text: string;
  color: string;
}

export interface Row {
  name: string;
  spans: Span[];
  /** Times of the samples, epoch ms. */
  times: number[];
  fill: number;
  lineWidth: number;
}

/** Rows of one panel; more would not be told apart. */
const ROWS_MAX = 120;

export interface SpanOptions {
  mode: Mode;
  /** Whether equal neighbours become one span. */
  merge: boolean;
  /** Last moment that is shown, epoch ms. */
  to: number;
}

export function toRows(frames: readonly Frame[], options: SpanOptions): Row[] {
  const states = new Map<string, string>();
  return frames
    .flatMap((frame) => frame.fields.filter((field) => field.type !== "time" && !isHidden(field)).map((field) => ({ frame, field })))
    .slice(0, ROWS_MAX)
    .flatMap(({ frame, field }, index) => {
      const times = timeField(frame)?.values.map(Number);
      if (!times) return [];
      const color = (value: Value, shown: Shown) => stateColor(states, field, value, shown, options.mode);
      return [
        {
          name: displayName(field, frame, frames),
          spans: toSpans(field, times, frame.stepMs ?? typicalStep(times), index, options, color),
          times,
          fill: (number(field.config.custom.fillOpacity) ?? 70) / 100,
          lineWidth: number(field.config.custom.lineWidth) ?? 0,
        },
      ];
    });
}

function isHidden(field: Field): boolean {
  const { hideFrom } = field.config.custom as { hideFrom?: { viz?: boolean } };
  return flag(hideFrom?.viz);
}

function typicalStep(times: readonly number[]): number {
  const steps = times.slice(1).map((time, index) => time - (times[index] ?? 0));
  return steps.sort((a, b) => a - b)[Math.floor(steps.length / 2)] ?? 60_000;
}

type Coloring = (value: Value, shown: Shown) => string;

function toSpans(field: Field, times: readonly number[], stepMs: number, index: number, options: SpanOptions, color: Coloring): Span[] {
  const limits = fieldLimits(field);
  const joins = field.config.custom.spanNulls === true;
  const spans: Span[] = [];
  times.forEach((time, at) => {
    const value = field.values[at] ?? null;
    const before = spans.at(-1);
    const next = times[at + 1] ?? options.to;
    // A pause that is longer than the step is a time of which nothing is known.
    const to = joins ? next : Math.min(next, time + stepMs * 1.5);
    const shown = show(field.config, value, { mode: options.mode, index, limits });
    if (value === null && !shown.mapped) return;
    const label = joinFormatted(shown);
    const lasts = before && before.text === label && before.color === color(value, shown) && before.to >= time;
    if (options.merge && lasts) before.to = to;
    else spans.push({ from: time, to, value, text: label, color: color(value, shown) });
  });
  return spans;
}

/** Mapped and threshold colours as configured; texts without a colour of their own get one each. */
function stateColor(states: Map<string, string>, field: Field, value: Value, shown: Shown, mode: Mode): string {
  const kind = field.config.color?.mode;
  const plain = typeof value === "string" && !shown.mapped && (kind === undefined || text(kind).startsWith("palette"));
  if (!plain) return shown.color;
  const known = states.get(value) ?? seriesColor(mode, states.size);
  states.set(value, known);
  return known;
}
