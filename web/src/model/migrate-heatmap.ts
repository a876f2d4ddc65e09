/** The heatmap of before Grafana 9 as today's. */

import { flag, number, object, text, type Json } from "../json";

export function migrateHeatmap(json: Json): Json {
  const axis = object(json.yAxis);
  const cards = object(json.cards);
  return {
    ...json,
    options: {
      calculate: json.dataFormat !== "tsbuckets",
      calculation: { xBuckets: xBuckets(json), yBuckets: yBuckets(json, axis) },
      color: migrateColor(object(json.color)),
      cellGap: number(cards.cardPadding) ?? 1,
      yAxis: {
        axisPlacement: flag(axis.show, true) ? "left" : "hidden",
        unit: text(axis.format),
        decimals: number(axis.decimals),
        min: number(axis.min),
        max: number(axis.max),
        reverse: flag(json.reverseYBuckets),
      },
      legend: { show: flag(object(json.legend).show) },
      tooltip: { show: flag(object(json.tooltip).show, true) },
      filterValues: flag(json.hideZeroBuckets) ? { le: 1e-9 } : { le: -1 },
    },
  };
}

function xBuckets(json: Json): Json {
  if (text(json.xBucketSize)) return { mode: "size", value: text(json.xBucketSize) };
  return number(json.xBucketNumber) === undefined ? {} : { mode: "count", value: text(json.xBucketNumber) };
}

function yBuckets(json: Json, axis: Json): Json {
  const base = number(axis.logBase) ?? 1;
  const scale = base > 1 ? { type: "log", log: base } : { type: "linear" };
  if (number(json.yBucketSize) !== undefined) return { mode: "size", value: text(json.yBucketSize), scale };
  return number(json.yBucketNumber) === undefined ? { scale } : { mode: "count", value: text(json.yBucketNumber), scale };
}

function migrateColor(color: Json): Json {
  const limits = { min: number(color.min), max: number(color.max) };
  if (color.mode === "opacity") {
    const scale = color.colorScale === "linear" ? "linear" : "exponential";
    return { mode: "opacity", fill: text(color.cardColor, "dark-orange"), scale, exponent: number(color.exponent) ?? 0.5, ...limits };
  }
  return { mode: "scheme", scheme: text(color.colorScheme, "interpolateOranges").replace(/^interpolate/, ""), ...limits };
}
