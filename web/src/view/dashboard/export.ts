/** A panel's data as it is handed out: rows of text, and a file of comma-separated values. */

import { type Field, type Frame, rowCount, type Value } from "../../frame/frame";
import { displayName } from "../../frame/name";

/** The frame's names and values as CSV (RFC 4180), times as ISO 8601. */
export function toCsv(frame: Frame, frames: readonly Frame[]): string {
  const head = frame.fields.map((field) => quoted(displayName(field, frame, frames)));
  const rows = Array.from({ length: rowCount(frame) }, (_, row) =>
    frame.fields.map((field) => quoted(plainText(field, field.values[row] ?? null))),
  );
  return [head, ...rows].map((cells) => `${cells.join(",")}\r\n`).join("");
}

export function plainText(field: Field, value: Value): string {
  if (value === null) return "";
  return field.type === "time" && typeof value === "number" ? new Date(value).toISOString() : String(value);
}

/** Spreadsheets take a text that starts with one of these for a formula. */
const FORMULA = /^[=+@\t\r]|^-(?![\d.])/;

function quoted(text: string): string {
  const safe = FORMULA.test(text) && Number.isNaN(Number(text)) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replace(/"/g, '""')}"` : safe;
}

export function download(name: string, type: string, content: string): void {
  const url = URL.createObjectURL(new Blob([content], { type }));
  const link = Object.assign(document.createElement("a"), { href: url, download: name });
  link.click();
  URL.revokeObjectURL(url);
}
