/** Runs a panel's requests. A failing target leaves the others their results. */

import { Flights } from "../api/flight";
import { apiOf } from "../api/data-sources";
import { messageOf } from "../api/http";
import { queryExemplars, queryInstant, queryRange, type QueryResult } from "../api/prometheus";
import { EXEMPLARS_MAX, type Exemplar } from "../chart/exemplar";
import type { Frame } from "../frame/frame";
import { SERIES_MAX, toFrames } from "./frames";
import type { QueryRequest } from "./plan";
import type { Tails } from "./tail";

export interface PanelResult {
  frames: Frame[];
  exemplars: Exemplar[];
  errors: string[];
  notices: string[];
}

export type QueryFlights = Flights<QueryResult>;

/** What panels ask through: each question once, and of a range only what is new. */
export interface Asking {
  flights: QueryFlights;
  tails: Tails;
}

export async function runQueries(requests: readonly QueryRequest[], asking: Asking, signal: AbortSignal): Promise<PanelResult> {
  const exemplars = Promise.all(requests.filter(wantsExemplars).map((request) => runExemplars(request, signal)));
  const outcomes = await Promise.all(requests.map((request) => runOne(request, asking, signal)));
  const result: PanelResult = { frames: [], exemplars: (await exemplars).flat().slice(0, EXEMPLARS_MAX), errors: [], notices: [] };
  signal.throwIfAborted();
  const targets = new Set(requests.map((request) => request.target.refId)).size;
  outcomes.forEach((outcome, index) => {
    const request = requests[index];
    if (!request) return;
    if (typeof outcome === "string") result.errors.push(outcome);
    else addOutcome(result, request, outcome, targets);
  });
  result.errors = [...new Set(result.errors)];
  result.notices = [...new Set(result.notices)];
  return result;
}

function wantsExemplars({ kind, target }: QueryRequest): boolean {
  return kind === "range" && target.exemplar;
}

/** Curves are worth drawing without their exemplars, so a failure is none of the panel. */
async function runExemplars(request: QueryRequest, signal: AbortSignal): Promise<Exemplar[]> {
  return queryExemplars(request.expr, request.from, request.to, signal, apiOf(request.source)).catch(() => []);
}

function addOutcome(result: PanelResult, request: QueryRequest, outcome: QueryResult, targets: number): void {
  result.frames.push(...toFrames(request, outcome, targets));
  result.notices.push(...outcome.warnings, ...outcome.infos);
  if (outcome.series.length > SERIES_MAX) {
    result.notices.push(`the first ${SERIES_MAX} of ${outcome.series.length} series are shown`);
  }
}

async function runOne(request: QueryRequest, { flights, tails }: Asking, signal: AbortSignal): Promise<QueryResult | string> {
  try {
    return await flights.ask(request.key, signal, (own) =>
      request.kind === "instant"
        ? queryInstant(request.expr, request.to, own, apiOf(request.source))
        : tails.complete(request, (from) => queryRange(request.expr, from, request.to, request.stepMs, own, apiOf(request.source))),
    );
  } catch (cause) {
    return messageOf(cause);
  }
}
