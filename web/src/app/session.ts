/** Who is logged in. */

import { createSignal } from "solid-js";
import { currentUser, type User } from "../api/grafana";
import { messageOf, whenUnauthorized } from "../api/http";

export type Session = { state: "starting" } | { state: "none" } | { state: "user"; user: User } | { state: "failed"; reason: string };

const [session, setSession] = createSignal<Session>({ state: "starting" });

export { session };

/** Whether who is logged in may change dashboards. */
export function mayEdit(): boolean {
  const current = session();
  return current.state === "user" && current.user.editor;
}

/** Asks the server who is looking. */
export async function refreshSession(): Promise<void> {
  try {
    const user = await currentUser();
    setSession(user ? { state: "user", user } : { state: "none" });
  } catch (cause) {
    setSession({ state: "failed", reason: messageOf(cause) });
  }
}

export function startSession(): void {
  whenUnauthorized(() => setSession({ state: "none" }));
  void refreshSession();
}
