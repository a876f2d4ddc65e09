/** How a field is shown: units, limits, thresholds, mappings and colours, with the overrides that change them. */

import { type Json, isObject, number, object, objects, text } from "../json";

export interface Threshold {
  /** Lower end; `-Infinity` for the base. */
  value: number;
  color: string;
}

export interface Thresholds {
  mode: "absolute" | "percentage";
  steps: Threshold[];
}

export interface MappingResult {
  text?: string | undefined;
  color?: string | undefined;
}

export type Mapping =
  | { type: "value"; options: Record<string, MappingResult> }
  | { type: "range"; from: number; to: number; result: MappingResult }
  | { type: "regex"; pattern: string; result: MappingResult }
  | { type: "special"; match: string; result: MappingResult };

export interface ColorConfig {
  mode: string;
  fixedColor?: string | undefined;
  seriesBy?: string | undefined;
}

/** A link as written, its tokens not yet replaced. */
export interface FieldLink {
  title: string;
  url: string;
  blank: boolean;
}

export interface FieldConfig {
  displayName?: string | undefined;
  unit?: string | undefined;
  decimals?: number | undefined;
  min?: number | undefined;
  max?: number | undefined;
  /** Whether limits that are not set are those of the field rather than of all fields. */
  fieldMinMax?: boolean | undefined;
  /** Limits of all numbers of the panel. */
  range?: { min: number; max: number } | undefined;
  noValue?: string | undefined;
  thresholds?: Thresholds | undefined;
  mappings?: Mapping[] | undefined;
  color?: ColorConfig | undefined;
  links?: FieldLink[] | undefined;
  /** The panel type's own options (`drawStyle`, `lineWidth`, `cellOptions`, ...) as the JSON has them. */
  custom: Json;
}

export interface Override {
  matcher: { id: string; options: unknown };
  properties: { id: string; value: unknown }[];
}

export interface FieldConfigSource {
  defaults: FieldConfig;
  overrides: Override[];
}

export function readFieldConfigSource(source: unknown): FieldConfigSource {
  const { defaults, overrides } = object(source);
  return { defaults: readFieldConfig(object(defaults)), overrides: objects(overrides).map(readOverride) };
}

export function readFieldConfig(json: Json): FieldConfig {
  return {
    displayName: text(json.displayName) || undefined,
    unit: text(json.unit) || undefined,
    decimals: number(json.decimals),
    min: number(json.min),
    max: number(json.max),
    fieldMinMax: json.fieldMinMax === true || undefined,
    noValue: text(json.noValue) || undefined,
    thresholds: readThresholds(json.thresholds),
    mappings: json.mappings === undefined ? undefined : readMappings(json.mappings),
    color: readColor(json.color),
    links: readLinks(json.links),
    custom: object(json.custom),
  };
}

function readOverride(json: Json): Override {
  const matcher = object(json.matcher);
  return {
    matcher: { id: text(matcher.id), options: matcher.options },
    properties: objects(json.properties).map((property) => ({ id: text(property.id), value: property.value })),
  };
}

export function readThresholds(source: unknown): Thresholds | undefined {
  if (!isObject(source)) return undefined;
  const steps = objects(source.steps)
    .map((step) => ({ value: number(step.value) ?? -Infinity, color: text(step.color, "green") }))
    .sort((a, b) => a.value - b.value);
  return { mode: source.mode === "percentage" ? "percentage" : "absolute", steps };
}

function readLinks(source: unknown): FieldLink[] | undefined {
  const links = objects(source).map((link) => ({ title: text(link.title), url: text(link.url), blank: link.targetBlank === true }));
  return links.length ? links : undefined;
}

function readColor(source: unknown): ColorConfig | undefined {
  if (!isObject(source) || !source.mode) return undefined;
  return {
    mode: text(source.mode),
    fixedColor: text(source.fixedColor) || undefined,
    seriesBy: text(source.seriesBy) || undefined,
  };
}

export function readMappings(source: unknown): Mapping[] {
  return objects(source).flatMap((mapping) => readMapping(mapping) ?? []);
}

function readMapping(json: Json): Mapping | undefined {
  const options = object(json.options);
  const result = readResult(options.result);
  switch (json.type) {
    case "value":
      return { type: "value", options: Object.fromEntries(Object.entries(options).map(([key, value]) => [key, readResult(value)])) };
    case "range":
      return { type: "range", from: number(options.from) ?? -Infinity, to: number(options.to) ?? Infinity, result };
    case "regex":
      return { type: "regex", pattern: text(options.pattern), result };
    case "special":
      return { type: "special", match: text(options.match), result };
    default:
      return readLegacyMapping(json);
  }
}

/** Before schema version 30 mappings were numbered: 1 maps a value, 2 a range. */
function readLegacyMapping(json: Json): Mapping | undefined {
  const result = { text: text(json.text) };
  const kind = number(json.type) ?? number(json.value === undefined ? 2 : 1);
  if (kind === 2) return { type: "range", from: number(json.from) ?? -Infinity, to: number(json.to) ?? Infinity, result };
  const value = text(json.value);
  return value === "null" ? { type: "special", match: "null", result } : { type: "value", options: { [value]: result } };
}

function readResult(source: unknown): MappingResult {
  const json = object(source);
  return { text: json.text === undefined ? undefined : text(json.text), color: text(json.color) || undefined };
}

/** The configuration with one override property put in. */
export function applyProperty(config: FieldConfig, id: string, value: unknown): FieldConfig {
  if (id.startsWith("custom.")) {
    return { ...config, custom: setPath(config.custom, id.slice("custom.".length).split("."), value) };
  }
  switch (id) {
    case "thresholds":
      return { ...config, thresholds: readThresholds(value) };
    case "mappings":
      return { ...config, mappings: readMappings(value) };
    case "color":
      return { ...config, color: readColor(value) };
    case "links":
      return { ...config, links: readLinks(value) };
    case "decimals":
    case "min":
    case "max":
      return { ...config, [id]: number(value) };
    case "fieldMinMax":
      return { ...config, fieldMinMax: value === true };
    case "unit":
    case "displayName":
    case "noValue":
      return { ...config, [id]: text(value) || undefined };
    default:
      return config;
  }
}

function setPath(json: Json, path: string[], value: unknown): Json {
  const [first, ...rest] = path;
  if (first === undefined || first === "__proto__") return json;
  return { ...json, [first]: rest.length ? setPath(object(json[first]), rest, value) : value };
}
