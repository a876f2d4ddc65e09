/** Unsaved changes, kept in this browser until they are saved or discarded, or who made them logs
 * out: a page that is closed loses none. */

import { type Json, number, object, objects, text } from "../json";
import { DRAFTS, keepStored, readStored } from "../stored";

/** Dashboards whose changes are kept. */
const DRAFTS_MAX = 5;

export interface Draft {
  /** Of the dashboard; empty for a new one. */
  uid: string;
  /** Whose changes they are. */
  login: string;
  /** The version that was changed. */
  version: number;
  /** When, epoch ms. */
  at: number;
  json: Json;
}

function drafts(): Draft[] {
  return objects(readStored(DRAFTS)).map((draft) => ({
    uid: text(draft.uid),
    login: text(draft.login),
    version: number(draft.version) ?? 0,
    at: number(draft.at) ?? 0,
    json: object(draft.json),
  }));
}

const isOf = (uid: string, login: string) => (draft: Draft) => draft.uid === uid && draft.login === login;

export function findDraft(uid: string, login: string): Draft | undefined {
  return drafts().find(isOf(uid, login));
}

/** Keeps a draft in place of an earlier one of the same dashboard; the oldest give way. */
export function keepDraft(draft: Draft): void {
  const others = drafts().filter((one) => !isOf(draft.uid, draft.login)(one));
  keepStored(DRAFTS, [draft, ...others].slice(0, DRAFTS_MAX));
}

export function dropDraft(uid: string, login: string): void {
  const all = drafts();
  const others = all.filter((one) => !isOf(uid, login)(one));
  if (others.length < all.length) keepStored(DRAFTS, others);
}
