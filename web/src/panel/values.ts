/** The values that stat, gauge and bar gauge show: fields reduced, or rows as they are. */

import { fieldLimits, show, type Shown } from "../field/display";
import { reduce, resultConfig } from "../field/reduce";
import type { Limits } from "../field/threshold";
import type { Field, Frame, Value } from "../frame/frame";
import { displayName } from "../frame/name";
import { type Json, flag, number, object, text, texts } from "../json";
import type { FieldConfig } from "../model/field-config";
import { patternOf } from "../text/pattern";
import type { Mode } from "../theme/palette";
import { textWidth } from "../ui/measure";

export interface PanelValue {
  name: string;
  value: Value;
  shown: Shown;
  config: FieldConfig;
  limits: Limits;
  field: Field;
  frame: Frame;
}

/** Values that one panel shows. */
const VALUES_MAX = 200;

export function panelValues(frames: readonly Frame[], options: Json, mode: Mode): PanelValue[] {
  const reducing = object(options.reduceOptions);
  const calcs = texts(reducing.calcs);
  const limit = Math.min(VALUES_MAX, number(reducing.limit) ?? VALUES_MAX);
  const found: PanelValue[] = [];
  for (const frame of frames) {
    for (const field of frame.fields) {
      if (!isChosen(field, frame, frames, text(reducing.fields))) continue;
      const values = flag(reducing.values) ? rowValues(field, frame) : reducedValues(field, calcs.length ? calcs : ["lastNotNull"]);
      for (const one of values) {
        if (found.length >= limit) return found;
        found.push(toValue(field, frame, frames, one, found.length, mode));
      }
    }
  }
  return found;
}

/** By default numbers; `/…/` chooses fields by name, whatever their type. */
function isChosen(field: Field, frame: Frame, frames: readonly Frame[], fields: string): boolean {
  if (fields === "") return field.type === "number";
  return patternOf(fields)?.test(displayName(field, frame, frames)) ?? false;
}

interface OneValue {
  value: Value;
  calc?: string;
  label?: string;
}

function reducedValues(field: Field, calcs: readonly string[]): OneValue[] {
  return calcs.map((calc) => ({ value: reduce(calc, field.values), calc }));
}

/** Each row under the text that stands in it. */
function rowValues(field: Field, frame: Frame): OneValue[] {
  const names = frame.fields.find((other) => other.type === "string" && other !== field);
  return field.values.map((value, row) => ({ value, label: names ? String(names.values[row] ?? "") : "" }));
}

function toValue(field: Field, frame: Frame, frames: readonly Frame[], one: OneValue, index: number, mode: Mode): PanelValue {
  const limits = fieldLimits(field);
  const config = one.calc ? resultConfig(field.config, one.calc) : field.config;
  const color = config.color?.mode === "fixed" || config.color ? config : { ...config, color: { mode: "thresholds" } };
  return {
    name: one.label || displayName(field, frame, frames),
    value: one.value,
    shown: show(color, one.value, { mode, index, limits }),
    config,
    limits,
    field,
    frame,
  };
}

/** The widest of some texts, by which all of them are sized. */
export function widest(texts: readonly string[]): string {
  const measured = texts.map((text) => ({ text, width: textWidth(text, 1) }));
  return measured.reduce((most, one) => (one.width > most.width ? one : most), { text: "", width: 0 }).text;
}

/** The name under which a value stands: a lone one has none but the one it is given. */
export function nameBeside({ name, config }: PanelValue, count: number): string {
  return count > 1 || config.displayName ? name : "";
}
