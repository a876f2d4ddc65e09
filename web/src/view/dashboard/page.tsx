import { createMemo, createResource, lazy, Match, Show, Suspense, Switch } from "solid-js";
import { type DataSource, dataSourcesOrOwn } from "../../api/data-sources";
import { loadDashboard, type LoadedDashboard } from "../../api/grafana";
import { messageOf } from "../../api/http";
import { place } from "../../app/router";
import { login, mayEdit } from "../../app/session";
import { createDocument, type Document } from "../../edit/document";
import { findDraft } from "../../edit/draft";
import { sameBesides, text } from "../../json";
import { readClassic } from "../../model/read";
import { Notice } from "../../ui/notice";
import { DashboardView } from "./dashboard-view";
import { NEW } from "./meta";
import "./dashboard.css";

const SettingsPage = lazy(() => import("../edit/settings/settings"));
const DraftOffer = lazy(() => import("../edit/draft-offer"));
const LeaveGuard = lazy(() => import("../edit/leave"));

/** `/d/:uid`: a dashboard. */
export function DashboardPage(props: { uid: string }) {
  const [loaded] = createResource(() => props.uid, load);
  return (
    <Show when={!loaded.error} fallback={<Notice kind="error" title="This dashboard cannot be opened" text={messageOf(loaded.error)} />}>
      <Show when={loaded()} keyed>
        {(found) => <OpenDashboard {...found} />}
      </Show>
    </Show>
  );
}

/** `/dashboard/new`: one with nothing in it yet. */
export function NewDashboardPage() {
  const [loaded] = createResource(async () => {
    const [{ newDashboard }, sources] = await Promise.all([import("../../edit/new"), dataSourcesOrOwn()]);
    return { json: newDashboard(), meta: NEW, sources };
  });
  return (
    <Show when={loaded()} keyed>
      {(found) => <OpenDashboard {...found} />}
    </Show>
  );
}

interface Loaded extends LoadedDashboard {
  sources: readonly DataSource[];
}

/** The dashboard must be there; without the list of data sources it asks the own store. */
async function load(uid: string): Promise<Loaded> {
  const [dashboard, sources] = await Promise.all([loadDashboard(uid), dataSourcesOrOwn()]);
  return { ...dashboard, sources };
}

/** Keys whose change leaves the page around the panels as it is. */
const INSIDE = ["panels", "id", "version"];

/** A dashboard as it stands in its document, or its settings. */
function OpenDashboard(props: Loaded) {
  const document: Document = createDocument(props.json, props.meta);
  const around = createMemo(() => document.json(), undefined, { equals: (a, b) => sameBesides(a, b, INSIDE) });
  const settings = () => mayEdit() && place().query.has("editview");
  const draft = mayEdit() ? findDraft(text(props.json.uid), login()) : undefined;
  return (
    <>
      <Show when={draft}>
        {(found) => (
          <Suspense>
            <DraftOffer draft={found()} document={document} />
          </Suspense>
        )}
      </Show>
      <Switch>
        <Match when={settings()}>
          <Suspense>
            <SettingsPage document={document} />
          </Suspense>
        </Match>
        <Match when={around()} keyed>
          {(json) => <DashboardView dashboard={readClassic(json)} document={document} sources={props.sources} />}
        </Match>
      </Switch>
      <Show when={document.dirty()}>
        <Suspense>
          <LeaveGuard document={document} />
        </Suspense>
      </Show>
    </>
  );
}
