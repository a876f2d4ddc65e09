/** The time of a dashboard: its range in the address, and its refresh. */

import { batch, createEffect, createMemo, createSignal, on, onCleanup } from "solid-js";
import { place, setQuery } from "../../app/router";
import { resumed } from "../../app/session";
import type { Dashboard } from "../../model/dashboard";
import { parseDuration } from "../../time/duration";
import { isRelative, type RawRange, resolveRange } from "../../time/range";

/** The quickest refresh, ms. */
const REFRESH_MIN_MS = 1000;

export type Clock = ReturnType<typeof createClock>;

export function createClock(dashboard: Dashboard, busy: () => boolean, beforeTick: () => void) {
  const [now, setNow] = createSignal(Date.now());
  const written = (): RawRange => ({
    from: place().query.get("from") ?? dashboard.time.from,
    to: place().query.get("to") ?? dashboard.time.to,
  });
  const raw = createMemo<RawRange>(written, written(), { equals: (a, b) => a.from === b.from && a.to === b.to });
  const range = createMemo(() => resolveRange(raw(), now(), dashboard.utc));
  const refresh = createMemo(() => place().query.get("refresh") ?? dashboard.refresh);

  const tick = () => {
    beforeTick();
    setNow(Date.now());
  };
  createEffect(on(resumed, tick, { defer: true }));
  createEffect(() => {
    const everyMs = parseDuration(refresh());
    if (!everyMs) return;
    // A refresh that is still under way is waited for: asking faster than the answers come helps nobody.
    const timer = window.setInterval(
      () => {
        if (!document.hidden && !busy() && isRelative(raw())) tick();
      },
      Math.max(REFRESH_MIN_MS, everyMs),
    );
    onCleanup(() => window.clearInterval(timer));
  });

  return {
    now,
    raw,
    range,
    refresh,
    tick,
    setRange: (next: RawRange) => {
      beforeTick();
      batch(() => {
        setNow(Date.now());
        setQuery({ from: next.from, to: next.to });
      });
    },
    setRefresh: (every: string) => setQuery({ refresh: every || "" }, true),
  };
}
