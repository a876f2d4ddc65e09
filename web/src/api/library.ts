/** Grafana's HTTP API for changing dashboards: save, versions, folders. */

import { unplaced } from "../base";
import { type Json, number, object, objects, text } from "../json";
import { toClassic } from "../model/classic";
import { deleteJson, getJson, postJson, sendJson } from "./http";

export interface SaveRequest {
  dashboard: Json;
  folderUid: string;
  message: string;
  /** Whether a newer version, or another dashboard of the same name, is written over. */
  overwrite: boolean;
}

export interface Saved {
  id: number;
  uid: string;
  url: string;
  version: number;
}

/** Fails with status 412 and the kind `version-mismatch` or `name-exists` where `overwrite` would be needed. */
export async function saveDashboard(request: SaveRequest): Promise<Saved> {
  const body = object(await postJson("/api/dashboards/db", request));
  const uid = text(body.uid);
  return {
    id: number(body.id) ?? 0,
    uid,
    url: unplaced(text(body.url)) || `/d/${encodeURIComponent(uid)}`,
    version: number(body.version) ?? 0,
  };
}

export async function deleteDashboard(uid: string): Promise<void> {
  await deleteJson(`/api/dashboards/uid/${encodeURIComponent(uid)}`);
}

export interface Folder {
  uid: string;
  title: string;
}

export async function listFolders(): Promise<Folder[]> {
  return objects(await getJson("/api/folders", [["limit", "1000"]])).map(readFolder);
}

export async function createFolder(title: string): Promise<Folder> {
  return readFolder(object(await postJson("/api/folders", { title })));
}

export async function renameFolder({ uid, title }: Folder): Promise<void> {
  await sendJson("PUT", `/api/folders/${encodeURIComponent(uid)}`, { title, overwrite: true });
}

/** Deletes a folder with all that is in it. */
export async function deleteFolder(uid: string): Promise<void> {
  await deleteJson(`/api/folders/${encodeURIComponent(uid)}`);
}

function readFolder(json: Json): Folder {
  return { uid: text(json.uid), title: text(json.title) };
}

export interface Version {
  version: number;
  /** As RFC 3339. */
  created: string;
  createdBy: string;
  message: string;
}

/** The kept versions of a dashboard, the newest first. */
export async function listVersions(uid: string): Promise<Version[]> {
  const body = await getJson(`/api/dashboards/uid/${encodeURIComponent(uid)}/versions`);
  const listed = Array.isArray(body) ? body : object(body).versions;
  return objects(listed)
    .map((json) => ({
      version: number(json.version) ?? 0,
      created: text(json.created),
      createdBy: text(json.createdBy),
      message: text(json.message),
    }))
    .sort((a, b) => b.version - a.version);
}

/** A version's dashboard in the classic form. */
export async function loadVersion(uid: string, version: number): Promise<Json> {
  const body = object(await getJson(`/api/dashboards/uid/${encodeURIComponent(uid)}/versions/${version}`));
  return toClassic(body.data);
}

export async function restoreVersion(uid: string, version: number): Promise<void> {
  await postJson(`/api/dashboards/uid/${encodeURIComponent(uid)}/restore`, { version });
}
