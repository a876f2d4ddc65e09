/** The options of a variable: filtered and renamed by its regular expression, sorted, without repeats. */

import type { VariableOption } from "../model/dashboard";
import { patternOf } from "../text/pattern";

/** Options that one variable may offer. */
const OPTIONS_MAX = 5000;

/** Options from what a query answered. */
export function optionsFrom(found: readonly string[], regex: string, sort: number): VariableOption[] {
  const options = new Map<string, VariableOption>();
  for (const value of found) {
    const option = regex ? filtered(value, regex) : { value, text: value };
    if (option && !options.has(option.value)) options.set(option.value, option);
    if (options.size >= OPTIONS_MAX) break;
  }
  return sorted([...options.values()], sort);
}

/** A regex keeps what it matches; its first group, or groups named `value` and `text`, cut a piece out. */
function filtered(source: string, regex: string): VariableOption | undefined {
  const match = patternOf(regex)?.exec(source);
  if (!match) return undefined;
  const value = match.groups?.value ?? match.groups?.text ?? match[1] ?? source;
  return { value, text: match.groups?.text ?? value };
}

/** Sort ids as Grafana numbers them: odd ascending, even descending; text, numbers, then without case. */
function sorted(options: VariableOption[], sort: number): VariableOption[] {
  if (sort < 1 || sort > 8) return options;
  const compare = [byText, byNumber, byTextWithoutCase, byNatural][Math.floor((sort - 1) / 2)] ?? byText;
  const direction = sort % 2 ? 1 : -1;
  return [...options].sort((a, b) => direction * compare(a.text, b.text));
}

function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function byNumber(a: string, b: string): number {
  const of = (value: string) => Number(/-?\d+(\.\d+)?/.exec(value)?.[0] ?? -1);
  return of(a) - of(b);
}

function byTextWithoutCase(a: string, b: string): number {
  return byText(a.toLowerCase(), b.toLowerCase());
}

function byNatural(a: string, b: string): number {
  return a.localeCompare(b, undefined, { numeric: true });
}

/** A custom variable's list: `a, b, Name : value`, commas escaped by `\,`. */
export function customOptions(query: string): VariableOption[] {
  return [...query.matchAll(/(?:\\,|[^,])+/g)].slice(0, OPTIONS_MAX).flatMap(([part]) => {
    const item = part.replace(/\\,/g, ",").trim();
    if (!item) return [];
    const pair = /^\s*(.+)\s:\s(.+)$/.exec(item);
    return [pair ? { text: (pair[1] ?? "").trim(), value: (pair[2] ?? "").trim() } : { text: item, value: item }];
  });
}
