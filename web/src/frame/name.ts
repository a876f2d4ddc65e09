/** The names under which fields are shown. */

import type { Field, Frame } from "./frame";

/** `{a="b", c="d"}` with the metric's name in front; empty without labels. */
export function formatLabels(labels: Record<string, string>): string {
  const { __name__: metric = "", ...rest } = labels;
  const names = Object.keys(rest).sort();
  if (names.length === 0) return metric;
  return `${metric}{${names.map((name) => `${name}=${JSON.stringify(rest[name])}`).join(", ")}}`;
}

/** The legend of a series: `{{label}}` replaced; a missing label leaves nothing. */
export function renderLegend(format: string, labels: Record<string, string>): string {
  return format.replace(/\{\{\s*(.+?)\s*\}\}/g, (_, name: string) => labels[name] ?? "");
}

/** Asked for each field of the same frames, and the same for all. */
const singleLabels = new WeakMap<readonly Frame[], { name: string | undefined }>();

/** The only label name that the frames' series use, if there is just one. */
export function singleLabelName(frames: readonly Frame[]): string | undefined {
  const known = singleLabels.get(frames) ?? { name: findSingleLabel(frames) };
  singleLabels.set(frames, known);
  return known.name;
}

function findSingleLabel(frames: readonly Frame[]): string | undefined {
  let single: string | undefined;
  for (const frame of frames) {
    for (const field of frame.fields) {
      for (const name of Object.keys(field.labels ?? {})) {
        if (single !== undefined && single !== name) return undefined;
        single = name;
      }
    }
  }
  return single;
}

/** The name a field is shown under, `displayName` of its configuration aside. */
export function baseName(field: Field, frame: Frame, frames: readonly Frame[]): string {
  if (field.type === "time") return field.name;
  const parts: string[] = [];
  if (frame.name) parts.push(frame.name);
  if (field.name && field.name !== "Value") parts.push(field.name);
  if (!frame.name && field.labels) {
    const single = singleLabelName(frames);
    const label = single === undefined ? formatLabels(field.labels) : field.labels[single];
    if (label) parts.push(label);
  }
  return parts.join(" ") || field.name || "Value";
}

/** The name a field is shown under, with its `displayName` and the tokens in it. */
export function displayName(field: Field, frame: Frame, frames: readonly Frame[]): string {
  const own = field.config.displayName;
  const base = baseName(field, frame, frames);
  if (!own) return base;
  const labels = field.labels ?? {};
  return own
    .replace(/\$\{__field\.labels\.([\w]+)\}/g, (_, name: string) => labels[name] ?? "")
    .replace(/\$\{__field\.labels\["([^"]+)"\]\}/g, (_, name: string) => labels[name] ?? "")
    .replace(/\$\{__field\.labels\}/g, formatLabels(labels))
    .replace(/\$\{__field\.name\}|\$\{__field\.displayName\}|\$__cell_0/g, base)
    .replace(/\$\{__series\.name\}|\$__series\.name/g, frame.name ?? base);
}
