/** Dashboards that the reader starred or opened last, kept in the browser. */

import { createSignal } from "solid-js";

const STARRED = "gnomon.starred";
const RECENT = "gnomon.recent";
const RECENT_MAX = 30;

function read(key: string): string[] {
  try {
    const stored: unknown = JSON.parse(window.localStorage.getItem(key) ?? "[]");
    return Array.isArray(stored) ? stored.filter((item) => typeof item === "string") : [];
  } catch {
    return [];
  }
}

function keep(key: string, uids: readonly string[]): void {
  try {
    window.localStorage.setItem(key, JSON.stringify(uids));
  } catch {
    // A full or closed storage costs the bookmarks, nothing else.
  }
}

const [starred, setStarred] = createSignal<readonly string[]>(read(STARRED));
const [recent, setRecent] = createSignal<readonly string[]>(read(RECENT));

export { starred, recent };

export function toggleStar(uid: string): void {
  setStarred((before) => (before.includes(uid) ? before.filter((one) => one !== uid) : [...before, uid]));
  keep(STARRED, starred());
}

export function rememberOpened(uid: string): void {
  setRecent((before) => [uid, ...before.filter((one) => one !== uid)].slice(0, RECENT_MAX));
  keep(RECENT, recent());
}
