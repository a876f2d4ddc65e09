/** Calculations that reduce a field's values to one, under Grafana's ids. */

import type { Value } from "../frame/frame";
import type { FieldConfig } from "../model/field-config";

type Reducer = (values: readonly Value[]) => Value;

interface Calculation {
  name: string;
  reduce: Reducer;
}

const numbers = (values: readonly Value[]): number[] =>
  values.filter((value): value is number => typeof value === "number" && !Number.isNaN(value));

const present = (values: readonly Value[]): Value[] =>
  values.filter((value) => value !== null && !(typeof value === "number" && Number.isNaN(value)));

const overNumbers =
  (fold: (values: number[]) => number): Reducer =>
  (values) => {
    const kept = numbers(values);
    return kept.length ? fold(kept) : null;
  };

const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);
const mean = (values: number[]) => sum(values) / values.length;
const smallest = (values: number[]) => values.reduce((least, value) => (value < least ? value : least), Infinity);
const largest = (values: number[]) => values.reduce((most, value) => (value > most ? value : most), -Infinity);
const first = (values: number[]) => values[0] ?? NaN;
const last = (values: number[]) => values.at(-1) ?? NaN;

function variance(values: number[]): number {
  const middle = mean(values);
  return mean(values.map((value) => (value - middle) ** 2));
}

/** The value below which `share` (0 to 1) of the values lie. */
function percentile(values: number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
}

function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 ? (sorted[half] ?? NaN) : ((sorted[half - 1] ?? NaN) + (sorted[half] ?? NaN)) / 2;
}

/** How far a counter rose: the sum of its steps, a fall counted as a reset. */
function delta(values: number[]): number {
  let total = 0;
  for (let i = 1; i < values.length; i += 1) {
    const [before, after] = [values[i - 1] ?? 0, values[i] ?? 0];
    total += after >= before ? after - before : after;
  }
  return total;
}

function smallestStep(values: number[]): number {
  let least = Infinity;
  for (let i = 1; i < values.length; i += 1) least = Math.min(least, (values[i] ?? 0) - (values[i - 1] ?? 0));
  return least;
}

function changes(values: readonly Value[]): number {
  let count = 0;
  for (let i = 1; i < values.length; i += 1) if (values[i] !== values[i - 1]) count += 1;
  return count;
}

const CALCULATIONS: Record<string, Calculation> = {
  lastNotNull: { name: "Last *", reduce: (values) => present(values).at(-1) ?? null },
  last: { name: "Last", reduce: (values) => values.at(-1) ?? null },
  firstNotNull: { name: "First *", reduce: (values) => present(values)[0] ?? null },
  first: { name: "First", reduce: (values) => values[0] ?? null },
  min: { name: "Min", reduce: overNumbers(smallest) },
  max: { name: "Max", reduce: overNumbers(largest) },
  mean: { name: "Mean", reduce: overNumbers(mean) },
  median: { name: "Median", reduce: overNumbers(median) },
  sum: { name: "Total", reduce: overNumbers(sum) },
  count: { name: "Count", reduce: (values) => values.length },
  range: { name: "Range", reduce: overNumbers((values) => largest(values) - smallest(values)) },
  delta: { name: "Delta", reduce: overNumbers(delta) },
  diff: { name: "Difference", reduce: overNumbers((values) => last(values) - first(values)) },
  diffperc: { name: "Difference percent", reduce: overNumbers((values) => (last(values) - first(values)) / first(values)) },
  step: { name: "Step", reduce: overNumbers(smallestStep) },
  logmin: { name: "Min (above zero)", reduce: overNumbers((values) => smallest(values.filter((value) => value > 0))) },
  variance: { name: "Variance", reduce: overNumbers(variance) },
  stdDev: { name: "StdDev", reduce: overNumbers((values) => Math.sqrt(variance(values))) },
  allIsZero: { name: "All zeros", reduce: (values) => (values.length > 0 && values.every((value) => value === 0) ? 1 : 0) },
  allIsNull: { name: "All nulls", reduce: (values) => (present(values).length ? 0 : 1) },
  changeCount: { name: "Change count", reduce: (values) => changes(present(values)) },
  distinctCount: { name: "Distinct count", reduce: (values) => new Set(values).size },
};

/** Names that older dashboards use for the same calculations. */
const ALIASES: Record<string, string> = {
  current: "lastNotNull",
  avg: "mean",
  total: "sum",
  name: "lastNotNull",
};

function calculation(id: string): Calculation {
  const known = CALCULATIONS[ALIASES[id] ?? id];
  if (known) return known;
  const share = /^p(\d{1,2})$/.exec(id)?.[1];
  if (share) return { name: `${Number(share)}th %`, reduce: overNumbers((values) => percentile(values, Number(share) / 100)) };
  return { name: id, reduce: () => null };
}

/** One value from many; `null` when nothing is there, or for an unknown calculation. */
export function reduce(id: string, values: readonly Value[]): Value {
  return calculation(id).reduce(values);
}

/** Ids of the calculations that can be chosen; percentiles (`p95`) are understood besides. */
export function calculationIds(): string[] {
  return Object.keys(CALCULATIONS);
}

/** The name of a calculation in legends and tables. */
export function calculationName(id: string): string {
  return calculation(id).name;
}

/** Whether the result has the unit of the values, rather than being a count or a share. */
export function keepsUnit(id: string): boolean {
  return !["count", "changeCount", "distinctCount", "allIsZero", "allIsNull", "diffperc"].includes(ALIASES[id] ?? id);
}

/** How a result is shown: as the values are, without their unit where it is a count, in per cent where it is a share. */
export function resultConfig(config: FieldConfig, id: string): FieldConfig {
  if ((ALIASES[id] ?? id) === "diffperc") return { ...config, unit: "percentunit" };
  return keepsUnit(id) ? config : { ...config, unit: undefined };
}
