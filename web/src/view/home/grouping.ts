/** Dashboards as a reader looks for them: filtered, and by folder. */

import type { DashboardEntry } from "../../api/grafana";

export interface Wanted {
  text: string;
  tags: readonly string[];
  starredOnly: boolean;
}

export interface Group {
  /** Empty for dashboards in no folder. */
  folderUid: string;
  title: string;
  entries: DashboardEntry[];
}

/** Every word has to be in the title, the folder or a tag; every tag has to be there. */
export function filterEntries(entries: readonly DashboardEntry[], wanted: Wanted, starred: readonly string[]): DashboardEntry[] {
  const words = wanted.text.toLowerCase().split(/\s+/).filter(Boolean);
  return entries.filter((entry) => {
    const said = `${entry.folder} ${entry.title} ${entry.tags.join(" ")}`.toLowerCase();
    const isTagged = wanted.tags.every((tag) => entry.tags.includes(tag));
    return isTagged && words.every((word) => said.includes(word)) && (!wanted.starredOnly || starred.includes(entry.uid));
  });
}

/** Dashboards without a folder first, then the folders by name; those without dashboards too when they are given. */
export function groupByFolder(entries: readonly DashboardEntry[], folders: readonly { uid: string; title: string }[]): Group[] {
  const groups = new Map<string, Group>([["", { folderUid: "", title: "", entries: [] }]]);
  for (const { uid, title } of folders) groups.set(uid, { folderUid: uid, title, entries: [] });
  for (const entry of entries) {
    const key = entry.folderUid || entry.folder;
    const group = groups.get(key) ?? { folderUid: entry.folderUid, title: entry.folder, entries: [] };
    groups.set(key, group);
    group.entries.push(entry);
  }
  const [none, ...named] = groups.values();
  named.sort((a, b) => a.title.localeCompare(b.title));
  return [...(none?.entries.length ? [none] : []), ...named];
}

/** Tags by how many dashboards bear them. */
export function tagsOf(entries: readonly DashboardEntry[]): string[] {
  const counts = new Map<string, number>();
  for (const tag of entries.flatMap(({ tags }) => tags)) counts.set(tag, (counts.get(tag) ?? 0) + 1);
  return [...counts].sort(([a, n], [b, m]) => m - n || a.localeCompare(b)).map(([tag]) => tag);
}
