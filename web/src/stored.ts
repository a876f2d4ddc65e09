/** What is kept in this browser. */

/** Unsaved changes of dashboards, and options of variables: what of others' work and data a browser holds. */
export const DRAFTS = "gnomon.drafts";
export const OPTIONS = "gnomon.options";

/** What was kept under a key; `undefined` where there is nothing, or nothing that can be read. */
export function readStored(key: string): unknown {
  try {
    return JSON.parse(window.localStorage.getItem(key) ?? "null") ?? undefined;
  } catch {
    return undefined;
  }
}

/** Keeps a value; a full or closed storage costs what would have been kept, nothing else. */
export function keepStored(key: string, value: unknown): void {
  try {
    window.localStorage.setItem(key, JSON.stringify(value));
  } catch {
    // The page goes on without.
  }
}
