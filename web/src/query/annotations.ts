/** Annotations that a dashboard asks of the metrics: where an expression is not zero, something happened. */

import type { Annotation } from "../chart/annotation";
import { findAnnotations } from "../api/annotations";
import { apiOf, type DataSource } from "../api/data-sources";
import { queryRange, type Series } from "../api/prometheus";
import { renderLegend } from "../frame/name";
import type { AnnotationQuery, OwnAnnotations } from "../model/dashboard";
import { parseDuration } from "../time/duration";
import type { TimeRange } from "../time/range";
import { interpolate, type Scope } from "../variable/interpolate";
import { findSource } from "./source";

/** Step where none is given, ms, and points that are asked for at most. */
const STEP_MS = 60_000;
const POINTS_MAX = 11_000;
/** Annotations that one query may bring. */
const ANNOTATIONS_MAX = 500;

/** What annotations are asked for by. */
export interface AnnotationAsking {
  range: TimeRange;
  scope: Scope;
  sources: readonly DataSource[];
  dashboardUid: string;
}

export async function loadAnnotations(query: AnnotationQuery, asking: AnnotationAsking, signal: AbortSignal): Promise<Annotation[]> {
  if (query.own) return loadOwn(query, query.own, asking, signal);
  const { range, scope, sources } = asking;
  const asked = parseDuration(interpolate(query.step, scope)) ?? STEP_MS;
  const stepMs = Math.max(asked, Math.ceil((range.to - range.from) / POINTS_MAX / 1000) * 1000, 1000);
  const from = Math.floor(range.from / stepMs) * stepMs;
  const to = Math.ceil(range.to / stepMs) * stepMs;
  const api = apiOf(findSource(query.dataSource, sources, scope));
  const { series } = await queryRange(interpolate(query.expr, scope, "promql"), from, to, stepMs, signal, api);
  return series.flatMap((one) => toAnnotations(query, one, stepMs)).slice(0, ANNOTATIONS_MAX);
}

async function loadOwn(query: AnnotationQuery, own: OwnAnnotations, asking: AnnotationAsking, signal: AbortSignal): Promise<Annotation[]> {
  const tags = own.tags.map((tag) => interpolate(tag, asking.scope));
  if (tags.length === 0 && !asking.dashboardUid) return [];
  const found = await findAnnotations({ ...own, ...asking.range, tags, dashboardUid: asking.dashboardUid }, signal);
  return found.map((one) => ({ ...one, title: one.text, text: "", color: query.color }));
}

export function toAnnotations(query: AnnotationQuery, series: Series, stepMs: number): Annotation[] {
  const said = {
    title: renderLegend(query.titleFormat || query.name, series.labels),
    text: renderLegend(query.textFormat, series.labels),
    tags: query.tagKeys.flatMap((key) => series.labels[key] ?? []),
    color: query.color,
  };
  if (query.useValueForTime) return series.values.filter((time) => time > 0).map((time) => ({ ...said, from: time, to: time }));
  const spans: Annotation[] = [];
  series.times.forEach((time, index) => {
    if (!series.values[index]) return;
    const before = spans.at(-1);
    if (before && time - before.to <= stepMs) before.to = time;
    else spans.push({ ...said, from: time, to: time });
  });
  return spans;
}
