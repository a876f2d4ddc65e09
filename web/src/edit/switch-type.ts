/** A panel as another type: what both understand is kept. */

import { type Json, object, objects, text } from "../json";

/** Options that mean the same to many types. */
const SHARED = ["legend", "tooltip", "reduceOptions", "orientation"];

/** What a panel had as each type, so that going back brings it back. */
export type Remembered = ReadonlyMap<string, Json>;

export function remember(known: Remembered, panel: Json): Remembered {
  return new Map([...known, [text(panel.type), panel]]);
}

/** The panel as `type`, with the own options of that type where it had been that before. */
export function asType(panel: Json, type: string, known: Remembered): Json {
  const before = known.get(type);
  if (before) return { ...panel, type, options: before.options, fieldConfig: before.fieldConfig };
  const { options, fieldConfig } = panel;
  const { custom: _custom, ...defaults } = object(object(fieldConfig).defaults);
  const overrides = objects(object(fieldConfig).overrides)
    .map((override) => ({ ...override, properties: objects(override.properties).filter(({ id }) => !text(id).startsWith("custom.")) }))
    .filter(({ properties }) => properties.length > 0);
  const shared = Object.fromEntries(Object.entries(object(options)).filter(([key]) => SHARED.includes(key)));
  return { ...panel, type, options: shared, fieldConfig: { ...object(fieldConfig), defaults, overrides } };
}
