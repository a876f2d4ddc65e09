import { createEffect, createMemo, createResource, createSignal, For, onCleanup, Show } from "solid-js";
import { loadDashboard, scrapeIntervalMs } from "../../api/grafana";
import { Flights } from "../../api/flight";
import { messageOf } from "../../api/http";
import type { QueryResult } from "../../api/prometheus";
import { rememberOpened, starred, toggleStar } from "../../app/bookmarks";
import { place, setQuery } from "../../app/router";
import { setTitle } from "../../app/title";
import type { Dashboard, Panel } from "../../model/dashboard";
import { layOut, type Placed } from "../../model/grid";
import { TimeControls } from "../../ui/time/controls";
import { Icon } from "../../ui/icon";
import { Notice } from "../../ui/notice";
import { Tails } from "../../query/tail";
import { createVariables } from "../../variable/store";
import { AnnotationSwitches, createAnnotations } from "./annotations";
import { createClock } from "./clock";
import type { DashboardContext } from "./context";
import { DashboardLinks } from "./links";
import { viewedPanel } from "./panel-menu";
import { Shortcuts } from "./shortcuts";
import { PanelFrame } from "./panel-frame";
import { RowHead } from "./row-head";
import { VariableBar } from "./variable-bar";
import "./dashboard.css";

/** `/d/:uid`: a dashboard. */
export function DashboardPage(props: { uid: string }) {
  const [loaded] = createResource(() => props.uid, load);
  return (
    <Show when={!loaded.error} fallback={<Notice kind="error" title="This dashboard cannot be opened" text={messageOf(loaded.error)} />}>
      <Show when={loaded()} keyed>
        {(found) => <DashboardView {...found} />}
      </Show>
    </Show>
  );
}

interface Loaded {
  dashboard: Dashboard;
  scrapeIntervalMs: number | undefined;
}

/** The dashboard must be there; without the interval Grafana's default holds. */
async function load(uid: string): Promise<Loaded> {
  const [dashboard, interval] = await Promise.all([loadDashboard(uid), scrapeIntervalMs().catch(() => undefined)]);
  return { dashboard, scrapeIntervalMs: interval };
}

function DashboardView(props: Loaded) {
  const { dashboard } = props;
  const flights = new Flights<QueryResult>();
  const clock = createClock(
    dashboard,
    () => flights.busy,
    () => flights.clear(),
  );
  const variables = createVariables({
    variables: dashboard.variables,
    range: clock.range,
    rangeKey: () => `${clock.raw().from} ${clock.raw().to}`,
    fromAddress: (name) => place().query.getAll(`var-${name}`),
    onChoice: (name, values) => setQuery({ [`var-${name}`]: values }, true),
  });
  const annotations = createAnnotations({ dashboard, range: clock.range, ready: variables.ready, scope: variables.scope });
  const context: DashboardContext = {
    dashboard,
    raw: clock.raw,
    range: clock.range,
    now: clock.now,
    ready: variables.ready,
    scope: variables.scope,
    annotations: annotations.shown,
    flights,
    tails: new Tails(),
    scrapeIntervalMs: props.scrapeIntervalMs,
    zoom: (from, to) => clock.setRange({ from: String(from), to: String(to) }),
  };
  const [foldAll, setFoldAll] = createSignal<{ folded: boolean }>();
  createEffect(() => {
    setTitle(dashboard.title);
    rememberOpened(dashboard.uid);
  });
  return (
    <div class="dashboard" classList={{ kiosk: place().query.has("kiosk") }}>
      <div class="toolbar">
        <h1 title={dashboard.description || undefined}>{dashboard.title}</h1>
        <StarButton uid={dashboard.uid} />
        <DashboardLinks links={dashboard.links} context={context} />
        <TimeControls
          raw={clock.raw()}
          range={clock.range()}
          utc={dashboard.utc}
          refresh={clock.refresh()}
          onRange={clock.setRange}
          onRefresh={clock.setRefresh}
          onTick={clock.tick}
        />
      </div>
      <Shortcuts range={clock.range} onRange={clock.setRange} onTick={clock.tick} onFold={(folded) => setFoldAll({ folded })} />
      <VariableBar states={variables.states()} onChoose={variables.choose} />
      <AnnotationSwitches annotations={annotations} />
      <Grid context={context} repeatValues={variables.repeatValues} foldAll={foldAll()} />
    </div>
  );
}

function StarButton(props: { uid: string }) {
  const on = () => starred().includes(props.uid);
  const name = () => (on() ? "Take the star away" : "Star this dashboard");
  return (
    <button
      type="button"
      class="icon-button star"
      classList={{ "star-on": on() }}
      aria-pressed={on()}
      aria-label={name()}
      title={name()}
      onClick={() => toggleStar(props.uid)}
    >
      <Icon name="star" />
    </button>
  );
}

/** Pixels below which panels stand one under the other. */
const NARROW = window.matchMedia("(max-width: 760px)");

/** The panel that the address shows alone, over the whole page; all panels without one. */
function alone(placed: readonly Placed[]): Placed[] {
  const id = viewedPanel();
  const found = id === undefined ? undefined : placed.find(({ panel }) => panel.type !== "row" && String(panel.id) === id);
  return found
    ? [{ panel: found.panel, place: { x: 0, y: 0, w: 24, h: Math.max(8, Math.floor((window.innerHeight - 150) / 38)) } }]
    : [...placed];
}

interface GridProps {
  context: DashboardContext;
  repeatValues: (name: string) => string[];
  /** The last wish to open or fold all rows. */
  foldAll: { folded: boolean } | undefined;
}

function Grid(props: GridProps) {
  const { dashboard } = props.context;
  createEffect(() => {
    const wish = props.foldAll;
    if (wish)
      setToggled(new Set(dashboard.panels.filter((row) => row.type === "row" && row.collapsed !== wish.folded).map((row) => row.key)));
  });
  const [toggled, setToggled] = createSignal<ReadonlySet<string>>(new Set());
  const [narrow, setNarrow] = createSignal(NARROW.matches);
  const follow = (event: MediaQueryListEvent) => setNarrow(event.matches);
  NARROW.addEventListener("change", follow);
  onCleanup(() => NARROW.removeEventListener("change", follow));
  const isFolded = (row: Panel) => row.collapsed !== toggled().has(row.key);
  const toggle = (row: Panel) => {
    const next = new Set(toggled());
    if (!next.delete(row.key)) next.add(row.key);
    setToggled(next);
  };
  const placed = createMemo(() => alone(layOut(dashboard.panels, viewedPanel() ? () => false : isFolded, props.repeatValues)));
  const byKey = createMemo(() => new Map(placed().map((one) => [one.panel.key, one])));
  return (
    <div class="grid" classList={{ "grid-narrow": narrow() }}>
      <For each={placed().map((one) => one.panel.key)}>
        {(key) => {
          // Keys are unique and stay the same, so a panel keeps its picture when others move.
          const first = byKey().get(key) as Placed;
          const where = () => byKey().get(key)?.place ?? first.place;
          return first.panel.type === "row" ? (
            <RowHead
              panel={first.panel}
              place={where()}
              folded={isFolded(first.panel)}
              context={props.context}
              onToggle={() => toggle(first.panel)}
            />
          ) : (
            <PanelFrame panel={first.panel} place={where()} context={props.context} />
          );
        }}
      </For>
      <Show when={placed().length === 0}>
        <Notice kind="info" title="This dashboard has no panels" />
      </Show>
    </div>
  );
}
