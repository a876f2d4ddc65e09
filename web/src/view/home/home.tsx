import { createEffect, createResource } from "solid-js";
import { homeAddress, searchDashboards } from "../../api/grafana";
import { navigate } from "../../app/router";
import { Listing } from "./listing";

/** `/`: the dashboard that the reader chose, the only one, or the list of them. */
export function HomePage() {
  const [entries] = createResource(() => searchDashboards());
  const [chosen] = createResource(() => homeAddress().catch(() => undefined));
  createEffect(() => {
    const found = entries.error ? undefined : entries();
    if (chosen.loading || !found) return;
    const only = found.length === 1 ? found[0]?.url : undefined;
    const first = chosen() ?? only;
    if (first) navigate(first, { replace: true });
  });
  return <DashboardsPage />;
}

/** `/dashboards`: the list. */
export function DashboardsPage() {
  const [entries, { refetch }] = createResource(() => searchDashboards());
  return <Listing entries={entries.error ? undefined : entries.latest} error={entries.error} onChange={() => void refetch()} />;
}
