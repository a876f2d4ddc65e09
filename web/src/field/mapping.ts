/** Value mappings: text and colour put in the place of certain values. */

import type { Mapping, MappingResult } from "../model/field-config";
import type { Value } from "../frame/frame";
import { patternOf } from "../text/pattern";

/** The first mapping that fits a value. */
export function mapValue(mappings: readonly Mapping[] | undefined, value: Value): MappingResult | undefined {
  for (const mapping of mappings ?? []) {
    const result = applyMapping(mapping, value);
    if (result) return result;
  }
  return undefined;
}

function applyMapping(mapping: Mapping, value: Value): MappingResult | undefined {
  switch (mapping.type) {
    case "value":
      return value === null ? undefined : ownResult(mapping.options, String(value));
    case "range": {
      const amount = typeof value === "number" ? value : Number(value ?? NaN);
      return amount >= mapping.from && amount <= mapping.to ? mapping.result : undefined;
    }
    case "regex":
      return regexResult(mapping.pattern, mapping.result, value);
    case "special":
      return isSpecial(mapping.match, value) ? mapping.result : undefined;
  }
}

function ownResult(options: Record<string, MappingResult>, key: string): MappingResult | undefined {
  return Object.hasOwn(options, key) ? options[key] : undefined;
}

function regexResult(pattern: string, result: MappingResult, value: Value): MappingResult | undefined {
  if (typeof value !== "string") return undefined;
  const regex = patternOf(pattern);
  if (!regex?.test(value)) return undefined;
  return result.text === undefined ? result : { ...result, text: value.replace(regex, result.text) };
}

function isSpecial(match: string, value: Value): boolean {
  switch (match) {
    case "null":
      return value === null;
    case "nan":
      return typeof value === "number" && Number.isNaN(value);
    case "null+nan":
      return value === null || (typeof value === "number" && Number.isNaN(value));
    case "empty":
      return value === "";
    default:
      return String(value) === match;
  }
}
