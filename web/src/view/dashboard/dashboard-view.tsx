import { createEffect, createMemo, createSignal, lazy, Match, Show, Suspense, Switch } from "solid-js";
import { apiOf, type DataSource } from "../../api/data-sources";
import { Flights } from "../../api/flight";
import type { QueryResult } from "../../api/prometheus";
import { rememberOpened } from "../../app/bookmarks";
import { place, setQuery } from "../../app/router";
import { login, mayEdit } from "../../app/session";
import { setTitle } from "../../app/title";
import type { Document } from "../../edit/document";
import type { Json } from "../../json";
import type { Dashboard, Panel, Variable } from "../../model/dashboard";
import { readPanels } from "../../model/read";
import { annotationsOf } from "../../query/snapshot";
import { findSource } from "../../query/source";
import { Tails } from "../../query/tail";
import { createVariables } from "../../variable/store";
import { AnnotationSwitches, createAnnotations, panelNotes } from "./annotations";
import { createClock } from "./clock";
import type { DashboardContext } from "./context";
import { Grid } from "./grid";
import { viewedPanel } from "./panel-menu";
import { Shortcuts } from "./shortcuts";
import { Toolbar } from "./toolbar";
import { VariableBar } from "./variable-bar";

const EditGrid = lazy(() => import("../edit/grid"));
const PanelEditor = lazy(() => import("../edit/panel/editor"));
const ShareDialog = lazy(() => import("../share/share"));

interface ViewProps {
  dashboard: Dashboard;
  document: Document;
  sources: readonly DataSource[];
  /** Whether it is a snapshot, which holds its data and is not changed. */
  frozen?: boolean;
}

/** A dashboard with its controls; its panels follow the document. */
export function DashboardView(props: ViewProps) {
  const { dashboard, document } = props;
  const frozen = props.frozen ?? false;
  const changes = () => mayEdit() && !frozen;
  const known = new WeakMap<Json, Panel>();
  const panels = createMemo(() => readPanels(document.json(), known));
  const flights = new Flights<QueryResult>();
  const clock = createClock(
    dashboard,
    () => flights.busy,
    () => flights.clear(),
  );
  const variables = createVariables({
    dashboardUid: dashboard.uid,
    login: login(),
    variables: dashboard.variables,
    frozen,
    sources: props.sources,
    range: clock.range,
    rangeKey: () => `${clock.raw().from} ${clock.raw().to}`,
    fromAddress: (name) => place().query.getAll(`var-${name}`),
    onChoice: (name, values) => setQuery({ [`var-${name}`]: values }, true),
  });
  const annotations = createAnnotations({
    dashboard,
    range: clock.range,
    ready: variables.ready,
    scope: variables.scope,
    sources: props.sources,
    frozen: frozen ? annotationsOf(document.json()) : undefined,
  });
  const context: DashboardContext = {
    dashboard,
    raw: clock.raw,
    range: clock.range,
    now: clock.now,
    ready: variables.ready,
    scope: variables.scope,
    filters: variables.filters,
    frozen,
    annotations: annotations.shown,
    notes: changes() && dashboard.uid ? (panel) => panelNotes(dashboard.uid, panel, annotations.refresh) : undefined,
    flights,
    tails: new Tails(),
    sources: props.sources,
    zoom: (from, to) => clock.setRange({ from: String(from), to: String(to) }),
    share: frozen ? undefined : (panel) => setSharing(panel ? { panel } : {}),
    edit: changes() ? (panel) => setQuery({ editPanel: String(panel.id), viewPanel: null }) : undefined,
  };
  const apiOfVariable = (variable: Variable) => apiOf(findSource(variable.dataSource, props.sources, variables.scope));
  const [sharing, setSharing] = createSignal<{ panel?: Panel }>();
  const edited = () => (changes() ? (place().query.get("editPanel") ?? undefined) : undefined);
  const [foldAll, setFoldAll] = createSignal<{ folded: boolean }>();
  createEffect(() => {
    setTitle(dashboard.title);
    if (dashboard.uid) rememberOpened(dashboard.uid);
  });
  return (
    <div class="dashboard" classList={{ kiosk: place().query.has("kiosk") }}>
      <Toolbar context={context} clock={clock} document={document} mayChange={changes()} />
      <Shortcuts range={clock.range} onRange={clock.setRange} onTick={clock.tick} onFold={(folded) => setFoldAll({ folded })} />
      <VariableBar states={frozen ? [] : variables.states()} apiOf={apiOfVariable} onChoose={variables.choose} />
      <AnnotationSwitches annotations={annotations} />
      <Suspense>
        <Switch fallback={<Grid panels={panels()} context={context} repeatValues={variables.repeatValues} foldAll={foldAll()} />}>
          <Match when={edited()} keyed>
            {(id) => <PanelEditor id={id} document={document} context={context} />}
          </Match>
          <Match when={document.editing() && !viewedPanel()}>
            <EditGrid document={document} context={context} panels={panels()} repeatValues={variables.repeatValues} />
          </Match>
        </Switch>
      </Suspense>
      <Show when={sharing()}>
        {(shared) => (
          <Suspense>
            <ShareDialog
              captured={{
                json: document.json(),
                context,
                panels: panels(),
                states: variables.states(),
                repeatValues: variables.repeatValues,
              }}
              panel={shared().panel}
              resource={document.meta().resource}
              onClose={() => setSharing()}
            />
          </Suspense>
        )}
      </Show>
    </div>
  );
}
