/** From the API's series to frames, as time series or as one table per target. */

import { parseSample } from "../format/number";
import type { QueryResult, Series } from "../api/prometheus";
import type { Field, Frame, Value } from "../frame/frame";
import { formatLabels, renderLegend } from "../frame/name";
import type { QueryRequest } from "./plan";

/** Series that one target may bring into a panel. */
export const SERIES_MAX = 1000;

export function toFrames(request: QueryRequest, result: QueryResult, targets: number): Frame[] {
  if (result.type === "string") return [textFrame(request, result.text ?? "")];
  const series = result.series.slice(0, SERIES_MAX);
  if (series.length === 0) return [];
  if (request.target.format === "table") return [toTable(request, series, targets)];
  if (request.target.format === "heatmap") return toBucketFrames(request, series);
  return series.map((one) => toSeriesFrame(request, one, result.series.length));
}

function textFrame(request: QueryRequest, text: string): Frame {
  return { refId: request.target.refId, fields: [{ name: "Value", type: "string", values: [text], config: { custom: {} } }] };
}

function toSeriesFrame(request: QueryRequest, series: Series, count: number): Frame {
  const { __name__: metric, ...labels } = series.labels;
  const name = legendName(request, series, count);
  return {
    ...(name === undefined ? {} : { name }),
    refId: request.target.refId,
    ...(request.kind === "range" ? { stepMs: request.stepMs } : {}),
    fields: [
      { name: "Time", type: "time", values: series.times, config: { custom: {} } },
      {
        name: name === undefined && metric ? metric : "Value",
        type: "number",
        labels,
        values: series.values,
        ...(series.histograms ? { histograms: series.histograms } : {}),
        config: { custom: {} },
      },
    ],
  };
}

/** The series' name; `undefined` where its labels name it ("Auto" in Grafana's editor). */
function legendName(request: QueryRequest, series: Series, count: number): string | undefined {
  const { legendFormat } = request.target;
  const labels = formatLabels(series.labels);
  if (legendFormat === "__auto")
    return labels === "" || (count === 1 && Object.keys(series.labels).length === 0) ? request.expr : undefined;
  if (legendFormat !== "") return renderLegend(legendFormat, series.labels) || request.expr;
  return labels || request.expr;
}

/** Classic histogram buckets: each counts what the one below it does not, and is named by its upper end. */
function toBucketFrames(request: QueryRequest, series: readonly Series[]): Frame[] {
  const bounds = series.map((one) => ({ one, bound: parseSample(one.labels.le ?? "NaN") }));
  if (bounds.every(({ bound }) => Number.isNaN(bound))) return series.map((one) => toSeriesFrame(request, one, series.length));
  bounds.sort((a, b) => a.bound - b.bound);
  return bounds.map(({ one }, index): Frame => {
    const below = new Map(bounds[index - 1]?.one.times.map((time, at) => [time, bounds[index - 1]?.one.values[at] ?? 0]));
    const values = one.values.map((count, at) => Math.max(0, count - (below.get(one.times[at] ?? 0) ?? 0)));
    return toSeriesFrame({ ...request, target: { ...request.target, legendFormat: "{{le}}" } }, { ...one, values }, series.length);
  });
}

/** One row per sample, one column per label; the value's column carries the target's name when there are several. */
function toTable(request: QueryRequest, series: readonly Series[], targets: number): Frame {
  const names = [...new Set(series.flatMap((one) => Object.keys(one.labels)))].sort();
  const time: Field = { name: "Time", type: "time", values: [], config: { custom: {} } };
  const value: Field = {
    name: targets > 1 ? `Value #${request.target.refId}` : "Value",
    type: "number",
    values: [],
    config: { custom: {} },
  };
  const labels = names.map((name): Field => ({ name, type: "string", values: [] as Value[], config: { custom: {} } }));
  for (const one of series) {
    one.times.forEach((at, index) => {
      time.values.push(at);
      value.values.push(one.values[index] ?? null);
      for (const label of labels) label.values.push(one.labels[label.name] ?? "");
    });
  }
  return { refId: request.target.refId, fields: [time, ...labels, value] };
}
