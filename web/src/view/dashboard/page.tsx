import { createMemo, createResource, lazy, Match, Show, Suspense, Switch } from "solid-js";
import { loadDashboard, type LoadedDashboard, scrapeIntervalMs } from "../../api/grafana";
import { messageOf } from "../../api/http";
import { place } from "../../app/router";
import { mayEdit } from "../../app/session";
import { createDocument, type DashboardMeta, type Document } from "../../edit/document";
import { sameBesides } from "../../json";
import { readClassic } from "../../model/read";
import { Notice } from "../../ui/notice";
import { DashboardView } from "./dashboard-view";
import "./dashboard.css";

const SettingsPage = lazy(() => import("../edit/settings/settings"));
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
    const [{ newDashboard }, interval] = await Promise.all([import("../../edit/new"), scrapeIntervalMs().catch(() => undefined)]);
    return { json: newDashboard(), meta: NEW, scrapeIntervalMs: interval };
  });
  return (
    <Show when={loaded()} keyed>
      {(found) => <OpenDashboard {...found} />}
    </Show>
  );
}

const NEW: DashboardMeta = {
  canSave: true,
  canEdit: true,
  canDelete: false,
  provisioned: false,
  provisionedFile: "",
  folderUid: "",
  folderTitle: "",
  version: 0,
  isNew: true,
};

interface Loaded extends LoadedDashboard {
  scrapeIntervalMs: number | undefined;
}

/** The dashboard must be there; without the interval Grafana's default holds. */
async function load(uid: string): Promise<Loaded> {
  const [dashboard, interval] = await Promise.all([loadDashboard(uid), scrapeIntervalMs().catch(() => undefined)]);
  return { ...dashboard, scrapeIntervalMs: interval };
}

/** Keys whose change leaves the page around the panels as it is. */
const INSIDE = ["panels", "id", "version"];

/** A dashboard as it stands in its document, or its settings. */
function OpenDashboard(props: Loaded) {
  const document: Document = createDocument(props.json, props.meta);
  const around = createMemo(() => document.json(), undefined, { equals: (a, b) => sameBesides(a, b, INSIDE) });
  const settings = () => mayEdit() && place().query.has("editview");
  return (
    <>
      <Switch>
        <Match when={settings()}>
          <Suspense>
            <SettingsPage document={document} />
          </Suspense>
        </Match>
        <Match when={around()} keyed>
          {(json) => <DashboardView dashboard={readClassic(json)} document={document} scrapeIntervalMs={props.scrapeIntervalMs} />}
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
