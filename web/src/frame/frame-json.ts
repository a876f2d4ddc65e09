/** Frames as Grafana keeps them in snapshots: a schema, and the values column by column. */

import { type Json, array, isObject, number, object, objects, text } from "../json";
import type { Field, FieldType, Frame, Value } from "./frame";

/** Values that JSON has no word for, by the keys that list their places. */
const UNSPEAKABLE: readonly (readonly [string, number])[] = [
  ["NaN", NaN],
  ["Inf", Infinity],
  ["NegInf", -Infinity],
];

export function toFrameJson({ name, refId, stepMs, fields }: Frame): Json {
  return {
    schema: {
      refId,
      name,
      fields: fields.map((field) => ({
        name: field.name,
        type: field.type,
        labels: field.labels,
        config: field.type === "time" && stepMs !== undefined ? { interval: stepMs } : {},
      })),
    },
    data: {
      values: fields.map(({ values }) => values),
      entities: fields.map(entitiesOf),
      histograms: fields.some(({ histograms }) => histograms) ? fields.map(({ histograms }) => histograms ?? null) : undefined,
    },
  };
}

function entitiesOf({ values }: Field): Json | null {
  const found = UNSPEAKABLE.map(([key, value]) => [key, values.flatMap((one, at) => (Object.is(one, value) ? [at] : []))] as const);
  const some = found.filter(([, places]) => places.length > 0);
  return some.length ? Object.fromEntries(some) : null;
}

export function fromFrameJson(json: Json): Frame {
  const schema = object(json.schema);
  const data = object(json.data);
  const columns = objects(schema.fields);
  const step = columns.map((column) => number(object(column.config).interval)).find((ms) => ms !== undefined);
  return {
    refId: text(schema.refId, "A"),
    ...(typeof schema.name === "string" ? { name: schema.name } : {}),
    ...(step === undefined ? {} : { stepMs: step }),
    fields: columns.map((column, at) => readField(column, at, data)),
  };
}

function readField(column: Json, at: number, data: Json): Field {
  const values = array(array(data.values)[at]).map(readValue);
  const entities = object(array(data.entities)[at]);
  for (const [key, value] of UNSPEAKABLE) {
    for (const place of array(entities[key])) if (typeof place === "number" && place in values) values[place] = value;
  }
  const histograms = array(data.histograms)[at];
  return {
    name: text(column.name),
    type: typeOf(column.type),
    values,
    ...(isObject(column.labels)
      ? { labels: Object.fromEntries(Object.entries(column.labels).map(([key, label]) => [key, text(label)])) }
      : {}),
    ...(Array.isArray(histograms) ? { histograms: objects(histograms) } : {}),
    config: { custom: {} },
  };
}

function typeOf(source: unknown): FieldType {
  return source === "time" || source === "number" ? source : "string";
}

function readValue(value: unknown): Value {
  return typeof value === "number" || typeof value === "string" ? value : value === null || value === undefined ? null : text(value);
}
