/** What the page shows now as what the dashboard opens with: its time range and its variables' values. */

import { type Json, isObject, object, objects, text } from "../json";
import { readVariable } from "../model/read-variable";
import { readFilter } from "../variable/adhoc";
import { ALL } from "../variable/resolve";

/** With the time range of the address. */
export function withCurrentTime(json: Json, query: URLSearchParams): Json {
  const time = object(json.time);
  const [from, to] = [query.get("from") ?? text(time.from), query.get("to") ?? text(time.to)];
  if (from === text(time.from) && to === text(time.to)) return json;
  return { ...json, time: { ...time, from, to } };
}

/** With the variables' values of the address. */
export function withCurrentValues(json: Json, query: URLSearchParams): Json {
  const templating = object(json.templating);
  const list = objects(templating.list);
  const next = list.map((variable) => withValues(variable, query.getAll(`var-${text(variable.name)}`)));
  return next.every((one, index) => one === list[index]) ? json : { ...json, templating: { ...templating, list: next } };
}

function withValues(variable: Json, values: readonly string[]): Json {
  const now = object(variable.current);
  const before = readVariable(variable, {}).current;
  if (values.length === 0 || values.join("\n") === before.join("\n")) return variable;
  if (variable.type === "adhoc") return { ...variable, filters: values.flatMap((value) => readFilter(value) ?? []) };
  const many = variable.multi === true || values.length > 1;
  const texts = values.map((value) => (value === ALL ? "All" : textOf(variable, value)));
  const current = { ...now, text: many ? texts : texts[0], value: many ? [...values] : values[0] };
  return { ...variable, current, ...(variable.type === "textbox" ? { query: values[0] } : {}) };
}

function textOf(variable: Json, value: string): string {
  const option = objects(variable.options).find((one) => one.value === value);
  return option && !isObject(option.text) ? text(option.text, value) : value;
}
