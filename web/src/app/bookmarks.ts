/** Dashboards that the reader starred, kept by the server for who is logged in, or opened last, kept in the browser. */

import { createSignal } from "solid-js";
import { star, starredUids } from "../api/grafana";
import { texts } from "../json";
import { keepStored, readStored } from "../stored";

const STARRED = "gnomon.starred";
const RECENT = "gnomon.recent";
const RECENT_MAX = 30;

const read = (key: string): string[] => texts(readStored(key));

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
  if (!onServer) return keepStored(STARRED, starred());
  // What the server did not take is as it has it.
  star(uid, starred().includes(uid)).catch(() => void keepStarsOnServer());
}

export function rememberOpened(uid: string): void {
  setRecent((before) => [uid, ...before.filter((one) => one !== uid)].slice(0, RECENT_MAX));
  keepStored(RECENT, recent());
}
