import { createMemo, createResource, For, Show } from "solid-js";
import { searchDashboards, type DashboardEntry } from "../../api/grafana";
import { messageOf } from "../../api/http";
import { recent, starred } from "../../app/bookmarks";
import { flag, number, text, texts, type Json } from "../../json";
import type { PanelProps } from "../props";
import "./list.css";
import { placed } from "../../base";

/** Links to dashboards: starred, opened last, or found by text and tags. */
export default function DashlistPanel(props: PanelProps) {
  const options = () => props.panel.options;
  const [entries] = createResource(() => searchDashboards());
  const groups = createMemo(() => (entries.error ? [] : groupsOf(entries() ?? [], options(), props.text)));
  const suffix = () => {
    const parameters = [
      ...(flag(options().keepTime) ? [props.text("${__url_time_range}")] : []),
      ...(flag(options().includeVars) ? [props.text("${__all_variables}")] : []),
    ].filter(Boolean);
    return parameters.length ? `?${parameters.join("&")}` : "";
  };
  return (
    <div class="panel-list">
      <Show when={entries.error}>
        <p class="muted">{messageOf(entries.error)}</p>
      </Show>
      <For each={groups()}>
        {(group) => (
          <section>
            <Show when={flag(options().showHeadings, true)}>
              <h3>{group.title}</h3>
            </Show>
            <ul>
              <For each={group.entries} fallback={<li class="muted">None</li>}>
                {(entry) => (
                  <li>
                    <a href={placed(entry.url + suffix())}>{entry.title}</a>
                    <Show when={entry.folder && flag(options().showFolderNames, true)}>
                      <span class="muted"> {entry.folder}</span>
                    </Show>
                  </li>
                )}
              </For>
            </ul>
          </section>
        )}
      </For>
    </div>
  );
}

interface Group {
  title: string;
  entries: DashboardEntry[];
}

function groupsOf(all: readonly DashboardEntry[], options: Json, fill: (source: string) => string): Group[] {
  const limit = Math.min(100, number(options.maxItems) ?? 10);
  const chosen = (uids: readonly string[]) => uids.flatMap((uid) => all.find((entry) => entry.uid === uid) ?? []).slice(0, limit);
  const groups: Group[] = [];
  if (flag(options.showStarred, true)) groups.push({ title: "Starred dashboards", entries: chosen(starred()) });
  if (flag(options.showRecentlyViewed)) groups.push({ title: "Recently viewed dashboards", entries: chosen(recent()) });
  if (flag(options.showSearch)) {
    const [query, tags] = [fill(text(options.query)).toLowerCase(), texts(options.tags)];
    const found = all.filter((entry) => entry.title.toLowerCase().includes(query) && tags.every((tag) => entry.tags.includes(tag)));
    groups.push({ title: "Search", entries: found.slice(0, limit) });
  }
  return groups;
}
