/** What a heatmap shows: counts by time and by bucket. */

import { niceStep } from "../../format/number";
import { number, object, text, type Json, array } from "../../json";
import { numberFields, timeField, type Frame } from "../../frame/frame";
import { displayName } from "../../frame/name";
import { parseDuration } from "../../time/duration";

/** A band of values, from above `low` to `high`. */
export interface Band {
  low: number;
  high: number;
  /** How the band is called where it has no numbers of its own. */
  label: string;
}

export interface Cells {
  /** Ends of the columns, epoch ms, ascending; each is `stepMs` wide. */
  times: number[];
  stepMs: number;
  bands: Band[];
  /** Band by band; NaN where there is nothing. */
  counts: Float64Array;
  /** Whether bands stand one above the other whatever their width. */
  ordinal: boolean;
}

/** Cells of one heatmap. */
const CELLS_MAX = 400_000;
/** Columns and bands of values that are sorted into buckets here. */
const COLUMNS = 60;
const BANDS = 30;

const EMPTY: Cells = { times: [], stepMs: 1, bands: [], counts: new Float64Array(), ordinal: true };

export function toCells(frames: readonly Frame[], options: Json, range: { from: number; to: number }): Cells {
  const native = frames.some((frame) => numberFields(frame).some((field) => field.histograms));
  if (native) return fromHistograms(frames);
  const calculate = options.calculate === true;
  return calculate ? fromValues(frames, object(options.calculation), range) : fromBuckets(frames);
}

export function countAt(cells: Cells, band: number, column: number): number {
  return cells.counts[band * cells.times.length + column] ?? NaN;
}

function emptyCells(times: number[], bands: Band[], stepMs: number, ordinal: boolean): Cells {
  const fit = bands.length * times.length <= CELLS_MAX ? times : times.slice(-Math.floor(CELLS_MAX / bands.length));
  return { times: fit, stepMs, bands, counts: new Float64Array(bands.length * fit.length).fill(NaN), ordinal };
}

/** The distance between neighbouring times that is seen most often. */
function stepOf(frames: readonly Frame[], times: readonly number[]): number {
  const asked = Math.max(0, ...frames.map((frame) => frame.stepMs ?? 0));
  if (asked > 0) return asked;
  const steps = times.slice(1).map((time, index) => time - (times[index] ?? 0));
  return steps.length ? Math.min(...steps) : 60_000;
}

function allTimes(frames: readonly Frame[]): number[] {
  const all = new Set<number>();
  for (const frame of frames) for (const time of timeField(frame)?.values ?? []) if (typeof time === "number") all.add(time);
  return [...all].sort((a, b) => a - b);
}

/** Each series is a bucket already, by its name. */
function fromBuckets(frames: readonly Frame[]): Cells {
  const rows = frames.flatMap((frame) => numberFields(frame).map((field) => ({ frame, field, name: displayName(field, frame, frames) })));
  const numeric = rows.every(({ name }) => name.trim() !== "" && !Number.isNaN(boundOf(name)));
  if (numeric) rows.sort((a, b) => boundOf(a.name) - boundOf(b.name));
  const bands = rows.map(({ name }, index) => ({
    low: numeric ? boundOf(rows[index - 1]?.name ?? "-Inf") : index,
    high: numeric ? boundOf(name) : index + 1,
    label: name,
  }));
  const times = allTimes(frames);
  const cells = emptyCells(times, bands, stepOf(frames, times), true);
  const columns = new Map(cells.times.map((time, column) => [time, column]));
  rows.forEach(({ frame, field }, band) => {
    timeField(frame)?.values.forEach((time, at) => {
      const column = columns.get(Number(time));
      const value = field.values[at];
      if (column !== undefined && typeof value === "number") cells.counts[band * cells.times.length + column] = value;
    });
  });
  return cells;
}

/** A bucket's upper end as Prometheus writes it in `le`. */
function boundOf(name: string): number {
  if (/^\+?inf/i.test(name)) return Infinity;
  if (/^-inf/i.test(name)) return -Infinity;
  return Number(name);
}

interface NativeBucket {
  low: number;
  high: number;
  count: number;
}

