/** Query results in columns: what panels draw, transformations change and calculations reduce. */

import type { Json } from "../json";
import type { FieldConfig } from "../model/field-config";

export type FieldType = "time" | "number" | "string";

export type Value = number | string | null;

/** How a value came about: a series in one cell of a table. */
export interface Course {
  /** Epoch ms. */
  times: number[];
  values: Value[];
}

export interface Field {
  /** `Time`, `Value`, or a label's name in tables. */
  name: string;
  type: FieldType;
  labels?: Record<string, string>;
  values: Value[];
  /** Native histograms as the API gives them, one for each value; the values are their counts. */
  histograms?: Json[];
  /** One for each value, where the values stand for whole series. */
  courses?: Course[];
  config: FieldConfig;
}

export interface Frame {
  /** Name of the series by its legend format; unset where labels speak for themselves. */
  name?: string;
  refId: string;
  /** Step of the range query it comes from, ms: a longer pause between samples is a gap. */
  stepMs?: number;
  fields: Field[];
}

/** Rows of a frame. */
export function rowCount(frame: Frame): number {
  return frame.fields[0]?.values.length ?? 0;
}

export function timeField(frame: Frame): Field | undefined {
  return frame.fields.find((field) => field.type === "time");
}

/** The fields that hold numbers to draw. */
export function numberFields(frame: Frame): Field[] {
  return frame.fields.filter((field) => field.type === "number");
}
