/** Works out the options and values of a dashboard's variables, each after those it refers to. */

import { apiOf, type DataSource } from "../api/data-sources";
import { labelNames, labelValues, queryInstant, seriesLabels } from "../api/prometheus";
import { exact } from "../format/number";
import { formatLabels } from "../frame/name";
import type { Variable, VariableOption } from "../model/dashboard";
import { findSource, sourcesOfKind } from "../query/source";
import { patternOf } from "../text/pattern";
import { formatDuration, parseDuration } from "../time/duration";
import { roundInterval } from "../time/interval";
import type { TimeRange } from "../time/range";
import { interpolate, references, type Scope, type VariableValue } from "./interpolate";
import { readMetricQuery } from "./metric-query";
import { customOptions, optionsFrom } from "./options";

/** The value that stands for all options. */
export const ALL = "$__all";

export const AUTO_PREFIX = "$__auto_interval_";

export interface VariableState {
  variable: Variable;
  options: VariableOption[];
  /** Chosen values; `[ALL]` for all. */
  values: string[];
  error?: string | undefined;
}

/** Names of variables in an order in which each comes after those it uses; cycles keep their place. */
export function resolutionOrder(variables: readonly Variable[]): string[] {
  const byName = new Map(variables.map((variable) => [variable.name, variable]));
  const order: string[] = [];
  const seen = new Set<string>();
  const visit = (variable: Variable) => {
    if (seen.has(variable.name)) return;
    seen.add(variable.name);
    for (const name of dependencies(variable)) {
      const other = byName.get(name);
      if (other) visit(other);
    }
    order.push(variable.name);
  };
  variables.forEach(visit);
  return order;
}

export function dependencies(variable: Variable): string[] {
  return references(`${variable.query} ${variable.regex} ${variable.dataSource}`);
}

/** Whether a variable uses one of the named ones, itself or through others. */
export function dependsOn(variable: Variable, names: ReadonlySet<string>): boolean {
  return dependencies(variable).some((name) => names.has(name));
}

/** What the options of a variable depend on besides other variables. */
export interface Surroundings {
  /** Whether variables keep the options that they came with. */
  frozen?: boolean | undefined;
  range: TimeRange;
  sources: readonly DataSource[];
}

/** The options that a variable offers. */
export async function loadOptions(
  variable: Variable,
  scope: Scope,
  surroundings: Surroundings,
  signal: AbortSignal,
): Promise<VariableOption[]> {
  const { range, sources } = surroundings;
  if (surroundings.frozen) return variable.options;
  switch (variable.type) {
    case "query":
      return optionsFrom(
        await queryOptions(variable, scope, surroundings, signal),
        interpolate(variable.regex, scope, "promql"),
        variable.sort,
      );
    case "custom":
      return customOptions(interpolate(variable.query, scope));
    case "interval":
      return intervalOptions(variable, range);
    case "datasource":
      return sourceOptions(variable, interpolate(variable.regex, scope), sources);
    case "constant":
    case "textbox":
      return [{ text: interpolate(variable.query, scope), value: interpolate(variable.query, scope) }];
    default:
      return variable.options;
  }
}

/** The data sources of a kind, by name; the value is what panels know them by. */
function sourceOptions(variable: Variable, regex: string, sources: readonly DataSource[]): VariableOption[] {
  const pattern = regex ? patternOf(regex) : undefined;
  const matching = sourcesOfKind(variable.query, sources).filter(({ name }) => !pattern || pattern.test(name));
  return matching.map(({ name, uid }) => ({ text: name, value: uid }));
}

async function queryOptions(variable: Variable, scope: Scope, { range, sources }: Surroundings, signal: AbortSignal): Promise<string[]> {
  const api = apiOf(findSource(variable.dataSource, sources, scope));
  const seconds = Math.round((range.to - range.from) / 1000);
  const macros: Record<string, string> = { __range: `${seconds}s`, __range_s: String(seconds), __range_ms: String(range.to - range.from) };
  const withMacros: Scope = (name) => (macros[name] === undefined ? scope(name) : { values: [macros[name]] });
  const query = readMetricQuery(interpolate(variable.query, withMacros, "promql"));
  const { from, to } = range;
  switch (query.kind) {
    case "label-names":
      return labelNames(query.match, from, to, signal, api);
    case "label-values":
      return query.label ? labelValues(query.label, query.match, from, to, signal, api) : [];
    case "metrics": {
      const pattern = patternOf(query.pattern);
      return (await labelValues("__name__", "", from, to, signal, api)).filter((name) => pattern?.test(name));
    }
    case "query-result": {
      const { series } = await queryInstant(query.expr, to, signal, api);
      return series.map((one) => `${formatLabels(one.labels)} ${exact(one.values[0] ?? NaN)} ${one.times[0] ?? 0}`);
    }
    case "series":
      return query.match ? (await seriesLabels(query.match, from, to, signal, api)).map(formatLabels) : [];
  }
}

function intervalOptions(variable: Variable, range: TimeRange): VariableOption[] {
  const listed = [...variable.query.matchAll(/"([^"]+)"|([^,\s]+)/g)].map((match) => match[1] ?? match[2] ?? "");
  const options = listed.filter((value) => value !== "auto").map((value) => ({ text: value, value }));
  if (!variable.auto) return options;
  const minMs = parseDuration(variable.autoMin) ?? 10_000;
  const auto = Math.max(minMs, roundInterval((range.to - range.from) / Math.max(1, variable.autoCount)));
  return [{ text: `auto (${formatDuration(auto)})`, value: `${AUTO_PREFIX}${variable.name}` }, ...options];
}

/** The values to hold among the options: those wanted where they exist, else a sensible first. */
export function chooseValues(variable: Variable, options: readonly VariableOption[], wanted: readonly string[]): string[] {
  if (variable.type === "textbox") return [wanted[0] ?? options[0]?.value ?? ""];
  if (variable.type === "adhoc") return [...wanted];
  if (variable.type === "constant") return options.map((option) => option.value);
  const asked = wanted.map((value) => (value === "All" && variable.includeAll ? ALL : value));
  if (variable.includeAll && asked.includes(ALL)) return [ALL];
  const known = asked.filter((value) => options.some((option) => option.value === value));
  if (known.length) return variable.multi ? known : known.slice(0, 1);
  const byText = options.filter((option) => asked.includes(option.text)).map((option) => option.value);
  if (byText.length) return variable.multi ? byText : byText.slice(0, 1);
  if (variable.includeAll && (variable.multi || options.length === 0)) return [ALL];
  return options.slice(0, 1).map((option) => option.value);
}

/** What a variable puts into texts and queries. */
export function valueOf(state: VariableState, range: TimeRange): VariableValue {
  const { variable, options, values } = state;
  const multi = variable.multi || variable.includeAll;
  if (values.includes(ALL)) {
    const all = options.map((option) => option.value);
    return { values: all, texts: ["All"], multi, ...(variable.allValue ? { raw: variable.allValue } : {}) };
  }
  const [first = ""] = values;
  if (first.startsWith(AUTO_PREFIX)) {
    const auto = intervalOptions(variable, range)[0]?.text ?? "";
    return { values: [/\((.+)\)/.exec(auto)?.[1] ?? "1m"] };
  }
  const texts = values.map((value) => options.find((option) => option.value === value)?.text ?? value);
  return { values, texts, multi };
}
