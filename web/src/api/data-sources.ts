/** The data sources that panels and variables may name, and where each is asked. */

import { at, type Json, object, objects, text } from "../json";
import { parseDuration } from "../time/duration";
import { getJson, sendJson } from "./http";

export interface DataSource {
  uid: string;
  name: string;
  /** `prometheus`, ... */
  type: string;
  isDefault: boolean;
  /** Whether it is the store of this server. */
  isOwn: boolean;
  /** How often its data is scraped, ms, where it says so. */
  scrapeIntervalMs?: number | undefined;
}

/** The store of this server; it is asked where nothing else is named. */
export const OWN_SOURCE: DataSource = { uid: "prometheus", name: "Prometheus", type: "prometheus", isDefault: true, isOwn: true };

/** Path of the API of this server's store. */
export const OWN_API = "/api/v1";

/** Data sources as the server has them, for those who change them. */
export async function listDataSourceJson(): Promise<Json[]> {
  return objects(await getJson("/api/datasources"));
}

const pathOf = (uid: string) => `/api/datasources/uid/${encodeURIComponent(uid)}`;

export async function loadDataSourceJson(uid: string): Promise<Json> {
  return object(await getJson(pathOf(uid)));
}

/** Changes a data source; one without a uid is added. */
export async function saveDataSource(json: Json): Promise<unknown> {
  const uid = text(json.uid);
  return uid ? sendJson("PUT", pathOf(uid), json) : sendJson("POST", "/api/datasources", json);
}

export async function deleteDataSource(uid: string): Promise<unknown> {
  return sendJson("DELETE", pathOf(uid));
}

/** Whether a data source answers, in the server's words; fails with them when it does not. */
export async function testDataSource(uid: string): Promise<string> {
  return text(object(await getJson(`${pathOf(uid)}/health`)).message);
}

export async function listDataSources(): Promise<DataSource[]> {
  return (await listDataSourceJson()).map((json) => ({
    uid: text(json.uid),
    name: text(json.name),
    type: text(json.type),
    isDefault: json.isDefault === true,
    isOwn: json.isOwn === true,
    scrapeIntervalMs: parseDuration(text(at(json, "jsonData.timeInterval"))),
  }));
}

/** All that there are; the own store alone when they cannot be listed. */
export async function dataSourcesOrOwn(): Promise<DataSource[]> {
  return listDataSources().catch(() => [OWN_SOURCE]);
}

/** Path of a data source's API: the others are asked through this server. */
export function apiOf(source: DataSource): string {
  return source.isOwn ? OWN_API : `/api/datasources/proxy/uid/${encodeURIComponent(source.uid)}/api/v1`;
}
