/** Data links: addresses that name the value, its field, its row, the variables and the range. */

import type { Field, Frame } from "../frame/frame";
import { displayName } from "../frame/name";
import { isSafeUrl } from "../text/sanitize";
import { showText } from "./display";

export interface DataLink {
  title: string;
  url: string;
  blank: boolean;
}

export interface LinkPlace {
  field: Field;
  frame: Frame;
  frames: readonly Frame[];
  row: number;
}

/** The links of one value, safe ones only; `text` puts variables in. */
export function dataLinks(place: LinkPlace, text: (source: string) => string): DataLink[] {
  return (place.field.config.links ?? [])
    .map((link) => ({
      ...link,
      url: text(fill(link.url, place, encodeURIComponent)),
      title: text(fill(link.title, place, (value) => value)),
    }))
    .filter((link) => isSafeUrl(link.url));
}

type Encode = (value: string) => string;

/** Puts in what is known of the value; everything else is left for the variables. */
function fill(source: string, place: LinkPlace, encode: Encode): string {
  return source
    .replace(/\$\{__(value|field|series|data)\.?([^}]*)\}/g, (whole, kind: string, path: string) => {
      const value = lookUp(kind, path.replace(/:\w+$/, ""), place);
      return value === undefined ? whole : path.endsWith(":raw") ? value : encode(value);
    })
    .replace(/\$__cell_(\d+)/g, (_, index: string) => encode(cell(place.frame.fields[Number(index)], place.row)))
    .replace(/\$__cell\b/g, () => encode(cell(place.field, place.row)));
}

function cell(field: Field | undefined, row: number): string {
  const value = field?.values[row];
  return value === undefined || value === null ? "" : String(value);
}

function lookUp(kind: string, path: string, { field, frame, frames, row }: LinkPlace): string | undefined {
  switch (kind) {
    case "value":
      if (path === "text") return showText(field.config, field.values[row] ?? null);
      if (path === "time")
        return cell(
          frame.fields.find(({ type }) => type === "time"),
          row,
        );
      return path === "raw" || path === "numeric" || path === "" ? cell(field, row) : undefined;
    case "field":
      if (path === "name" || path === "displayName") return displayName(field, frame, frames);
      return labelOf(field, path);
    case "series":
      return path === "name" ? (frame.name ?? displayName(field, frame, frames)) : undefined;
    default:
      return dataField(frame, frames, path, row);
  }
}

/** `labels.name` or `labels["name"]`. */
function labelOf(field: Field, path: string): string | undefined {
  const match = /^labels(?:\.(.+)|\["(.+)"\])$/.exec(path);
  const name = match?.[1] ?? match?.[2];
  return name === undefined ? undefined : (field.labels?.[name] ?? "");
}

/** `fields.name`, `fields["name"]`, `fields[2]`, each with `.text` or `.numeric` behind it. */
function dataField(frame: Frame, frames: readonly Frame[], path: string, row: number): string | undefined {
  const match = /^fields(?:\["?([^"\]]+)"?\]|\.([^.]+))(?:\.(text|numeric|raw))?$/.exec(path);
  const name = match?.[1] ?? match?.[2];
  if (name === undefined) return undefined;
  const found = frame.fields.find((one) => one.name === name || displayName(one, frame, frames) === name) ?? frame.fields[Number(name)];
  if (!found) return "";
  return match?.[3] === "numeric" || match?.[3] === "raw" ? cell(found, row) : showText(found.config, found.values[row] ?? null);
}
