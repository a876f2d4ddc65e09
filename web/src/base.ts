/**
 * Where the server is found: everything, pages and API, may be below a path, as behind a reverse proxy. In here paths
 * begin as if it were not; they are turned where they go to the browser and where they come from it.
 */

/** Empty, or `/prometheus`, without a slash at the end. Where no server put it, the page has a dot. */
const base = content("base").replace(/^\.?\/$|\/+$/, "");

/** A path of ours as the browser has to ask for it; what is no path of this server stays as it is. */
export function placed(path: string): string {
  return path.startsWith("/") && !path.startsWith("//") ? base + path : path;
}

function content(name: string): string {
  if (typeof document === "undefined") return "";
  return document.querySelector<HTMLMetaElement>(`meta[name="${name}"]`)?.content ?? "";
}

/** A path as the browser has it, as one of ours. */
export function unplaced(path: string): string {
  if (base === "" || !`${path}/`.startsWith(`${base}/`)) return path;
  return path.slice(base.length) || "/";
}
