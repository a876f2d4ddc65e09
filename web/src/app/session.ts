/** Who is logged in. */

import { createSignal } from "solid-js";
import { currentUser, type User } from "../api/grafana";
import { messageOf, whenUnauthorized } from "../api/http";
import { keepStarsHere, keepStarsOnServer } from "./bookmarks";
import { adoptTheme } from "./theme";

export type Session = { state: "starting" } | { state: "none" } | { state: "user"; user: User } | { state: "failed"; reason: string };

const [session, setSession] = createSignal<Session>({ state: "starting" });

export { session };

/** Whether who is logged in may change dashboards. */
export function mayEdit(): boolean {
  const current = session();
  return current.state === "user" && current.user.editor;
}

/** Whether somebody is logged in. */
export function isSomebody(): boolean {
  const current = session();
  return current.state === "user" && !current.user.anonymous;
}

/** Whether nobody is logged in, and somebody could be. */
export function mayLogIn(): boolean {
  const current = session();
  return current.state === "user" && current.user.anonymous && current.user.loginPossible;
}

function may(what: "admin" | "serverAdmin"): boolean {
  const current = session();
  return current.state === "user" && current.user[what];
}

/** Whether who is logged in may change roles, service accounts and data sources. */
export const mayAdminister = (): boolean => may("admin");

/** Whether who is logged in may change users. */
export const mayAdministerServer = (): boolean => may("serverAdmin");

/** Asks the server who is looking, and takes over what it keeps for a user. */
export async function refreshSession(): Promise<void> {
  try {
    const user = await currentUser();
    setSession(user ? { state: "user", user } : { state: "none" });
    if (!user || user.anonymous) return keepStarsHere();
    adoptTheme(user.theme);
    await keepStarsOnServer();
  } catch (cause) {
    setSession({ state: "failed", reason: messageOf(cause) });
  }
}

export function startSession(): void {
  whenUnauthorized(() => setSession({ state: "none" }));
  void refreshSession();
}
