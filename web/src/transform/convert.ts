import type { Field, Frame, Value } from "../frame/frame";
import { displayName } from "../frame/name";
import { parseSample } from "../format/number";
import { type Json, objects, text } from "../json";
import { formatByPattern } from "../time/pattern";

function changeField(frames: readonly Frame[], name: string, change: (field: Field) => Field): Frame[] {
  return frames.map((frame) => ({
    ...frame,
    fields: frame.fields.map((field) => (displayName(field, frame, frames) === name || field.name === name ? change(field) : field)),
  }));
}

/** Fields of another type. */
export function convertFieldType(frames: readonly Frame[], options: Json): Frame[] {
  return objects(options.conversions).reduce<Frame[]>(
    (here, { targetField, destinationType }) => changeField(here, text(targetField), (field) => converted(field, text(destinationType))),
    [...frames],
  );
}

function converted(field: Field, type: string): Field {
  switch (type) {
    case "number":
      return { ...field, type: "number", values: field.values.map(toNumber) };
    case "time":
      return { ...field, type: "time", values: field.values.map(toTime) };
    case "boolean":
      return {
        ...field,
        type: "string",
        values: field.values.map((value) => String(Boolean(value) && value !== "false" && value !== "0")),
      };
    case "string":
    case "enum":
      return { ...field, type: "string", values: field.values.map((value) => (value === null ? null : String(value))) };
    default:
      return field;
  }
}

function toNumber(value: Value): Value {
  if (value === null || value === "") return null;
  const parsed = parseSample(String(value));
  return Number.isNaN(parsed) ? null : parsed;
}

function toTime(value: Value): Value {
  if (typeof value !== "string") return value;
  const parsed = /^\d+$/.test(value) ? Number(value) : Date.parse(value);
  return Number.isNaN(parsed) ? null : parsed;
}

export function formatTime(frames: readonly Frame[], options: Json): Frame[] {
  const pattern = text(options.outputFormat) || "YYYY-MM-DD HH:mm:ss";
  return changeField(frames, text(options.timeField), (field) => ({
    ...field,
    type: "string",
    values: field.values.map((value) => (value === null ? null : formatByPattern(Number(value), pattern))),
  }));
}

const CASES: Record<string, (words: string) => string> = {
  "Upper Case": (words) => words.toUpperCase(),
  "Lower Case": (words) => words.toLowerCase(),
  "Sentence Case": (words) => words.charAt(0).toUpperCase() + words.slice(1),
  "Title Case": (words) => words.replace(/\b\w/g, (letter) => letter.toUpperCase()),
  "Pascal Case": (words) => split(words).map(capital).join(""),
  "Camel Case": (words) =>
    split(words)
      .map((word, index) => (index ? capital(word) : word.toLowerCase()))
      .join(""),
  "Snake Case": (words) => split(words).join("_").toLowerCase(),
  "Kebab Case": (words) => split(words).join("-").toLowerCase(),
  Trim: (words) => words.trim(),
};

function split(words: string): string[] {
  return words.split(/[\s_-]+/).filter(Boolean);
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1).toLowerCase();
}

export function formatString(frames: readonly Frame[], options: Json): Frame[] {
  const change = CASES[text(options.outputFormat, "Upper Case")] ?? ((words: string) => words);
  return changeField(frames, text(options.stringField), (field) => ({
    ...field,
    values: field.values.map((value) => (typeof value === "string" ? change(value) : value)),
  }));
}
