/** Values of one query as configuration of the fields of others. */

import { reduce } from "../field/reduce";
import { type Field, type Frame, rowCount, type Value } from "../frame/frame";
import { displayName } from "../frame/name";
import { type Json, object, objects, text } from "../json";
import { applyProperty, type FieldConfig } from "../model/field-config";

/** Names that a field of values is taken for when nothing else is said. */
const HANDLERS: Record<string, string> = {
  "field.name": "name",
  name: "name",
  "field.value": "value",
  "field.label": "label",
  displayname: "displayName",
  min: "min",
  max: "max",
  unit: "unit",
  decimals: "decimals",
  color: "color",
  threshold1: "threshold1",
};

function handlerOf(field: Field, mappings: readonly Json[]): { handler: string; calc: string } {
  const own = mappings.find((mapping) => mapping.fieldName === field.name);
  const key = text(own?.handlerKey) || (own ? "" : field.name.toLowerCase());
  return { handler: HANDLERS[key] ?? key, calc: text(own?.reducerId, "lastNotNull") };
}

function configured(config: FieldConfig, handler: string, value: Value): FieldConfig {
  switch (handler) {
    case "min":
    case "max":
    case "decimals":
    case "unit":
    case "displayName":
      return applyProperty(config, handler, value);
    case "color":
      return applyProperty(config, "color", { mode: "fixed", fixedColor: value });
    case "threshold1": {
      const steps = [
        { value: null, color: "green" },
        { value, color: "red" },
      ];
      return applyProperty(config, "thresholds", { mode: "absolute", steps });
    }
    default:
      return config;
  }
}

/** The last row of one target configures the fields of the others. */
export function configFromData(frames: readonly Frame[], options: Json): Frame[] {
  const source = frames.find((frame) => frame.refId === text(options.configRefId, "config"));
  if (!source) return [...frames];
  const mappings = objects(options.mappings);
  const applies = object(options.applyTo);
  const change = (config: FieldConfig) =>
    source.fields.reduce((sum, field) => {
      const { handler, calc } = handlerOf(field, mappings);
      return configured(sum, handler, reduce(calc, field.values));
    }, config);
  return frames
    .filter((frame) => frame !== source)
    .map((frame) => ({
      ...frame,
      fields: frame.fields.map((field) => (isTarget(field, frame, frames, applies) ? { ...field, config: change(field.config) } : field)),
    }));
}

function isTarget(field: Field, frame: Frame, frames: readonly Frame[], matcher: Json): boolean {
  if (field.type === "time") return false;
  if (matcher.id === "byName") return displayName(field, frame, frames) === matcher.options;
  if (matcher.id === "byType") return field.type === matcher.options;
  return field.type === "number";
}

/** Fields that rows may become. */
const FIELDS_MAX = 200;

/** Each row becomes a field: one column names it, one is its value, others configure it. */
export function rowsToFields(frames: readonly Frame[], options: Json): Frame[] {
  const mappings = objects(options.mappings);
  return frames.map((frame) => {
    const roles = frame.fields.map((field) => ({ field, ...handlerOf(field, mappings) }));
    const name = roles.find(({ handler }) => handler === "name") ?? roles.find(({ field }) => field.type === "string");
    const value =
      roles.find(({ handler }) => handler === "value") ??
      roles.find(({ field, handler }) => field.type === "number" && !configures(handler));
    if (!name || !value) return frame;
    const fields = Array.from({ length: Math.min(FIELDS_MAX, rowCount(frame)) }, (_, row): Field => {
      const config = roles.reduce((sum, { field, handler }) => configured(sum, handler, field.values[row] ?? null), {
        custom: {},
      } as FieldConfig);
      const labels = Object.fromEntries(
        roles
          .filter(({ handler, field }) => handler === "label" || (field.type === "string" && field !== name.field && !configures(handler)))
          .map(({ field }) => [field.name, String(field.values[row] ?? "")]),
      );
      return {
        name: String(name.field.values[row] ?? ""),
        type: value.field.type,
        labels,
        values: [value.field.values[row] ?? null],
        config,
      };
    });
    return { refId: frame.refId, fields };
  });
}

function configures(handler: string): boolean {
  return ["min", "max", "unit", "decimals", "color", "displayName", "threshold1"].includes(handler);
}
