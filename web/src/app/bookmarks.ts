/** Dashboards that the reader starred, kept by the server for who is logged in, or opened last, kept in the browser. */

import { createSignal } from "solid-js";
import { star, starredUids } from "../api/grafana";

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

let onServer = false;

/** Keeps stars in this browser, as those of nobody. */
export function keepStarsHere(): void {
  onServer = false;
  setStarred(read(STARRED));
}

/** Keeps stars with the user who is logged in. */
export async function keepStarsOnServer(): Promise<void> {
  onServer = true;
  try {
    setStarred(await starredUids());
  } catch {
    // The stars of the last time are better than none.
  }
}

export function toggleStar(uid: string): void {
  setStarred((before) => (before.includes(uid) ? before.filter((one) => one !== uid) : [...before, uid]));
  if (!onServer) return keep(STARRED, starred());
  // What the server did not take is as it has it.
  star(uid, starred().includes(uid)).catch(() => void keepStarsOnServer());
}

export function rememberOpened(uid: string): void {
  setRecent((before) => [uid, ...before.filter((one) => one !== uid)].slice(0, RECENT_MAX));
  keep(RECENT, recent());
}
