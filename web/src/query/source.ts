/** Which data source a dashboard means. */

import { type DataSource, OWN_SOURCE } from "../api/data-sources";
import { interpolate, type Scope } from "../variable/interpolate";

/** What a panel writes whose queries each name their own. */
const MIXED = "-- Mixed --";

/** Kinds of data source that answer PromQL. */
const KINDS = ["prometheus", "victoriametrics-metrics-datasource"];

/**
 * The data source of a uid or a name, which may be a variable. One that is not here stands for the default one:
 * dashboards come from servers where it has another uid.
 */
export function findSource(named: string, sources: readonly DataSource[], scope: Scope): DataSource {
  const name = interpolate(named, scope).trim();
  const found = sources.find(({ uid }) => uid === name) ?? sources.find((one) => one.name === name);
  return (
    found ?? sources.find(({ isDefault, type }) => isDefault && KINDS.includes(type)) ?? sources.find(({ isOwn }) => isOwn) ?? OWN_SOURCE
  );
}

/** What a query asks: its panel's data source, unless the panel leaves that to its queries or names none. */
export function sourceOfTarget(panel: string, target: string): string {
  return panel === "" || panel === MIXED ? target : panel;
}

/** The data sources that a variable of this kind offers. */
export function sourcesOfKind(kind: string, sources: readonly DataSource[]): DataSource[] {
  const same = KINDS.includes(kind) ? KINDS : [kind];
  return sources.filter(({ type }) => same.includes(type));
}
