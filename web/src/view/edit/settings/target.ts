/** Options of the dashboard itself, and of the items in its lists. */

import type { Document } from "../../../edit/document";
import { getPath, setPath } from "../../../edit/path";
import type { Json } from "../../../json";
import type { OptionTarget, Surroundings } from "../option/target";

export const NO_SURROUNDINGS: Surroundings = { fields: () => [], refIds: () => [], variables: [] };

export function documentTarget(document: Document): OptionTarget {
  return {
    read: (path) => getPath(document.json(), path),
    write: (path, value) => document.change(setPath(document.json(), path, value), path),
  };
}

export function itemTarget(item: () => Json, change: (next: Json, what: string) => void): OptionTarget {
  return {
    read: (path) => getPath(item(), path),
    write: (path, value) => change(setPath(item(), path, value), path),
  };
}
