/** Range results that are kept, so that a refresh asks only for what is new. */

import type { QueryResult, Series } from "../api/prometheus";
import { formatLabels } from "../frame/name";

/** How much of what is known is asked again, ms: late samples change the newest points. */
const OVERLAP_MS = 60_000;
/** Results that are kept, and points in one of them. */
const KEPT_MAX = 150;
const POINTS_MAX = 200_000;

interface Kept {
  from: number;
  to: number;
  result: QueryResult;
}

export interface RangeQuestion {
  /** Who is asked. */
  source: { uid: string };
  expr: string;
  from: number;
  to: number;
  stepMs: number;
}

type Ask = (from: number) => Promise<QueryResult>;

export class Tails {
  private readonly kept = new Map<string, Kept>();

  /** The result for the question; `ask` gives it from some moment on. */
  async complete(question: RangeQuestion, ask: Ask): Promise<QueryResult> {
    const { from, to } = question;
    const key = `${question.source.uid} ${question.stepMs} ${question.expr}`;
    const before = this.kept.get(key);
    const start = before && isKnown(before, question) ? tailStart(before, question) : from;
    const answer = await ask(start);
    const result = before && start > from ? join(before.result, answer, from, start) : answer;
    this.keep(question, key, { from, to, result });
    return result;
  }

  clear(): void {
    this.kept.clear();
  }

  private keep(question: RangeQuestion, key: string, kept: Kept): void {
    this.kept.delete(key);
    const points = kept.result.series.reduce((sum, series) => sum + series.times.length, 0);
    // `@` reads at one moment for all points, which may be the end of the range.
    if (kept.result.type !== "matrix" || points > POINTS_MAX || question.expr.includes("@")) return;
    this.kept.set(key, kept);
    const [oldest] = this.kept.keys();
    if (this.kept.size > KEPT_MAX && oldest !== undefined) this.kept.delete(oldest);
  }
}

/** Whether what is kept reaches into the question from its start, on the same grid of steps. */
function isKnown(kept: Kept, { from, to, stepMs }: RangeQuestion): boolean {
  return kept.from <= from && from < kept.to && kept.to <= to && (from - kept.from) % stepMs === 0;
}

function tailStart(kept: Kept, { from, stepMs }: RangeQuestion): number {
  const steps = Math.floor((kept.to - OVERLAP_MS - from) / stepMs);
  return steps > 0 ? from + steps * stepMs : from;
}

/** Known points from `from` on and before `start`, then the new ones. */
function join(known: QueryResult, tail: QueryResult, from: number, start: number): QueryResult {
  const series = new Map<string, Series>();
  for (const one of known.series) {
    const head = cut(one, from, start);
    if (head.times.length) series.set(formatLabels(one.labels), head);
  }
  for (const one of tail.series) {
    const key = formatLabels(one.labels);
    const head = series.get(key);
    series.set(key, head ? append(head, one) : one);
  }
  // Series that are new take their place among the others, as the server orders them.
  const ordered = [...series].sort(([a], [b]) => (a < b ? -1 : 1));
  return { ...tail, series: (series.size > known.series.length ? ordered : [...series]).map(([, one]) => one) };
}

function cut(series: Series, from: number, end: number): Series {
  const first = series.times.findIndex((time) => time >= from);
  const last = series.times.findIndex((time) => time >= end);
  const range = [first < 0 ? series.times.length : first, last < 0 ? series.times.length : last] as const;
  return {
    labels: series.labels,
    times: series.times.slice(...range),
    values: series.values.slice(...range),
    ...(series.histograms ? { histograms: series.histograms.slice(...range) } : {}),
  };
}

function append(head: Series, tail: Series): Series {
  const histograms = head.histograms && tail.histograms ? { histograms: [...head.histograms, ...tail.histograms] } : {};
  return { labels: tail.labels, times: [...head.times, ...tail.times], values: [...head.values, ...tail.values], ...histograms };
}
