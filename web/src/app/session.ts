/** Who is logged in. */

import { createSignal } from "solid-js";
import { currentUser, type User } from "../api/grafana";
import { messageOf, whenUnauthorized } from "../api/http";
import { keepStarsHere, keepStarsOnServer } from "./bookmarks";
import { endLogOut } from "./log-out";
import { adoptTheme } from "./theme";

export type Session = { state: "starting" } | { state: "none" } | { state: "user"; user: User } | { state: "failed"; reason: string };

const [session, setSession] = createSignal<Session>({ state: "starting" });
/** Whether who was logged in is no longer, while the page is still there. */
const [expired, setExpired] = createSignal(false);
/** Counts the times that somebody logged in again on the same page. */
const [resumed, setResumed] = createSignal(0);

export { expired, resumed, session };

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

/** The login of who is there; empty for nobody. */
export function login(): string {
  const current = session();
  return current.state === "user" && !current.user.anonymous ? current.user.login : "";
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
    endLogOut(user && !user.anonymous ? user.login : "");
    setSession(user ? { state: "user", user } : { state: "none" });
    if (!user || user.anonymous) return keepStarsHere();
    adoptTheme(user.theme);
    await keepStarsOnServer();
  } catch (cause) {
    setSession({ state: "failed", reason: messageOf(cause) });
  }
}

/** Goes on after a login on the page whose session had ended. */
export async function resumeSession(): Promise<void> {
  await refreshSession();
  setExpired(false);
  setResumed((times) => times + 1);
}

/** Gives the page up whose session has ended. */
export function leaveSession(): void {
  if (!expired()) return;
  setExpired(false);
  setSession({ state: "none" });
}

export function startSession(): void {
  // A page that somebody works on is left as it stands until they are back.
  whenUnauthorized(() => (isSomebody() ? setExpired(true) : setSession({ state: "none" })));
  void refreshSession();
}
