/** From a variable's JSON to the model. */

import { type Json, array, flag, isObject, number, object, objects, text } from "../json";
import { FILTER_OPERATORS, writeFilter } from "../variable/adhoc";
import { readSourceName } from "./read-source";
import type { Variable, VariableOption, VariableType } from "./dashboard";

const TYPES: readonly VariableType[] = ["query", "custom", "datasource", "interval", "constant", "textbox", "adhoc"];

export function readVariable(json: Json, dashboard: Json): Variable {
  const name = text(json.name);
  const type = TYPES.find((known) => known === json.type) ?? "unknown";
  const current = object(json.current);
  return {
    name,
    type,
    label: text(json.label) || name,
    description: text(json.description),
    hide: hideOf(json.hide),
    dataSource: readSourceName(json.datasource),
    query: type === "constant" ? constantQuery(json, dashboard) : queryText(json),
    regex: text(json.regex),
    sort: number(json.sort) ?? 0,
    multi: flag(json.multi),
    includeAll: flag(json.includeAll),
    allValue: text(json.allValue),
    auto: flag(json.auto),
    autoCount: number(json.auto_count) ?? 30,
    autoMin: text(json.auto_min, "10s"),
    refreshOnTime: number(json.refresh) === 2,
    current: type === "adhoc" ? objects(json.filters).map(filterOf) : valuesOf(current.value),
    options: objects(json.options).map(readOption),
  };
}

function filterOf(json: Json): string {
  const operator = FILTER_OPERATORS.find((one) => one === json.operator) ?? "=";
  return writeFilter({ key: text(json.key), operator, value: text(json.value) });
}

function hideOf(source: unknown): Variable["hide"] {
  if (source === 1 || source === "hideLabel") return "label";
  return source === 2 || source === "hideVariable" ? "variable" : "no";
}

/** The query as text; newer dashboards keep it in an object, with the text in `definition` besides. */
function queryText(json: Json): string {
  if (!isObject(json.query)) return text(json.query);
  return text(json.query.query) || text(json.query.expr) || text(json.definition);
}

/** A constant exported for sharing holds `${VAR_NAME}`, whose value stands in `__inputs`. */
function constantQuery(json: Json, dashboard: Json): string {
  const query = text(json.query);
  const input = /^\$\{(VAR_\w+)\}$/.exec(query)?.[1];
  const found = input && objects(dashboard.__inputs).find((candidate) => candidate.name === input);
  return found ? text(found.value) : query;
}

export function readOption(json: Json): VariableOption {
  const value = valuesOf(json.value)[0] ?? "";
  return { value, text: valuesOf(json.text)[0] ?? value };
}

function valuesOf(source: unknown): string[] {
  if (source === undefined || source === null) return [];
  return Array.isArray(source) ? array(source).map((value) => text(value)) : [text(source)];
}
