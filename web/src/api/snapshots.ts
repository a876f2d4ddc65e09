/** Snapshots: dashboards with the data that they showed. */

import { type Json, number, object, objects, text } from "../json";
import { toClassic } from "../model/classic";
import { deleteJson, getJson, postJson } from "./http";

export interface SnapshotEntry {
  key: string;
  name: string;
  /** As RFC 3339. */
  created: string;
  expires: string;
}

export interface Snapshot {
  json: Json;
  created: string;
  expires: string;
}

/** Makes a snapshot; answers its key. `expiresS` is 0 for never. */
export async function addSnapshot(dashboard: Json, name: string, expiresS: number): Promise<string> {
  return text(object(await postJson("/api/snapshots", { dashboard, name, expires: expiresS })).key);
}

export async function listSnapshots(): Promise<SnapshotEntry[]> {
  return objects(await getJson("/api/dashboard/snapshots")).map((json) => ({
    key: text(json.key),
    name: text(json.name),
    created: text(json.created),
    expires: text(json.expires),
  }));
}

export async function loadSnapshot(key: string): Promise<Snapshot> {
  const body = object(await getJson(`/api/snapshots/${encodeURIComponent(key)}`));
  const meta = object(body.meta);
  return { json: toClassic(body), created: text(meta.created), expires: text(meta.expires) };
}

export async function deleteSnapshot(key: string): Promise<void> {
  await deleteJson(`/api/snapshots/${encodeURIComponent(key)}`);
}

/** What never goes lasts fifty years. */
const NEVER_MS = 10 * 365 * 86_400_000;

/** When a snapshot goes, epoch ms; `undefined` for never. */
export function expiryMs({ created, expires }: { created: string; expires: string }): number | undefined {
  const ends = number(Date.parse(expires));
  return ends === undefined || ends - Date.parse(created) > NEVER_MS ? undefined : ends;
}
