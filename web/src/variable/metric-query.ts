/** The small query language of Prometheus variables: `label_values(…)`, `query_result(…)` and the rest. */

export type MetricQuery =
  | { kind: "label-names"; match: string }
  | { kind: "label-values"; label: string; match: string }
  | { kind: "metrics"; pattern: string }
  | { kind: "query-result"; expr: string }
  | { kind: "series"; match: string };

/** What a variable's query asks for. */
export function readMetricQuery(source: string): MetricQuery {
  const query = source.trim();
  const call = /^(\w+)\(([\s\S]*)\)\s*$/.exec(query);
  const inner = (call?.[2] ?? "").trim();
  switch (call?.[1]) {
    case "label_names":
      return { kind: "label-names", match: inner };
    case "label_values":
      return labelValues(inner);
    case "metrics":
      return { kind: "metrics", pattern: inner };
    case "query_result":
      return { kind: "query-result", expr: inner };
    default:
      return { kind: "series", match: query };
  }
}

/** The label is what follows the last comma; selectors hold commas too. */
function labelValues(inner: string): MetricQuery {
  const comma = inner.lastIndexOf(",");
  const label = inner.slice(comma + 1).trim();
  if (comma < 0 || !/^[a-zA-Z_][a-zA-Z0-9_]*$/.test(label)) return { kind: "label-values", label: inner, match: "" };
  return { kind: "label-values", label, match: inner.slice(0, comma).trim() };
}
