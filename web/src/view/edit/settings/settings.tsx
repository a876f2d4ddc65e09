import { For, Match, onMount, Show, Suspense, Switch } from "solid-js";
import { place, setQuery } from "../../../app/router";
import { setTitle } from "../../../app/title";
import type { Document } from "../../../edit/document";
import { text } from "../../../json";
import { Icon } from "../../../ui/icon";
import EditActions from "../actions";
import { Annotations } from "./annotations";
import { General } from "./general";
import { JsonModel } from "./json-model";
import { Links } from "./links";
import { Variables } from "./variables";
import { Versions } from "./versions";
import "./settings.css";

const PAGES = [
  { id: "settings", name: "General" },
  { id: "variables", name: "Variables" },
  { id: "annotations", name: "Annotations" },
  { id: "links", name: "Links" },
  { id: "versions", name: "Versions" },
  { id: "json-model", name: "JSON Model" },
] as const;

/** `?editview=…`: what belongs to the dashboard as a whole. */
export default function SettingsPage(props: { document: Document }) {
  const { document } = props;
  const shown = () => PAGES.find(({ id }) => id === place().query.get("editview"))?.id ?? "settings";
  const pages = () => PAGES.filter(({ id }) => id !== "versions" || !document.meta().isNew);
  onMount(() => {
    setTitle(`Settings of ${text(document.json().title)}`);
    document.setEditing(true);
  });
  return (
    <div class="settings">
      <div class="settings-head">
        <button type="button" class="button" onClick={() => setQuery({ editview: null })}>
          <Icon name="left" />
          Back to dashboard
        </button>
        <h1>{text(document.json().title)}</h1>
        <EditActions document={document} />
      </div>
      <nav class="settings-nav" aria-label="Settings">
        <For each={pages()}>
          {(page) => (
            <button type="button" aria-current={shown() === page.id ? "page" : undefined} onClick={() => setQuery({ editview: page.id })}>
              {page.name}
            </button>
          )}
        </For>
      </nav>
      <div class="settings-body">
        <Suspense>
          <Switch fallback={<General document={document} />}>
            <Match when={shown() === "variables"}>
              <Variables document={document} />
            </Match>
            <Match when={shown() === "annotations"}>
              <Annotations document={document} />
            </Match>
            <Match when={shown() === "links"}>
              <Links document={document} />
            </Match>
            <Match when={shown() === "versions"}>
              <Show when={!document.meta().isNew}>
                <Versions document={document} />
              </Show>
            </Match>
            <Match when={shown() === "json-model"}>
              <JsonModel document={document} />
            </Match>
          </Switch>
        </Suspense>
      </div>
    </div>
  );
}
