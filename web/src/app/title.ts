/** Titles of pages. */

/** What the server calls itself: `--web.page-title`. */
const site = typeof document === "undefined" ? "" : document.title;

export function setTitle(page: string): void {
  document.title = `${page} – ${site}`;
}
