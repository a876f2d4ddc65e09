import { createEffect, createMemo, createResource, createSignal, For, onMount, Show } from "solid-js";
import { searchDashboards, type DashboardEntry } from "../../api/grafana";
import { messageOf } from "../../api/http";
import { navigate } from "../../app/router";
import { mayEdit } from "../../app/session";
import { setTitle } from "../../app/title";
import { placed } from "../../base";
import { Icon } from "../../ui/icon";
import { Notice } from "../../ui/notice";
import "./home.css";

/** `/`: the only dashboard, or the list of them. */
export function HomePage() {
  const [entries] = createResource(() => searchDashboards());
  createEffect(() => {
    const found = entries.error ? undefined : entries();
    const [only] = found ?? [];
    if (found?.length === 1 && only) navigate(only.url, { replace: true });
  });
  return <Listing entries={entries.error ? undefined : entries()} error={entries.error} />;
}

/** `/dashboards`: the list. */
export function DashboardsPage() {
  const [entries] = createResource(() => searchDashboards());
  return <Listing entries={entries.error ? undefined : entries()} error={entries.error} />;
}

function Listing(props: { entries: DashboardEntry[] | undefined; error: unknown }) {
  const [filter, setFilter] = createSignal("");
  onMount(() => {
    setTitle("Dashboards");
  });
  const shown = createMemo(() => {
    const wanted = filter().trim().toLowerCase();
    const all = props.entries ?? [];
    return wanted ? all.filter((entry) => `${entry.folder} ${entry.title} ${entry.tags.join(" ")}`.toLowerCase().includes(wanted)) : all;
  });
  return (
    <div class="narrow">
      <div class="page-head">
        <h1>Dashboards</h1>
        <label class="search">
          <Icon name="search" />
          <input
            type="search"
            placeholder="Filter"
            aria-label="Filter dashboards"
            value={filter()}
            onInput={(event) => setFilter(event.currentTarget.value)}
          />
        </label>
        <Show when={mayEdit()}>
          <a class="button" href={placed("/dashboard/new")}>
            <Icon name="plus" />
            New
          </a>
          <a class="button" href={placed("/dashboard/import")}>
            Import
          </a>
        </Show>
      </div>
      <Show when={props.error}>
        <Notice kind="error" title="The dashboards cannot be listed" text={messageOf(props.error)} />
      </Show>
      <Show when={props.entries && shown().length === 0}>
        <Notice kind="info" title={filter() ? "No dashboard matches" : "There are no dashboards yet"} />
      </Show>
      <ul class="listing">
        <For each={shown()}>
          {(entry) => (
            <li>
              <a href={placed(entry.url)}>
                <span class="listing-title">{entry.title}</span>
                <Show when={entry.folder}>
                  <span class="listing-folder">{entry.folder}</span>
                </Show>
                <span class="listing-tags">
                  <For each={entry.tags.slice(0, 4)}>{(tag) => <span class="tag">{tag}</span>}</For>
                </span>
              </a>
            </li>
          )}
        </For>
      </ul>
    </div>
  );
}
