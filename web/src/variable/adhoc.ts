/** Ad hoc filters: matchers that a reader adds to every selector of a dashboard's queries. */

export const FILTER_OPERATORS = ["=", "!=", "=~", "!~"] as const;
export type FilterOperator = (typeof FILTER_OPERATORS)[number];

export interface AdhocFilter {
  key: string;
  operator: FilterOperator;
  value: string;
}

/** A filter, and the data source whose queries it is for. */
export interface SourceFilter extends AdhocFilter {
  sourceUid: string;
}

/** As Grafana writes a filter into an address: `key|operator|value`, with the bar escaped in its parts. */
export function writeFilter({ key, operator, value }: AdhocFilter): string {
  return [key, operator, value].map((part) => part.replaceAll("|", "__gfp__")).join("|");
}

export function readFilter(source: string): AdhocFilter | undefined {
  const [key = "", operator = "", ...rest] = source.split("|").map((part) => part.replaceAll("__gfp__", "|"));
  const known = FILTER_OPERATORS.find((one) => one === operator);
  return key && known ? { key, operator: known, value: rest.join("|") } : undefined;
}

/** Words that are no metric names where one could stand. */
const WORDS = new Set(
  "and or unless atan2 bool offset by without on ignoring group_left group_right inf nan start end smoothed anchored fill fill_left fill_right".split(
    " ",
  ),
);
/** Words that labels in brackets follow. */
const GROUPING = new Set(["by", "without", "on", "ignoring", "group_left", "group_right"]);
const STRING = /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`/;
const TOKEN = new RegExp(
  [
    STRING.source,
    /#[^\n]*/,
    /\[[^\]]*\]/,
    /\{(?:[^{}"'`]|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`)*\}/,
    /\d[\w.]*/,
    /[A-Za-z_:][\w:.]*/,
    /[\s\S]/,
  ]
    .map((part) => (typeof part === "string" ? part : part.source))
    .join("|"),
  "g",
);

/** The expression with the filters in each of its selectors. */
export function withFilters(expr: string, filters: readonly AdhocFilter[]): string {
  if (filters.length === 0) return expr;
  const added = filters.map(({ key, operator, value }) => `${labelName(key)}${operator}${JSON.stringify(value)}`).join(",");
  const tokens = expr.match(TOKEN) ?? [];
  const out: string[] = [];
  let grouped = false;
  for (let at = 0; at < tokens.length; at += 1) {
    const token = tokens[at] ?? "";
    const next = tokens.slice(at + 1).find((one) => one.trim() !== "");
    if (grouped || !isSelector(token, next)) {
      out.push(token);
      // Labels of a grouping end at its bracket.
      grouped = token !== ")" && (grouped || (GROUPING.has(token.toLowerCase()) && next === "("));
    } else if (token.startsWith("{")) out.push(join(token, added));
    else if (next?.startsWith("{")) out.push(token);
    else out.push(`${token}{${added}}`);
  }
  return out.join("");
}

function isSelector(token: string, next: string | undefined): boolean {
  if (token.startsWith("{")) return true;
  const isAggregation = next === "(" || next === "by" || next === "without";
  return /^[A-Za-z_:]/.test(token) && !isAggregation && !WORDS.has(token.toLowerCase());
}

/** `{a="b",}` with more in it. */
function join(selector: string, added: string): string {
  const inside = selector.slice(1, -1).trim().replace(/,$/, "");
  return `{${inside ? `${inside},` : ""}${added}}`;
}

/** Names that are none by the old rules have to be quoted. */
function labelName(key: string): string {
  return /^[A-Za-z_]\w*$/.test(key) ? key : JSON.stringify(key);
}
