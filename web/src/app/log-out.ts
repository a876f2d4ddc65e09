/** What who logs out leaves in the browser: nothing of theirs. */

import { objects } from "../json";
import { DRAFTS, keepStored, OPTIONS, readStored } from "../stored";

const KEY = "gnomon.leaving";

/**
 * Notes that somebody logs out. What is theirs goes when they have: a page keeps its unsaved changes as it is left, and
 * the browser may ask whether it is to be left at all.
 */
export function beginLogOut(login: string): void {
  keepStored(KEY, login);
}

/** Drops what is kept of who has logged out. `login` is that of who is there; empty for nobody. */
export function endLogOut(login: string): void {
  const left = readStored(KEY);
  if (typeof left !== "string") return;
  keepStored(KEY, null);
  if (left === login) return;
  keepStored(
    DRAFTS,
    objects(readStored(DRAFTS)).filter((draft) => draft.login !== left),
  );
  keepStored(OPTIONS, []);
}
