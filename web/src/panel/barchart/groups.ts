/** What a bar chart shows: groups of bars, one bar for each number field. */

import { fieldColor, fieldLimits, show, showText, valueColor } from "../../field/display";
import { niceStep } from "../../format/number";
import { numberFields, timeField, type Field, type Frame } from "../../frame/frame";
import { displayName } from "../../frame/name";
import { flag, number, object, text, type Json } from "../../json";
import type { FieldConfig } from "../../model/field-config";
import type { Mode } from "../../theme/palette";
import { dateTime } from "../../time/clock";
import { joinByField } from "../../transform/join";

export interface Bar {
  name: string;
  color: string;
  config: FieldConfig;
  /** One value for each group; null for none. */
  values: (number | null)[];
  /** The colour of each value where values decide. */
  colors?: string[];
}

export interface Groups {
  names: string[];
  bars: Bar[];
}

/** Groups and bars of one chart. */
const GROUPS_MAX = 500;
const BARS_MAX = 50;

export function toGroups(frames: readonly Frame[], options: Json, mode: Mode, utc: boolean): Groups {
  const [frame] = frames.length > 1 && frames.every(timeField) ? joinByField(frames, {}) : frames;
  if (!frame) return { names: [], bars: [] };
  const names = nameField(frame, frames, text(options.xField));
  const rows = (names?.values ?? []).slice(0, GROUPS_MAX);
  const fields = numberFields(frame).filter((field) => field !== names && !flag(object(field.config.custom.hideFrom).viz));
  return {
    names: rows.map((value) => nameText(names, value, utc)),
    bars: fields.slice(0, BARS_MAX).map((field, index) => toBar(field, displayName(field, frame, frames), index, rows.length, mode)),
  };
}

/** The field that is asked for, else the first text, else the time. */
function nameField(frame: Frame, frames: readonly Frame[], wanted: string): Field | undefined {
  const asked = wanted ? frame.fields.find((field) => displayName(field, frame, frames) === wanted || field.name === wanted) : undefined;
  return asked ?? frame.fields.find((field) => field.type === "string") ?? timeField(frame) ?? frame.fields[0];
}

function nameText(field: Field | undefined, value: Field["values"][number], utc: boolean): string {
  if (field?.type === "time" && typeof value === "number") return dateTime(value, utc);
  return field ? showText(field.config, value) : "";
}

function toBar(field: Field, name: string, index: number, count: number, mode: Mode): Bar {
  const values = Array.from({ length: count }, (_, row) => {
    const value = field.values[row];
    return typeof value === "number" && Number.isFinite(value) ? value : null;
  });
  const bar = { name, config: field.config, values };
  const kind = field.config.color?.mode ?? "palette-classic";
  if (kind !== "thresholds" && !kind.startsWith("continuous-")) {
    const plain = fieldColor(field.config, mode, index, name);
    const mapped = values.map((value) =>
      field.config.mappings?.length ? show(field.config, value, context(field, index, mode)).color : plain,
    );
    return { ...bar, color: plain, ...(field.config.mappings?.length ? { colors: mapped } : {}) };
  }
  const colors = values.map((value) => valueColor(field.config, value ?? NaN, context(field, index, mode)));
  return { ...bar, color: colors[0] ?? "", colors };
}

function context(field: Field, index: number, mode: Mode) {
  return { mode, index, limits: fieldLimits(field) };
}

/** Lower and upper ends of each bar of each group, stacked as asked. */
export function stackGroups(groups: Groups, stacking: string): [low: number, high: number][][] {
  const totals = groups.names.map((_, row) => groups.bars.reduce((sum, bar) => sum + Math.abs(bar.values[row] ?? 0), 0));
  const tops = groups.names.map(() => ({ up: 0, down: 0 }));
  return groups.bars.map((bar) =>
    groups.names.map((_, row): [number, number] => {
      const total = totals[row] ?? 0;
      const value = bar.values[row] ?? 0;
      const share = stacking === "percent" ? (total > 0 ? value / total : 0) : value;
      const top = tops[row];
      if (stacking === "none" || !top) return [0, share];
      const side = share < 0 ? "down" : "up";
      const low = top[side];
      top[side] += share;
      return [low, low + share];
    }),
  );
}

/** Share of the axis beyond the bars for the values at their ends: more where they stand beside them. */
const ROOM = 0.12;
const ROOM_BESIDE = 0.25;

export function limitsOf(
  groups: Groups,
  ends: readonly (readonly [number, number])[][],
  { stacking, lying }: { stacking: string; lying: boolean },
): [number, number] {
  if (stacking === "percent") return [0, 1];
  const all = ends.flat(2);
  const config = groups.bars[0]?.config;
  const low = config?.min ?? all.reduce((a, b) => Math.min(a, b), 0);
  const high = config?.max ?? all.reduce((a, b) => Math.max(a, b), 0);
  const pad = (high - low) * (lying ? ROOM_BESIDE : ROOM);
  return high > low ? [config?.min ?? (low < 0 ? low - pad : 0), config?.max ?? (high > 0 ? high + pad : 0)] : [0, 1];
}

/** Buckets of values, as the histogram panel counts them. */
export function toHistogram(frames: readonly Frame[], options: Json, mode: Mode): Groups & { edges: number[] } {
  const series = frames.flatMap((frame) => numberFields(frame).map((field) => ({ field, name: displayName(field, frame, frames) })));
  const values = series.map(({ field }) =>
    field.values.filter((value): value is number => typeof value === "number" && Number.isFinite(value)),
  );
  const all = values.flat();
  if (all.length === 0) return { names: [], bars: [], edges: [] };
  const low = all.reduce((a, b) => Math.min(a, b), Infinity);
  const high = all.reduce((a, b) => Math.max(a, b), -Infinity);
  const size = Math.max(
    number(options.bucketSize) ?? niceStep((high - low || 1) / (number(options.bucketCount) ?? 30)),
    (high - low) / GROUPS_MAX,
  );
  const offset = number(options.bucketOffset) ?? 0;
  const first = Math.floor((low - offset) / size);
  const count = Math.floor((high - offset) / size) - first + 1;
  const edges = Array.from({ length: count + 1 }, (_, index) => (first + index) * size + offset);
  const counted = (list: readonly number[]) => {
    const counts = new Array<number>(count).fill(0);
    for (const value of list) {
      const bucket = Math.floor((value - offset) / size) - first;
      counts[bucket] = (counts[bucket] ?? 0) + 1;
    }
    return counts;
  };
  const bars = flag(options.combine)
    ? [
        {
          name: "Combined",
          color: fieldColor(series[0]?.field.config ?? { custom: {} }, mode, 0, ""),
          config: { custom: series[0]?.field.config.custom ?? {} },
          values: counted(all),
        },
      ]
    : series.slice(0, BARS_MAX).map(({ field, name }, index) => ({
        name,
        color: fieldColor(field.config, mode, index, name),
        config: { custom: field.config.custom },
        values: counted(values[index] ?? []),
      }));
  return { names: edges.slice(0, -1).map((edge) => String(Number(edge.toPrecision(12)))), bars, edges };
}
