import { createResource, createSignal, For, Show } from "solid-js";
import { messageOf } from "../../api/http";
import { endOtherSessions, endSession, type OpenSession, ownSessions } from "../../api/people";
import { ago, dateTime } from "../../time/clock";
import { Notice } from "../../ui/notice";
import { createActing } from "./act";
import { Confirm, Failure } from "./form";

const MINUTE_MS = 60_000;

function since(ms: number): string {
  const now = Date.now();
  return now - ms < MINUTE_MS ? "just now" : ago(ms, now);
}

/** Where the reader is logged in, with a way to end each session or all others. */
export function Sessions() {
  const [sessions, { refetch }] = createResource(ownSessions);
  const [asking, setAsking] = createSignal(false);
  const acting = createActing();
  const end = (session: OpenSession) => void acting.act(() => endSession(session.id)).then(() => refetch());
  const others = () => (sessions.error ? 0 : (sessions.latest ?? []).filter((session) => !session.current).length);
  return (
    <section class="people-list" aria-labelledby="sessions">
      <header>
        <h2 id="sessions">Sessions</h2>
        <button type="button" class="button" disabled={others() === 0} onClick={() => setAsking(true)}>
          Log out everywhere else
        </button>
      </header>
      <Failure acting={acting} />
      <Show when={sessions.error}>{(cause) => <Notice kind="error" title="Sessions cannot be listed" text={messageOf(cause())} />}</Show>
      <ul class="people-rows">
        <For each={sessions.error ? [] : sessions.latest}>
          {(session) => (
            <li class="people-row">
              <span class="people-name">
                <strong>{session.agent || "Unknown browser"}</strong>
                <span class="muted">{session.address}</span>
              </span>
              <span class="people-fact" title={dateTime(session.createdMs)}>
                logged in {since(session.createdMs)}
              </span>
              <span class="people-end">
                <Show when={!session.current} fallback={<span class="tag">This session</span>}>
                  <span class="muted figure" title={dateTime(session.seenMs)}>
                    seen {since(session.seenMs)}
                  </span>
                  <button type="button" class="button" disabled={acting.busy()} onClick={() => end(session)}>
                    End
                  </button>
                </Show>
              </span>
            </li>
          )}
        </For>
      </ul>
      <Show when={asking()}>
        <Confirm
          title="Log out everywhere else"
          text={`Ends ${others() === 1 ? "one other session" : `${others()} other sessions`}. This page stays logged in.`}
          action="Log out"
          onClose={() => setAsking(false)}
          onConfirm={async () => {
            await endOtherSessions();
            await refetch();
          }}
        />
      </Show>
    </section>
  );
}
