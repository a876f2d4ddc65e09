/** Addresses: where the page is, and how to go elsewhere without loading it anew. */

import { createSignal } from "solid-js";

export interface Place {
  path: string;
  query: URLSearchParams;
}

function here(): Place {
  return { path: window.location.pathname, query: new URLSearchParams(window.location.search) };
}

const [place, setPlace] = createSignal<Place>(here());

export { place };

/** Starts following the browser's history and the links of the page. */
export function startRouter(): void {
  window.addEventListener("popstate", () => setPlace(here()));
  document.addEventListener("click", followLink);
}

export function navigate(url: string, options: { replace?: boolean } = {}): void {
  if (options.replace) window.history.replaceState(null, "", url);
  else window.history.pushState(null, "", url);
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
  const search = query.toString();
  navigate(window.location.pathname + (search ? `?${search}` : ""), { replace });
}

/** Links of our own pages are followed here; those with a modifier, a target or another host by the browser. */
function followLink(event: MouseEvent): void {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const link = event.target instanceof Element ? event.target.closest("a") : null;
  if (!link || link.target || link.hasAttribute("download") || link.origin !== window.location.origin) return;
  if (/^\/(api|metrics|logout|-)(\/|$)/.test(link.pathname)) return;
  if (link.hash && link.pathname === window.location.pathname) return;
  event.preventDefault();
  navigate(link.pathname + link.search + link.hash);
}
