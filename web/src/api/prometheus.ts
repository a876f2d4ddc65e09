/** The Prometheus HTTP API as the pages use it. */

import type { Exemplar } from "../chart/exemplar";
import { parseSample } from "../format/number";
import { type Json, array, object, objects, text, texts } from "../json";
import { OWN_API } from "./data-sources";
import { ask } from "./ask";
import type { Params } from "./http";

export type Labels = Record<string, string>;

export interface Series {
  labels: Labels;
  /** Sample times, epoch ms. */
  times: number[];
  values: number[];
  /** Native histograms as the API gives them, in place of values. */
  histograms?: Json[];
}

export interface QueryResult {
  type: "vector" | "matrix" | "scalar" | "string";
  series: Series[];
  /** The text of a string result. */
  text?: string;
  warnings: string[];
  infos: string[];
}

/** Milliseconds as the API takes them: seconds with a fraction. */
export function apiTime(ms: number): string {
  return String(ms / 1000);
}

export async function queryInstant(expr: string, timeMs: number, signal?: AbortSignal, api = OWN_API): Promise<QueryResult> {
  return readResult(
    await ask(
      `${api}/query`,
      [
        ["query", expr],
        ["time", apiTime(timeMs)],
      ],
      signal,
    ),
  );
}

export async function queryRange(
  expr: string,
  from: number,
  to: number,
  stepMs: number,
  signal?: AbortSignal,
  api = OWN_API,
): Promise<QueryResult> {
  const params: Params = [
    ["query", expr],
    ["start", apiTime(from)],
    ["end", apiTime(to)],
    ["step", apiTime(stepMs)],
  ];
  return readResult(await ask(`${api}/query_range`, params, signal));
}

function readResult(answer: { data: unknown; warnings: string[]; infos: string[] }): QueryResult {
  const data = object(answer.data);
  const { warnings, infos } = answer;
  switch (data.resultType) {
    case "matrix":
      return { type: "matrix", series: objects(data.result).map(readMatrixSeries), warnings, infos };
    case "vector":
      return { type: "vector", series: objects(data.result).map(readVectorSeries), warnings, infos };
    case "scalar":
      return { type: "scalar", series: [pairs({}, [data.result])], warnings, infos };
    default:
      return { type: "string", series: [], text: text(array(data.result)[1]), warnings, infos };
  }
}

function readLabels(source: unknown): Labels {
  return Object.fromEntries(Object.entries(object(source)).map(([name, value]) => [name, text(value)]));
}

function readMatrixSeries(json: Json): Series {
  const series = pairs(readLabels(json.metric), array(json.values));
  if (series.times.length > 0 || !json.histograms) return series;
  return histogramSeries(series.labels, array(json.histograms));
}

function readVectorSeries(json: Json): Series {
  const labels = readLabels(json.metric);
  return json.histogram ? histogramSeries(labels, [json.histogram]) : pairs(labels, [json.value]);
}

function pairs(labels: Labels, source: unknown[]): Series {
  const times: number[] = [];
  const values: number[] = [];
  for (const pair of source) {
    const [time, value] = array(pair);
    times.push(Math.round(Number(time) * 1000));
    values.push(parseSample(text(value)));
  }
  return { labels, times, values };
}

function histogramSeries(labels: Labels, source: unknown[]): Series {
  const points = source.map(array);
  const histograms = points.map(([, histogram]) => object(histogram));
  return {
    labels,
    times: points.map(([time]) => Math.round(Number(time) * 1000)),
    values: histograms.map((histogram) => parseSample(text(histogram.count, "NaN"))),
    histograms,
  };
}

function spanParams(match: string, from: number, to: number): [string, string][] {
  const span: [string, string][] = [
    ["start", apiTime(from)],
    ["end", apiTime(to)],
  ];
  return match ? [["match[]", match], ...span] : span;
}

export async function labelNames(match: string, from: number, to: number, signal?: AbortSignal, api = OWN_API): Promise<string[]> {
  return texts((await ask(`${api}/labels`, spanParams(match, from, to), signal)).data);
}

export async function labelValues(
  label: string,
  match: string,
  from: number,
  to: number,
  signal?: AbortSignal,
  api = OWN_API,
): Promise<string[]> {
  const path = `${api}/label/${encodeURIComponent(label)}/values`;
  return texts((await ask(path, spanParams(match, from, to), signal)).data);
}

export async function seriesLabels(match: string, from: number, to: number, signal?: AbortSignal, api = OWN_API): Promise<Labels[]> {
  const answer = await ask(`${api}/series`, spanParams(match, from, to), signal);
  return array(answer.data).map(readLabels);
}

export interface MetricMetadata {
  type: string;
  help: string;
  unit: string;
}

