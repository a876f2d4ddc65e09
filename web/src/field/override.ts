/** Field configuration put onto query results: defaults first, then each override that fits. */

import { type Field, type Frame, numberFields } from "../frame/frame";
import { displayName } from "../frame/name";
import { object, text, texts } from "../json";
import { applyProperty, type FieldConfig, type FieldConfigSource, type Override } from "../model/field-config";
import { patternOf } from "../text/pattern";
import { valueLimits } from "./display";
import { reduce } from "./reduce";

/** The frames with each field's configuration worked out. */
export function applyFieldConfig(frames: readonly Frame[], source: FieldConfigSource): Frame[] {
  const configured = frames.map((frame) => ({
    ...frame,
    fields: frame.fields.map((field) => ({ ...field, config: merge(source.defaults, field.config, field) })),
  }));
  for (const frame of configured) {
    for (const field of frame.fields) {
      const named = { ...field, config: { ...field.config, displayName: field.config.displayName } };
      for (const override of source.overrides) {
        const name = displayName({ ...named, config: { ...named.config, displayName: undefined } }, frame, configured);
        const shown = displayName(named, frame, configured);
        if (matches(override, field, frame, [name, shown])) field.config = applyAll(field.config, override);
      }
    }
  }
  setRange(configured);
  return configured;
}

/** Colours and bars are measured by the numbers of the whole panel, so that fields compare. */
function setRange(frames: readonly Frame[]): void {
  const fields = frames.flatMap((frame) => numberFields(frame));
  const limits = fields.map((field) => valueLimits(field.values));
  const min = Math.min(...limits.map((limit) => limit.min));
  const max = Math.max(...limits.map((limit) => limit.max));
  if (min > max) return;
  for (const field of fields) if (!field.config.fieldMinMax) field.config = { ...field.config, range: { min, max } };
}

/** Units and limits are for numbers; times and texts keep only what suits them. */
function merge(defaults: FieldConfig, own: FieldConfig, field: Field): FieldConfig {
  const base = { ...defaults, custom: { ...defaults.custom, ...own.custom } };
  if (field.type !== "number") {
    const { unit: _unit, min: _min, max: _max, decimals: _decimals, displayName: _name, ...rest } = base;
    return { ...rest, unit: own.unit, displayName: own.displayName };
  }
  return { ...base, displayName: own.displayName ?? defaults.displayName, unit: own.unit ?? defaults.unit };
}

function applyAll(config: FieldConfig, override: Override): FieldConfig {
  return override.properties.reduce((sum, { id, value }) => applyProperty(sum, id, value), config);
}

function matches({ matcher }: Override, field: Field, frame: Frame, names: string[]): boolean {
  switch (matcher.id) {
    case "byName":
      return names.includes(text(matcher.options)) || field.name === matcher.options;
    case "byRegexp": {
      const regex = patternOf(text(matcher.options));
      return names.some((name) => regex?.test(name));
    }
    case "byFrameRefID":
      return frame.refId === matcher.options;
    case "byType":
      return field.type === matcher.options;
    case "byNames": {
      const options = object(matcher.options);
      const listed = names.some((name) => texts(options.names).includes(name));
      return options.mode === "exclude" ? !listed : listed;
    }
    case "byValue":
      return matchesValue(object(matcher.options), field);
    default:
      return false;
  }
}

function matchesValue(options: Record<string, unknown>, field: Field): boolean {
  if (field.type !== "number") return false;
  const value = reduce(text(options.reducer, "lastNotNull"), field.values);
  const limit = Number(options.value ?? 0);
  if (typeof value !== "number") return false;
  // Calculations that answer yes or no are the answer themselves.
  if (text(options.reducer).startsWith("allIs")) return value === 1;
  switch (options.op) {
    case "gt":
    case ">":
      return value > limit;
    case "gte":
    case ">=":
      return value >= limit;
    case "lt":
    case "<":
      return value < limit;
    case "lte":
    case "<=":
      return value <= limit;
    case "neq":
    case "!=":
      return value !== limit;
    default:
      return value === limit;
  }
}
