/** The panel that was copied last, kept in the browser so that it can be put into another dashboard. */

import { isObject, type Json } from "../../json";

const KEY = "gnomon.panel";

export function copyPanel(panel: Json): void {
  try {
    window.localStorage.setItem(KEY, JSON.stringify(panel));
  } catch {
    // A full or closed storage costs the copy, nothing else.
  }
}

export function copiedPanel(): Json | undefined {
  try {
    const stored: unknown = JSON.parse(window.localStorage.getItem(KEY) ?? "null");
    return isObject(stored) ? stored : undefined;
  } catch {
    return undefined;
  }
}
