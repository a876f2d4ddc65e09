/** The data sources that panels and variables may name, and where each is asked. */

import { at, objects, text } from "../json";
import { parseDuration } from "../time/duration";
import { getJson } from "./http";

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

export async function listDataSources(): Promise<DataSource[]> {
  return objects(await getJson("/api/datasources")).map((json) => ({
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
