/** Queries that were run before, newest first, kept in the browser. */

const KEY = "gnomon.history";
const KEPT_MAX = 50;

export function readHistory(): string[] {
  try {
    const stored: unknown = JSON.parse(window.localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(stored) ? stored.filter((item) => typeof item === "string").slice(0, KEPT_MAX) : [];
  } catch {
    return [];
  }
}

export function remember(expr: string): void {
  const kept = [expr, ...readHistory().filter((other) => other !== expr)].slice(0, KEPT_MAX);
  try {
    window.localStorage.setItem(KEY, JSON.stringify(kept));
  } catch {
    // A full or closed storage costs the history, nothing else.
  }
}
