/** The old `graph` panel as a `timeseries`. */

import { type Json, flag, number, object, objects, text } from "../json";

const LEGEND_CALCS: readonly (readonly [string, string])[] = [
  ["min", "min"],
  ["max", "max"],
  ["avg", "mean"],
  ["current", "lastNotNull"],
  ["total", "sum"],
];

export function migrateGraph(json: Json): Json {
  const [left, right] = objects(json.yaxes);
  const custom: Json = {
    drawStyle: flag(json.bars) ? "bars" : flag(json.lines, true) ? "line" : "points",
    lineWidth: number(json.linewidth) ?? 1,
    fillOpacity: flag(json.lines, true) ? (number(json.fill) ?? 1) * 10 : 100,
    lineInterpolation: flag(json.steppedLine) ? "stepAfter" : "linear",
    showPoints: flag(json.points) ? "always" : "never",
    pointSize: (number(json.pointradius) ?? 2) * 2,
    spanNulls: json.nullPointMode === "connected",
    stacking: { mode: flag(json.stack) ? (flag(json.percentage) ? "percent" : "normal") : "none", group: "A" },
    axisLabel: text(left?.label),
    axisPlacement: left && left.show === false ? "hidden" : "auto",
    scaleDistribution: { type: (number(left?.logBase) ?? 1) > 1 ? "log" : "linear", log: number(left?.logBase) },
  };
  const defaults: Json = {
    unit: text(left?.format),
    min: number(left?.min),
    max: number(left?.max),
    decimals: number(json.decimals) ?? number(left?.decimals),
    color: { mode: "palette-classic" },
    custom,
  };
  return {
    ...json,
    type: "timeseries",
    options: graphOptions(json),
    fieldConfig: { defaults, overrides: [...aliasColors(object(json.aliasColors)), ...seriesOverrides(json, right)] },
  };
}

function graphOptions(json: Json): Json {
  const legend = object(json.legend);
  const calcs = flag(legend.values) ? LEGEND_CALCS.filter(([name]) => flag(legend[name])).map(([, calc]) => calc) : [];
  const tooltip = object(json.tooltip);
  return {
    legend: {
      showLegend: flag(legend.show, true),
      displayMode: flag(legend.alignAsTable) ? "table" : "list",
      placement: flag(legend.rightSide) ? "right" : "bottom",
      calcs,
    },
    tooltip: {
      mode: flag(tooltip.shared, true) ? "multi" : "single",
      sort: (["none", "asc", "desc"] as const)[number(tooltip.sort) ?? 0] ?? "none",
    },
  };
}

function aliasColors(colors: Json): Json[] {
  return Object.entries(colors).map(([alias, color]) => ({
    matcher: { id: "byName", options: alias },
    properties: [{ id: "color", value: { mode: "fixed", fixedColor: text(color) } }],
  }));
}

function seriesOverrides(json: Json, right: Json | undefined): Json[] {
  return objects(json.seriesOverrides).map((override) => {
    const alias = text(override.alias);
    const matcher = alias.startsWith("/") ? { id: "byRegexp", options: alias } : { id: "byName", options: alias };
    return { matcher, properties: overrideProperties(override, right) };
  });
}

function overrideProperties(override: Json, right: Json | undefined): Json[] {
  const properties: Json[] = [];
  const add = (id: string, value: unknown) => properties.push({ id, value });
  if (override.color) add("color", { mode: "fixed", fixedColor: text(override.color) });
  if (override.fill !== undefined) add("custom.fillOpacity", (number(override.fill) ?? 0) * 10);
  if (override.linewidth !== undefined) add("custom.lineWidth", number(override.linewidth));
  if (override.transform === "negative-Y") add("custom.transform", "negative-Y");
  if (override.dashes)
    add("custom.lineStyle", { fill: "dash", dash: [number(override.dashLength) ?? 10, number(override.spaceLength) ?? 10] });
  if (override.bars) add("custom.drawStyle", "bars");
  if (override.stack !== undefined) add("custom.stacking", { mode: override.stack ? "normal" : "none", group: text(override.stack) });
  if (override.legend === false) add("custom.hideFrom", { legend: true, tooltip: false, viz: false });
  if (number(override.yaxis) === 2) {
    add("custom.axisPlacement", "right");
    if (text(right?.format)) add("unit", text(right?.format));
    if (number(right?.min) !== undefined) add("min", number(right?.min));
    if (number(right?.max) !== undefined) add("max", number(right?.max));
  }
  return properties;
}
