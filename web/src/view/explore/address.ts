/** Queries in the address, by Prometheus's parameters: `g0.expr`, `g0.tab`, `g0.range_input`, ... */

import { formatDuration, parseDuration } from "../../time/duration";
import { dateTime } from "../../time/clock";

export type Tab = "table" | "graph" | "explain";

export interface QueryState {
  expr: string;
  /** Uid of the data source; the default one when empty. */
  dataSource: string;
  tab: Tab;
  rangeMs: number;
  /** End of the graph, epoch ms; now when unset. */
  endMs?: number | undefined;
  /** Moment of the table, epoch ms; now when unset. */
  momentMs?: number | undefined;
  /** Step of the graph, ms; by the range when unset. */
  stepMs?: number | undefined;
  stacked: boolean;
  exemplars: boolean;
}

/** Queries that one page holds. */
export const QUERIES_MAX = 20;

const RANGE_DEFAULT_MS = 3_600_000;

export const EMPTY_QUERY: QueryState = {
  expr: "",
  dataSource: "",
  tab: "table",
  rangeMs: RANGE_DEFAULT_MS,
  stacked: false,
  exemplars: false,
};

/** At least one query. */
export function readQueries(params: URLSearchParams): QueryState[] {
  const found: QueryState[] = [];
  for (let index = 0; index < QUERIES_MAX; index += 1) {
    const get = (name: string) => params.get(`g${index}.${name}`) ?? undefined;
    if (get("expr") === undefined && get("tab") === undefined) break;
    found.push(readQuery(get));
  }
  return found.length ? found : [EMPTY_QUERY];
}

function readQuery(get: (name: string) => string | undefined): QueryState {
  const tab = get("tab");
  const step = get("res_type") === "auto" ? undefined : (get("res_step") ?? get("step_input"));
  return {
    expr: get("expr") ?? "",
    dataSource: get("data_source") ?? "",
    tab: tab === "graph" || tab === "0" ? "graph" : tab === "explain" ? "explain" : "table",
    rangeMs: parseDuration(get("range_input") ?? "") || RANGE_DEFAULT_MS,
    endMs: readTime(get("end_input")),
    momentMs: readTime(get("moment_input")),
    stepMs: step ? parseDuration(step) || undefined : undefined,
    stacked: get("display_mode") === "stacked" || get("stacked") === "1",
    exemplars: get("show_exemplars") === "1",
  };
}

/** `2026-11-22 05:48:00`, which is UTC as Prometheus writes it. */
function readTime(source: string | undefined): number | undefined {
  if (!source) return undefined;
  const ms = Date.parse(`${source.trim().replace(" ", "T")}Z`);
  return Number.isNaN(ms) ? undefined : ms;
}

export function writeQueries(queries: readonly QueryState[]): string {
  const params = new URLSearchParams();
  queries.forEach((query, index) => {
    const set = (name: string, value: string | undefined) => {
      if (value) params.set(`g${index}.${name}`, value);
    };
    params.set(`g${index}.expr`, query.expr);
    set("data_source", query.dataSource);
    set("tab", query.tab);
    set("range_input", formatDuration(query.rangeMs));
    set("end_input", query.endMs === undefined ? undefined : dateTime(query.endMs, true));
    set("moment_input", query.momentMs === undefined ? undefined : dateTime(query.momentMs, true));
    set("res_type", query.stepMs === undefined ? undefined : "custom");
    set("res_step", query.stepMs === undefined ? undefined : formatDuration(query.stepMs));
    set("display_mode", query.stacked ? "stacked" : undefined);
    set("show_exemplars", query.exemplars ? "1" : undefined);
  });
  return params.toString();
}

/** Points that a graph has where no step is given. */
const POINTS = 250;

/** The step of a graph over a range, ms; whole seconds, as Prometheus chooses it. */
export function autoStepMs(rangeMs: number): number {
  return Math.max(1, Math.floor(rangeMs / 1000 / POINTS)) * 1000;
}
