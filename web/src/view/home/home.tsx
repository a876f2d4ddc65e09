import { createEffect, createResource } from "solid-js";
import { searchDashboards } from "../../api/grafana";
import { navigate } from "../../app/router";
import { Listing } from "./listing";

/** `/`: the only dashboard, or the list of them. */
export function HomePage() {
  const [entries] = createResource(() => searchDashboards());
  createEffect(() => {
    const found = entries.error ? undefined : entries();
    const [only] = found ?? [];
    if (found?.length === 1 && only) navigate(only.url, { replace: true });
  });
  return <DashboardsPage />;
}

/** `/dashboards`: the list. */
export function DashboardsPage() {
  const [entries, { refetch }] = createResource(() => searchDashboards());
  return <Listing entries={entries.error ? undefined : entries.latest} error={entries.error} onChange={() => void refetch()} />;
}