/** What is known of a metric family; undefined when nothing is. */
export async function metricMetadata(metric: string, signal?: AbortSignal): Promise<MetricMetadata | undefined> {
  const answer = await ask(
    "/api/v1/metadata",
    [
      ["metric", metric],
      ["limit_per_metric", "1"],
    ],
    signal,
  );
  const [first] = objects(object(answer.data)[metric]);
  return first && { type: text(first.type), help: text(first.help), unit: text(first.unit) };
}

/** The expression as the server writes it, with line breaks where it is long. */
export async function formatQuery(expr: string): Promise<string> {
  return text((await ask("/api/v1/format_query", [["query", expr]])).data);
}

/** A part of an expression, and what it gave and cost with all parts within it. */
export interface QueryPart {
  type: string;
  /** Where it stands in the expression, in bytes. */
  start: number;
  end: number;
  series: number;
  samples: number;
  samplesRead: number;
  seconds: number;
}

/** An instant query, taken apart. */
export async function explainQuery(
  expr: string,
  timeMs: number,
  signal?: AbortSignal,
): Promise<{ result: QueryResult; parts: QueryPart[] }> {
  const params: Params = [
    ["query", expr],
    ["time", apiTime(timeMs)],
    ["explain", "1"],
  ];
  const answer = await ask("/api/v1/query", params, signal);
  const parts = objects(object(answer.data).explain).map((json) => ({
    type: text(json.type),
    start: Number(json.start),
    end: Number(json.end),
    series: Number(json.series),
    samples: Number(json.samples),
    samplesRead: Number(json.samplesRead),
    seconds: Number(json.time),
  }));
  return { result: readResult(answer), parts };
}

/** The exemplars of all series that an expression reads. */
export async function queryExemplars(expr: string, from: number, to: number, signal?: AbortSignal, api = OWN_API): Promise<Exemplar[]> {
  const params: Params = [
    ["query", expr],
    ["start", apiTime(from)],
    ["end", apiTime(to)],
  ];
  const answer = await ask(`${api}/query_exemplars`, params, signal);
  return objects(answer.data).flatMap((json) => {
    const series = readLabels(json.seriesLabels);
    return objects(json.exemplars).map((one) => ({
      time: Math.round(Number(one.timestamp) * 1000),
      value: parseSample(text(one.value)),
      labels: readLabels(one.labels),
      series,
    }));
  });
}

export interface Alert {
  state: string;
  labels: Labels;
  annotations: Labels;
  /** Epoch ms. */
  activeAt: number;
}

/** The alerts that fire or wait to fire. */
export async function activeAlerts(signal?: AbortSignal): Promise<Alert[]> {
  const answer = await ask("/api/v1/alerts", [], signal);
  return objects(object(answer.data).alerts).map((json) => ({
    state: text(json.state),
    labels: readLabels(json.labels),
    annotations: readLabels(json.annotations),
    activeAt: Date.parse(text(json.activeAt)) || 0,
  }));
}

export type Health = "up" | "down" | "unknown";

export interface ScrapeTarget {
  pool: string;
  url: string;
  health: Health;
  labels: Labels;
  discovered: Labels;
  /** Epoch ms; 0 when it was never scraped. */
  lastScrape: number;
  durationMs: number;
  interval: string;
  timeout: string;
  error: string;
  cause: string;
  cure: string;
  /** The worst first; the cause of a failure is among them. */
  findings: TargetFinding[];
}

export interface TargetFinding {
  severity: "error" | "warning" | "info";
  text: string;
  cure: string;
}

export async function scrapeTargets(signal?: AbortSignal): Promise<ScrapeTarget[]> {
  const answer = await ask("/api/v1/targets", [["state", "active"]], signal);
  return objects(object(answer.data).activeTargets).map(readTarget);
}

function readTarget(json: Json): ScrapeTarget {
  const health = text(json.health);
  const scraped = Date.parse(text(json.lastScrape));
  return {
    pool: text(json.scrapePool),
    url: text(json.scrapeUrl),
    health: health === "up" || health === "down" ? health : "unknown",
    labels: readLabels(json.labels),
    discovered: readLabels(json.discoveredLabels),
    lastScrape: scraped > 0 ? scraped : 0,
    durationMs: Number(json.lastScrapeDuration ?? 0) * 1000,
    interval: text(json.scrapeInterval),
    timeout: text(json.scrapeTimeout),
    error: text(json.lastError),
    cause: text(json.cause),
    cure: text(json.cure),
    findings: objects(json.findings).map(readFinding),
  };
}

function readFinding(json: Json): TargetFinding {
  const severity = text(json.severity);
  return {
    severity: severity === "error" || severity === "warning" ? severity : "info",
    text: text(json.text),
    cure: text(json.cure),
  };
}
