/** Users, sessions and service accounts by Grafana's HTTP API. */

import { flag, number, object, objects, text } from "../json";
import { getJson, sendJson } from "./http";

export const ROLES = ["Viewer", "Editor", "Admin"] as const;

export interface Profile {
  login: string;
  name: string;
  email: string;
}

export interface Person extends Profile {
  id: number;
  role: string;
  /** Whether this user may change users; `undefined` where that is not told. */
  serverAdmin: boolean | undefined;
  disabled: boolean;
  /** How long ago the user was seen, in words. */
  seen: string;
}

export interface OpenSession {
  id: number;
  /** Whether it is the one of this page. */
  current: boolean;
  /** Browser and system in words; empty when unknown. */
  agent: string;
  address: string;
  createdMs: number;
  seenMs: number;
}

export interface ServiceAccount {
  id: number;
  name: string;
  role: string;
  disabled: boolean;
  tokens: number;
}

export interface Token {
  id: number;
  name: string;
  createdMs: number;
  /** `undefined` when it was never used. */
  usedMs: number | undefined;
  /** `undefined` when it never ends. */
  endsMs: number | undefined;
  ended: boolean;
}

function timeMs(value: unknown): number | undefined {
  const ms = Date.parse(text(value));
  return Number.isNaN(ms) ? undefined : ms;
}

export async function ownProfile(): Promise<Profile> {
  const body = object(await getJson("/api/user"));
  return { login: text(body.login), name: text(body.name), email: text(body.email) };
}

export async function saveProfile(profile: Profile): Promise<void> {
  await sendJson("PUT", "/api/user", profile);
}

export async function changePassword(oldPassword: string, newPassword: string): Promise<void> {
  await sendJson("PUT", "/api/user/password", { oldPassword, newPassword });
}

/** Uid of the dashboard that one begins with; empty for the list. */
export async function homeDashboard(): Promise<string> {
  return text(object(await getJson("/api/user/preferences")).homeDashboardUID);
}

/** Changes what is named: `theme` is `dark`, `light` or `system`. */
export async function savePreferences(preferences: { theme?: string; homeDashboardUID?: string }): Promise<void> {
  await sendJson("PATCH", "/api/user/preferences", preferences);
}

export async function ownSessions(): Promise<OpenSession[]> {
  return objects(await getJson("/api/user/auth-tokens")).map((json) => ({
    id: number(json.id) ?? 0,
    current: flag(json.isActive),
    agent: [[text(json.browser), text(json.browserVersion)].filter(Boolean).join(" "), text(json.os)].filter(Boolean).join(" on "),
    address: text(json.clientIp),
    createdMs: timeMs(json.createdAt) ?? 0,
    seenMs: timeMs(json.seenAt) ?? 0,
  }));
}

export async function endSession(id: number): Promise<void> {
  await sendJson("POST", "/api/user/revoke-auth-token", { authTokenId: id });
}

/** Ends all sessions but the one of this page. */
export async function endOtherSessions(): Promise<void> {
  await sendJson("DELETE", "/api/user/auth-tokens");
}

/** All users; as one who may change them, or who belongs to the organisation alone. */
export async function listPeople(mayChange: boolean): Promise<Person[]> {
  const body = await getJson(mayChange ? "/api/users" : "/api/org/users");
  return objects(body).map((json) => ({
    id: number(json.id) ?? number(json.userId) ?? 0,
    login: text(json.login),
    name: text(json.name),
    email: text(json.email),
    role: text(json.role),
    serverAdmin: typeof json.isAdmin === "boolean" ? json.isAdmin : undefined,
    disabled: flag(json.isDisabled),
    seen: text(json.lastSeenAtAge),
  }));
}

export async function addPerson(person: Profile & { password: string; role: string }): Promise<void> {
  await sendJson("POST", "/api/admin/users", person);
}

export async function setRole(id: number, role: string): Promise<void> {
  await sendJson("PATCH", `/api/org/users/${id}`, { role });
}

export async function setPassword(id: number, password: string): Promise<void> {
  await sendJson("PUT", `/api/admin/users/${id}/password`, { password });
}

export async function setServerAdmin(id: number, isGrafanaAdmin: boolean): Promise<void> {
  await sendJson("PUT", `/api/admin/users/${id}/permissions`, { isGrafanaAdmin });
}

export async function setDisabled(id: number, disabled: boolean): Promise<void> {
  await sendJson("POST", `/api/admin/users/${id}/${disabled ? "disable" : "enable"}`);
}

export async function logPersonOut(id: number): Promise<void> {
  await sendJson("POST", `/api/admin/users/${id}/logout`);
}

export async function deletePerson(id: number): Promise<void> {
  await sendJson("DELETE", `/api/admin/users/${id}`);
}

export async function listServiceAccounts(): Promise<ServiceAccount[]> {
  const body = object(await getJson("/api/serviceaccounts/search"));
  return objects(body.serviceAccounts).map((json) => ({
    id: number(json.id) ?? 0,
    name: text(json.name),
    role: text(json.role),
    disabled: flag(json.isDisabled),
    tokens: number(json.tokens) ?? 0,
  }));
}

export async function addServiceAccount(name: string, role: string): Promise<void> {
  await sendJson("POST", "/api/serviceaccounts", { name, role });
}

export async function changeServiceAccount(id: number, change: { role?: string; isDisabled?: boolean }): Promise<void> {
  await sendJson("PATCH", `/api/serviceaccounts/${id}`, change);
}

export async function deleteServiceAccount(id: number): Promise<void> {
  await sendJson("DELETE", `/api/serviceaccounts/${id}`);
}

export async function listTokens(accountId: number): Promise<Token[]> {
  return objects(await getJson(`/api/serviceaccounts/${accountId}/tokens`)).map((json) => ({
    id: number(json.id) ?? 0,
    name: text(json.name),
    createdMs: timeMs(json.created) ?? 0,
    usedMs: timeMs(json.lastUsedAt),
    endsMs: timeMs(json.expiration),
    ended: flag(json.hasExpired),
  }));
}

/** The secret of a new token, which the server tells this once. */
export async function addToken(accountId: number, name: string, secondsToLive: number): Promise<string> {
  return text(object(await sendJson("POST", `/api/serviceaccounts/${accountId}/tokens`, { name, secondsToLive })).key);
}

export async function deleteToken(accountId: number, id: number): Promise<void> {
  await sendJson("DELETE", `/api/serviceaccounts/${accountId}/tokens/${id}`);
}
