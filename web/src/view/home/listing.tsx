import { createMemo, createResource, createSignal, For, lazy, onMount, Show, Suspense } from "solid-js";
import type { DashboardEntry } from "../../api/grafana";
import { messageOf } from "../../api/http";
import { listFolders } from "../../api/library";
import { starred, toggleStar } from "../../app/bookmarks";
import { mayEdit } from "../../app/session";
import { setTitle } from "../../app/title";
import { placed } from "../../base";
import { Icon } from "../../ui/icon";
import { SearchBox } from "../../ui/search-box";
import { Notice } from "../../ui/notice";
import { filterEntries, type Group, groupByFolder, tagsOf } from "./grouping";
import "./home.css";

const NewFolder = lazy(() => import("./folder-tools").then(({ NewFolder }) => ({ default: NewFolder })));
const FolderTools = lazy(() => import("./folder-tools").then(({ FolderTools }) => ({ default: FolderTools })));

/** Tags offered above the list; the search finds the rest. */
const TAGS_MAX = 12;

interface ListingProps {
  entries: DashboardEntry[] | undefined;
  error: unknown;
  onChange: () => void;
}

/** All dashboards by folder, with a search. */
export function Listing(props: ListingProps) {
  const [text, setText] = createSignal("");
  const [tags, setTags] = createSignal<readonly string[]>([]);
  const [starredOnly, setStarredOnly] = createSignal(false);
  // Only who may put dashboards into a folder has use for one without.
  const [folders, { refetch }] = createResource(mayEdit, () => listFolders().catch(() => []));
  onMount(() => setTitle("Dashboards"));
  const isFiltered = () => text().trim() !== "" || tags().length > 0 || starredOnly();
  const found = createMemo(() => filterEntries(props.entries ?? [], { text: text(), tags: tags(), starredOnly: starredOnly() }, starred()));
  const groups = createMemo(() => groupByFolder(found(), isFiltered() ? [] : (folders.latest ?? [])));
  const changed = () => {
    void refetch();
    props.onChange();
  };
  return (
    <div class="narrow">
      <div class="page-head">
        <h1>Dashboards</h1>
        <SearchBox name="Search dashboards" hint="Search" onInput={setText} />
        <Show when={mayEdit()}>
          <EditorActions onChange={changed} />
        </Show>
      </div>
      <div class="listing-filters" role="group" aria-label="Filters">
        <Toggle name="Starred" on={starredOnly()} onToggle={() => setStarredOnly(!starredOnly())} />
        <For each={tagsOf(props.entries ?? []).slice(0, TAGS_MAX)}>
          {(tag) => <Toggle name={tag} on={tags().includes(tag)} onToggle={() => setTags(toggled(tags(), tag))} />}
        </For>
      </div>
      <Show when={props.error}>
        <Notice kind="error" title="The dashboards cannot be listed" text={messageOf(props.error)} />
      </Show>
      <Show when={props.entries && found().length === 0}>
        <Notice kind="info" title={isFiltered() ? "No dashboard matches" : "There are no dashboards yet"} />
      </Show>
      <For each={groups()}>{(group) => <FolderGroup group={group} onChange={changed} />}</For>
    </div>
  );
}

function EditorActions(props: { onChange: () => void }) {
  return (
    <>
      <a class="button" href={placed("/dashboard/new")}>
        <Icon name="plus" />
        New
      </a>
      <Suspense>
        <NewFolder onChange={props.onChange} />
      </Suspense>
      <a class="button" href={placed("/dashboard/import")}>
        Import
      </a>
      <a class="button" href={placed("/dashboard/snapshots")}>
        Snapshots
      </a>
    </>
  );
}

function Toggle(props: { name: string; on: boolean; onToggle: () => void }) {
  return (
    <button type="button" class="listing-toggle" aria-pressed={props.on} onClick={() => props.onToggle()}>
      {props.name}
    </button>
  );
}

function FolderGroup(props: { group: Group; onChange: () => void }) {
  return (
    <section class="listing-group" aria-label={props.group.title || "Dashboards in no folder"}>
      <Show when={props.group.title}>
        <h2>
          {props.group.title}
          <span class="muted">{props.group.entries.length || "empty"}</span>
          <Show when={mayEdit() && props.group.folderUid}>
            <Suspense>
              <FolderTools folder={{ uid: props.group.folderUid, title: props.group.title }} onChange={props.onChange} />
            </Suspense>
          </Show>
        </h2>
      </Show>
      <ul class="listing">
        <For each={props.group.entries}>{(entry) => <Row entry={entry} />}</For>
      </ul>
    </section>
  );
}

function Row(props: { entry: DashboardEntry }) {
  const isStarred = () => starred().includes(props.entry.uid);
  return (
    <li>
      <a href={placed(props.entry.url)}>
        <span class="listing-title">{props.entry.title}</span>
        <span class="listing-tags">
          <For each={props.entry.tags.slice(0, 4)}>{(tag) => <span class="tag">{tag}</span>}</For>
        </span>
      </a>
      <button
        type="button"
        class="listing-star"
        aria-pressed={isStarred()}
        aria-label={`Star ${props.entry.title}`}
        onClick={() => toggleStar(props.entry.uid)}
      >
        <Icon name="star" />
      </button>
    </li>
  );
}

function toggled(tags: readonly string[], tag: string): string[] {
  return tags.includes(tag) ? tags.filter((one) => one !== tag) : [...tags, tag];
}
