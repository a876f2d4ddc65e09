/** Panels of older Grafana versions, rewritten as today's types. */

import { type Json, flag, number, object, objects, text, texts } from "../json";
import { migrateGraph } from "./migrate-graph";
import { migrateHeatmap } from "./migrate-heatmap";

/** The panel's JSON as today's panel type. */
export function migratePanel(json: Json): Json {
  switch (json.type) {
    case "graph":
      return migrateGraph(json);
    case "singlestat":
    case "grafana-singlestat-panel":
      return migrateSinglestat(json);
    case "table":
    case "table-old":
      return json.styles ? migrateTable(json) : json;
    case "text":
      return json.content === undefined ? json : { ...json, options: { mode: text(json.mode, "markdown"), content: json.content } };
    case "heatmap":
      return json.options && Object.keys(object(json.options)).length ? json : migrateHeatmap(json);
    case "stat":
    case "gauge":
    case "bargauge":
      return migrateFieldOptions(json);
    default:
      return json;
  }
}

/** Up to version 6.6 `fieldOptions` held what `fieldConfig` and `reduceOptions` hold now. */
function migrateFieldOptions(json: Json): Json {
  const options = object(json.options);
  const old = object(options.fieldOptions);
  if (Object.keys(old).length === 0) return json;
  const defaults = object(old.defaults);
  return {
    ...json,
    options: { ...options, reduceOptions: { calcs: texts(old.calcs), values: flag(old.values) } },
    fieldConfig: {
      defaults: {
        ...defaults,
        thresholds: defaults.thresholds ?? legacyThresholds(objects(old.thresholds)),
        mappings: defaults.mappings ?? old.mappings,
      },
      overrides: old.overrides ?? [],
    },
  };
}

function legacyThresholds(steps: Json[]): Json | undefined {
  if (steps.length === 0) return undefined;
  return { mode: "absolute", steps: steps.map((step) => ({ value: step.index === 0 ? null : step.value, color: step.color })) };
}

const CALCULATION: Record<string, string> = { current: "lastNotNull", avg: "mean", total: "sum", name: "lastNotNull", "": "mean" };

function migrateSinglestat(json: Json): Json {
  const gauge = object(json.gauge);
  const valueName = text(json.valueName, "avg");
  const shown = flag(gauge.show);
  const defaults: Json = {
    unit: affixedUnit(json),
    decimals: json.decimals,
    noValue: json.nullText,
    mappings: singlestatMappings(json),
    thresholds: singlestatThresholds(json),
    color: { mode: "thresholds" },
    ...(shown ? { min: number(gauge.minValue) ?? 0, max: number(gauge.maxValue) ?? 100 } : {}),
  };
  return {
    ...json,
    type: shown ? "gauge" : "stat",
    options: {
      reduceOptions: { calcs: [CALCULATION[valueName] ?? valueName], values: false },
      colorMode: flag(json.colorBackground) ? "background" : flag(json.colorValue) ? "value" : "none",
      graphMode: flag(object(json.sparkline).show) ? "area" : "none",
      textMode: valueName === "name" ? "name" : "auto",
      showThresholdMarkers: flag(gauge.thresholdMarkers, true),
    },
    fieldConfig: { defaults, overrides: [] },
  };
}

function affixedUnit(json: Json): unknown {
  const unit = text(json.format);
  if (unit && unit !== "none") return unit;
  if (text(json.postfix)) return `suffix:${text(json.postfix)}`;
  return text(json.prefix) ? `prefix:${text(json.prefix)}` : unit;
}

function singlestatMappings(json: Json): Json[] {
  const ranges = number(json.mappingType) === 2;
  const source: Json[] = objects(ranges ? json.rangeMaps : json.valueMaps);
  return source.filter((map) => text(map.text) !== "").map((map) => ({ ...map, type: ranges ? 2 : 1 }));
}

/** `"50,80"` with three colours: the first colour is for what lies below all. */
function singlestatThresholds(json: Json): Json {
  const values = text(json.thresholds)
    .split(",")
    .map((value) => number(value))
    .filter((value) => value !== undefined);
  const colors = texts(json.colors);
  const steps = [null, ...values].map((value, index) => ({ value, color: colors[index] ?? "green" }));
  return { mode: "absolute", steps: values.length ? steps : [{ value: null, color: colors[0] ?? "text" }] };
}

/** Styles of the old table panel become overrides. */
function migrateTable(json: Json): Json {
  const styles = objects(json.styles);
  const overrides = styles.map((style) => ({ matcher: matcherOf(text(style.pattern)), properties: styleProperties(style) }));
  return {
    ...json,
    fieldConfig: { defaults: {}, overrides },
    transformations: json.transformations ?? tableTransformations(text(json.transform)),
  };
}

function matcherOf(pattern: string): Json {
  return pattern.startsWith("/") ? { id: "byRegexp", options: pattern } : { id: "byName", options: pattern };
}

function styleProperties(style: Json): Json[] {
  const properties: Json[] = [];
  if (text(style.alias)) properties.push({ id: "displayName", value: style.alias });
  if (text(style.unit)) properties.push({ id: "unit", value: style.unit });
  if (number(style.decimals) !== undefined) properties.push({ id: "decimals", value: style.decimals });
  if (style.type === "hidden") properties.push({ id: "custom.hidden", value: true });
  if (style.colorMode)
    properties.push({ id: "custom.cellOptions", value: { type: style.colorMode === "value" ? "color-text" : "color-background" } });
  return properties;
}

function tableTransformations(transform: string): Json[] {
  if (transform === "timeseries_to_columns") return [{ id: "joinByField", options: {} }];
  return transform === "table" || transform === "" ? [{ id: "merge", options: {} }] : [];
}
