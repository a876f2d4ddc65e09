/** Running a query of the page: its result, how long it took, and what was wrong with it. */

import { createEffect, createSignal, on, onCleanup, type Accessor } from "solid-js";
import { apiOf, type DataSource } from "../../api/data-sources";
import { isAbort, messageOf } from "../../api/http";
import { EXEMPLARS_MAX, type Exemplar } from "../../chart/exemplar";
import { explainQuery, queryExemplars, queryInstant, queryRange, type QueryPart, type QueryResult } from "../../api/prometheus";
import { autoStepMs, type QueryState } from "./address";
import { remember } from "./history";
import { type Problem, readProblem } from "./problem";

export interface Outcome {
  /** The query that was run. */
  query: QueryState;
  result?: QueryResult;
  exemplars: readonly Exemplar[];
  /** What the parts of the query cost, when that was asked for. */
  parts: readonly QueryPart[];
  problems: Problem[];
  tookMs: number;
  /** Ends of the graph, epoch ms. */
  from: number;
  to: number;
  stepMs: number;
}

export interface Run {
  outcome: Accessor<Outcome | undefined>;
  running: Accessor<boolean>;
}

/** Runs the query when it changes, and again when `again` does. */
export function createRun(query: Accessor<QueryState>, source: Accessor<DataSource>, again: Accessor<number>): Run {
  const [outcome, setOutcome] = createSignal<Outcome>();
  const [running, setRunning] = createSignal(false);
  let abort: AbortController | undefined;
  createEffect(
    on([query, source, again], ([state, asked]) => {
      abort?.abort();
      if (!state.expr.trim()) {
        setOutcome(undefined);
        return;
      }
      const own = new AbortController();
      abort = own;
      setRunning(true);
      void runQuery(state, asked, own.signal).then((next) => {
        if (own.signal.aborted || !next) return;
        setOutcome(next);
        setRunning(false);
      });
    }),
  );
  onCleanup(() => abort?.abort());
  return { outcome, running };
}

async function runQuery(query: QueryState, source: DataSource, signal: AbortSignal): Promise<Outcome | undefined> {
  const graph = query.tab === "graph";
  const to = (graph ? query.endMs : query.momentMs) ?? Date.now();
  const from = to - query.rangeMs;
  const stepMs = query.stepMs ?? autoStepMs(query.rangeMs);
  const started = performance.now();
  const base = { query, from, to, stepMs, exemplars: [], parts: [] };
  try {
    const { result, ...more } = await askFor(query, apiOf(source), { from, to, stepMs }, signal);
    remember(query.expr);
    const problems = [
      ...result.warnings.map((text) => readProblem(text, query.expr, "warning")),
      ...result.infos.map((text) => readProblem(text, query.expr, "info")),
    ];
    return { ...base, ...more, result, problems, tookMs: performance.now() - started };
  } catch (cause) {
    if (isAbort(cause)) return undefined;
    return { ...base, problems: [readProblem(messageOf(cause), query.expr, "error")], tookMs: performance.now() - started };
  }
}

interface Answered {
  result: QueryResult;
  exemplars?: readonly Exemplar[];
  parts?: readonly QueryPart[];
}

type Span = Pick<Outcome, "from" | "to" | "stepMs">;

async function askFor(query: QueryState, api: string, { from, to, stepMs }: Span, signal: AbortSignal): Promise<Answered> {
  switch (query.tab) {
    case "explain":
      return explainQuery(query.expr, to, signal);
    case "table":
      return { result: await queryInstant(query.expr, to, signal, api) };
    case "graph": {
      const result = await queryRange(query.expr, from, to, stepMs, signal, api);
      if (!query.exemplars) return { result };
      return { result, exemplars: (await queryExemplars(query.expr, from, to, signal, api)).slice(0, EXEMPLARS_MAX) };
    }
  }
}
