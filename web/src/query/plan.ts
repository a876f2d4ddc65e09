/** What a panel asks of the server: one request per target, with everything put in. */

import type { DataSource } from "../api/data-sources";
import type { Panel, Target } from "../model/dashboard";
import { parseDuration } from "../time/duration";
import { alignRange, intervalMacros, targetStep } from "../time/interval";
import type { TimeRange } from "../time/range";
import { type SourceFilter, withFilters } from "../variable/adhoc";
import { interpolate, type Scope } from "../variable/interpolate";
import { findSource, sourceOfTarget } from "./source";

export interface QueryRequest {
  target: Target;
  kind: "instant" | "range";
  expr: string;
  /** Epoch ms; an instant query is asked at `to`. */
  from: number;
  to: number;
  stepMs: number;
  /** Who is asked. */
  source: DataSource;
  /** The same for the same question, whichever panel asks it. */
  key: string;
}

export interface PlanContext {
  range: TimeRange;
  nowMs: number;
  /** Pixels that the panel has for points. */
  width: number;
  scope: Scope;
  /** Matchers that stand in every query. */
  filters?: readonly SourceFilter[] | undefined;
  utc: boolean;
  sources: readonly DataSource[];
}

/** Points asked for when the panel's width is not known yet. */
const WIDTH_DEFAULT = 600;

export function planPanel(panel: Panel, context: PlanContext): QueryRequest[] {
  const range = panelRange(panel, context);
  return panel.targets
    .filter((target) => !target.hide && target.expr.trim() !== "" && !target.foreign && !panel.foreign)
    .flatMap((target) => planTarget(panel, target, range, context));
}

/** The panel's own time range: `timeFrom` replaces the dashboard's, `timeShift` moves it back. */
export function panelRange(panel: Panel, context: PlanContext): TimeRange {
  const text = (source: string) => interpolate(source, context.scope);
  const own = parseDuration(text(panel.timeFrom));
  const shift = parseDuration(text(panel.timeShift)) ?? 0;
  const range = own === undefined ? context.range : { from: context.nowMs - own, to: context.nowMs };
  return { from: range.from - shift, to: range.to - shift };
}

function planTarget(panel: Panel, target: Target, range: TimeRange, context: PlanContext): QueryRequest[] {
  const rangeMs = range.to - range.from;
  const source = findSource(sourceOfTarget(panel.dataSource, target.dataSource), context.sources, context.scope);
  const step = targetStep({
    rangeMs,
    maxDataPoints: panel.maxDataPoints ?? (context.width || WIDTH_DEFAULT),
    panelMinMs: parseDuration(interpolate(panel.interval, context.scope)),
    targetMin: interpolate(target.interval, context.scope),
    scrapeIntervalMs: source.scrapeIntervalMs,
    factor: target.intervalFactor,
  });
  const macros = intervalMacros(step, rangeMs);
  const scope: Scope = (name) => {
    const macro = macros[name];
    return macro === undefined ? context.scope(name) : { values: [macro] };
  };
  const filters = (context.filters ?? []).filter(({ sourceUid }) => sourceUid === source.uid);
  const expr = withFilters(interpolate(target.expr, scope, "promql").trim(), filters);
  const requests: Question[] = [];
  if (target.range || !target.instant) requests.push(rangeRequest(target, expr, range, step.stepMs, context.utc));
  if (target.instant) requests.push(instantRequest(target, expr, range, step.stepMs));
  return requests.map((request) => ({ ...request, source, key: `${source.uid} ${request.key}` }));
}

/** A request that does not say yet whom it asks. */
type Question = Omit<QueryRequest, "source">;

function rangeRequest(target: Target, expr: string, range: TimeRange, stepMs: number, utc: boolean): Question {
  const offsetMs = utc ? 0 : -new Date(range.to).getTimezoneOffset() * 60_000;
  const [from, to] = alignRange(range.from, range.to, stepMs, offsetMs);
  return { target, kind: "range", expr, from, to, stepMs, key: `range ${from} ${to} ${stepMs} ${expr}` };
}

function instantRequest(target: Target, expr: string, range: TimeRange, stepMs: number): Question {
  return { target, kind: "instant", expr, from: range.from, to: range.to, stepMs, key: `instant ${range.to} ${expr}` };
}
