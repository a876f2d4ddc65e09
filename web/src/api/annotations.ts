/** Annotations made by hand, as Grafana's API keeps them. */

import { flag, number, objects, text, texts } from "../json";
import { deleteJson, getJson, postJson, sendJson } from "./http";

export interface StoredAnnotation {
  id: number;
  /** Epoch ms; the same for a moment. */
  from: number;
  to: number;
  text: string;
  tags: string[];
  panelId: number | undefined;
}

export interface AnnotationSearch {
  from: number;
  to: number;
  dashboardUid: string;
  /** When there are some, annotations of all dashboards that bear them. */
  tags: string[];
  matchAny: boolean;
  limit: number;
}

export async function findAnnotations(search: AnnotationSearch, signal: AbortSignal): Promise<StoredAnnotation[]> {
  const { from, to, dashboardUid, tags, matchAny, limit } = search;
  const chosen: [string, string][] = tags.length
    ? [...tags.map((tag): [string, string] => ["tags", tag]), ["matchAny", String(matchAny)]]
    : [["dashboardUID", dashboardUid]];
  const found = await getJson(
    "/api/annotations",
    [["from", String(from)], ["to", String(to)], ["limit", String(limit)], ...chosen],
    signal,
  );
  return objects(found)
    .filter((json) => !flag(json.alertId))
    .map((json) => ({
      id: number(json.id) ?? 0,
      from: number(json.time) ?? 0,
      to: number(json.timeEnd) || (number(json.time) ?? 0),
      text: text(json.text),
      tags: texts(json.tags),
      panelId: tags.length ? undefined : number(json.panelId) || undefined,
    }));
}

export interface NewAnnotation {
  dashboardUid: string;
  panelId: number;
  from: number;
  to: number;
  text: string;
  tags: string[];
}

export async function addAnnotation({ dashboardUid, panelId, from, to, text, tags }: NewAnnotation): Promise<void> {
  await postJson("/api/annotations", { dashboardUID: dashboardUid, panelId, time: from, timeEnd: to, text, tags });
}

export async function changeAnnotation(id: number, change: { text: string; tags: string[] }): Promise<void> {
  await sendJson("PATCH", `/api/annotations/${id}`, change);
}

export async function deleteAnnotation(id: number): Promise<void> {
  await deleteJson(`/api/annotations/${id}`);
}
