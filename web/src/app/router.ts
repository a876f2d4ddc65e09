/** Addresses: where the page is, and how to go elsewhere without loading it anew. */

import { createSignal } from "solid-js";
import { placed, unplaced } from "../base";

export interface Place {
  path: string;
  query: URLSearchParams;
}

function here(): Place {
  return { path: unplaced(window.location.pathname), query: new URLSearchParams(window.location.search) };
}

const [place, setPlace] = createSignal<Place>(here());

export { place };

let mayLeave: (next: string) => boolean = () => true;

/** Asks before another path is gone to, until the answer is called; `false` stays. */
export function guardLeaving(ask: (next: string) => boolean): () => void {
  mayLeave = ask;
  return () => {
    if (mayLeave === ask) mayLeave = () => true;
  };
}

/** Starts following the browser's history and the links of the page. */
export function startRouter(): void {
  window.addEventListener("popstate", followHistory);
  document.addEventListener("click", followLink);
}

/** The browser has gone already; where that was not wanted, its address is put back. */
function followHistory(): void {
  const next = here();
  const { path, query } = place();
  if (next.path !== path && !mayLeave(withQuery(next))) window.history.pushState(null, "", placed(withQuery({ path, query })));
  else setPlace(next);
}

function withQuery({ path, query }: Place): string {
  const search = query.toString();
  return path + (search ? `?${search}` : "");
}

export function navigate(url: string, options: { replace?: boolean } = {}): void {
  if (url.split("?")[0] !== place().path && !mayLeave(url)) return;
  if (options.replace) window.history.replaceState(null, "", placed(url));
  else window.history.pushState(null, "", placed(url));
  const before = place().path;
  setPlace(here());
  if (!options.replace && place().path !== before) window.scrollTo(0, 0);
}

/** Changes parameters of the address; `null` takes one out, several values repeat it. */
export function setQuery(changes: Record<string, string | readonly string[] | null>, replace = false): void {
  const query = new URLSearchParams(window.location.search);
  for (const [name, value] of Object.entries(changes)) {
    query.delete(name);
    const values = value === null ? [] : typeof value === "string" ? [value] : value;
    for (const item of values) query.append(name, item);
  }
  navigate(withQuery({ path: place().path, query }), { replace });
}

/** Links of our own pages are followed here; those with a modifier, a target or another host by the browser. */
function followLink(event: MouseEvent): void {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const link = event.target instanceof Element ? event.target.closest("a") : null;
  if (!link || link.target || link.hasAttribute("download") || link.origin !== window.location.origin) return;
  const path = unplaced(link.pathname);
  if (/^\/(api|metrics|logout|-)(\/|$)/.test(path)) return;
  if (link.hash && link.pathname === window.location.pathname) return;
  event.preventDefault();
  navigate(path + link.search + link.hash);
}