/** Native histograms: the buckets that any of them has. */
function fromHistograms(frames: readonly Frame[]): Cells {
  const points = frames.flatMap((frame) => {
    const times = timeField(frame)?.values ?? [];
    return numberFields(frame).flatMap(({ histograms = [] }) =>
      histograms.map((histogram, row) => ({ time: Number(times[row]), buckets: readBuckets(histogram) })),
    );
  });
  const bands = new Map<string, Band>();
  for (const { buckets } of points) {
    for (const { low, high } of buckets) bands.set(`${low} ${high}`, { low, high, label: "" });
  }
  const sorted = [...bands.values()].sort((a, b) => a.low - b.low || a.high - b.high);
  const place = new Map(sorted.map(({ low, high }, index) => [`${low} ${high}`, index]));
  const times = allTimes(frames);
  const cells = emptyCells(times, sorted, stepOf(frames, times), false);
  const columns = new Map(cells.times.map((time, column) => [time, column]));
  for (const { time, buckets } of points) {
    const column = columns.get(time);
    if (column === undefined) continue;
    for (const { low, high, count } of buckets) add(cells, place.get(`${low} ${high}`) ?? 0, column, count);
  }
  return cells;
}

function add(cells: Cells, band: number, column: number, count: number): void {
  const at = band * cells.times.length + column;
  const before = cells.counts[at] ?? NaN;
  cells.counts[at] = Number.isNaN(before) ? count : before + count;
}

/** Buckets as the API gives them: `[boundary rule, lower, upper, count]`. */
function readBuckets(histogram: Json): NativeBucket[] {
  return array(histogram.buckets).map((source) => {
    const [, low, high, count] = array(source).map((part) => Number(text(part)));
    return { low: low ?? 0, high: high ?? 0, count: count ?? 0 };
  });
}

/** Plain values, sorted into buckets of time and of value. */
function fromValues(frames: readonly Frame[], calculation: Json, range: { from: number; to: number }): Cells {
  const values = frames.flatMap((frame) => numberFields(frame).flatMap((field) => field.values)).filter(isFinite);
  if (values.length === 0) return EMPTY;
  const stepMs = columnWidth(object(calculation.xBuckets), range);
  const first = Math.ceil(range.from / stepMs) * stepMs;
  const times = Array.from({ length: Math.floor((range.to - first) / stepMs) + 2 }, (_, index) => first + index * stepMs);
  const { bands, place } = valueBands(object(calculation.yBuckets), values);
  const cells = emptyCells(times, bands, stepMs, false);
  for (const frame of frames) {
    const at = timeField(frame)?.values ?? [];
    for (const field of numberFields(frame)) {
      field.values.forEach((value, row) => {
        const column = Math.ceil((Number(at[row]) - first) / stepMs);
        if (isFinite(value) && column >= 0 && column < cells.times.length) add(cells, place(value), column, 1);
      });
    }
  }
  return cells;
}

function isFinite(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value);
}

/** Widths of columns that people read easily, ms. */
const NICE_MS = [1, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400].map((s) => s * 1000);

function columnWidth(buckets: Json, range: { from: number; to: number }): number {
  const span = Math.max(1, range.to - range.from);
  const wanted = text(buckets.value);
  const size = buckets.mode === "size" || buckets.mode === undefined ? parseDuration(wanted) : undefined;
  const count = buckets.mode === "count" ? number(wanted) : undefined;
  const width = size ?? span / Math.max(1, count ?? COLUMNS);
  const nice = count === undefined && size === undefined ? (NICE_MS.find((one) => one >= width) ?? width) : width;
  return Math.max(nice, span / 2000);
}

function valueBands(buckets: Json, values: readonly number[]): { bands: Band[]; place: (value: number) => number } {
  const log = object(buckets.scale).type === "log" ? (number(object(buckets.scale).log) ?? 10) : undefined;
  const to = (value: number) => (log ? Math.log(Math.max(value, Number.MIN_VALUE)) / Math.log(log) : value);
  const back = (value: number) => (log ? log ** value : value);
  const scaled = values.map(to);
  const low = scaled.reduce((a, b) => Math.min(a, b), Infinity);
  const high = scaled.reduce((a, b) => Math.max(a, b), -Infinity);
  const wanted = number(text(buckets.value));
  const size =
    buckets.mode === "size" && wanted ? wanted : niceStep((high - low || 1) / (buckets.mode === "count" && wanted ? wanted : BANDS));
  const width = Math.max(log ? 1 / (wanted && buckets.mode !== "size" ? wanted : 2) : size, (high - low) / 500);
  const first = Math.floor(low / width);
  const count = Math.floor(high / width) - first + 1;
  const bands = Array.from({ length: count }, (_, index) => ({
    low: back((first + index) * width),
    high: back((first + index + 1) * width),
    label: "",
  }));
  return { bands, place: (value) => Math.min(count - 1, Math.max(0, Math.floor(to(value) / width) - first)) };
}
