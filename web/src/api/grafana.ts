/** The part of Grafana's HTTP API that the pages use. */

import { unplaced } from "../base";
import { at, flag, isObject, type Json, number, object, objects, text, texts } from "../json";
import { resourceOf, toClassic } from "../model/classic";
import { ApiError, getJson, postJson, sendJson } from "./http";

export interface User {
  login: string;
  /** Whether nobody had to log in. */
  anonymous: boolean;
  /** Whether this user may change dashboards. */
  editor: boolean;
  /** Whether this user may change data sources, service accounts and roles. */
  admin: boolean;
  /** Whether this user may change users. */
  serverAdmin: boolean;
  /** `dark`, `light`, or empty. */
  theme: string;
  /** Whether this server knows log-ins; at the address of the Prometheus API everybody is nobody. */
  loginPossible: boolean;
}

/** Who is looking; `undefined` when the server wants a login. */
export async function currentUser(): Promise<User | undefined> {
  try {
    const body = await getJson("/api/user");
    if (!isObject(body)) return undefined;
    const anonymous = flag(body.isAnonymous);
    return {
      login: text(body.login, "viewer"),
      anonymous,
      loginPossible: !anonymous || (await loginIsPossible()),
      editor: body.orgRole === "Editor" || body.orgRole === "Admin",
      admin: body.orgRole === "Admin",
      serverAdmin: flag(body.isGrafanaAdmin),
      theme: text(body.theme),
    };
  } catch (cause) {
    if (cause instanceof ApiError && cause.status === 401) return undefined;
    throw cause;
  }
}

async function loginIsPossible(): Promise<boolean> {
  return !flag(at(await getJson("/api/frontend/settings"), "disableLoginForm"));
}

/** Where the reader would rather begin than with the list. */
export async function homeAddress(): Promise<string | undefined> {
  return unplaced(text(object(await getJson("/api/dashboards/home")).redirectUri)) || undefined;
}

export async function starredUids(): Promise<string[]> {
  return texts(await getJson("/api/user/stars"));
}

export async function star(uid: string, starred: boolean): Promise<void> {
  await sendJson(starred ? "POST" : "DELETE", `/api/user/stars/dashboard/uid/${encodeURIComponent(uid)}`);
}

export async function logIn(user: string, password: string): Promise<void> {
  await postJson("/login", { user, password });
}

export interface DashboardEntry {
  uid: string;
  title: string;
  url: string;
  folder: string;
  folderUid: string;
  tags: string[];
}

export async function searchDashboards(signal?: AbortSignal): Promise<DashboardEntry[]> {
  const body = await getJson(
    "/api/search",
    [
      ["query", ""],
      ["type", "dash-db"],
    ],
    signal,
  );
  return objects(body).map((json) => ({
    uid: text(json.uid),
    title: text(json.title),
    url: unplaced(text(json.url)) || `/d/${encodeURIComponent(text(json.uid))}`,
    folder: text(json.folderTitle),
    folderUid: text(json.folderUid),
    tags: texts(json.tags),
  }));
}

/** What the server says about a dashboard besides its JSON. */
export interface DashboardMeta {
  canSave: boolean;
  canEdit: boolean;
  canDelete: boolean;
  /** Whether it stands in a file that another program keeps. */
  provisioned: boolean;
  /** Which file, where the server says it. */
  provisionedFile: string;
  folderUid: string;
  folderTitle: string;
  version: number;
  isNew: boolean;
  /** The resource, V1 or V2, that the server keeps in place of the classic form. */
  resource?: Json | undefined;
}

export interface LoadedDashboard {
  /** In the classic form, whichever the server keeps. */
  json: Json;
  meta: DashboardMeta;
}

export async function loadDashboard(uid: string): Promise<LoadedDashboard> {
  const body = object(await getJson(`/api/dashboards/uid/${encodeURIComponent(uid)}`));
  return { json: toClassic(body), meta: readMeta(object(body.meta), object(body.dashboard)) };
}

function readMeta(meta: Json, dashboard: Json): DashboardMeta {
  return {
    canSave: flag(meta.canSave),
    canEdit: flag(meta.canEdit),
    canDelete: flag(meta.canDelete),
    provisioned: flag(meta.provisioned),
    provisionedFile: text(meta.provisionedExternalId),
    folderUid: text(meta.folderUid),
    folderTitle: text(meta.folderTitle),
    version: number(meta.version) ?? number(dashboard.version) ?? 0,
    isNew: false,
    resource: resourceOf(dashboard),
  };
}
