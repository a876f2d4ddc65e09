/** What the parts of a dashboard's page share. */

import type { Accessor } from "solid-js";
import type { DataSource } from "../../api/data-sources";
import type { Annotation } from "../../chart/annotation";
import type { Notes } from "../../panel/props";
import type { Asking } from "../../query/run";
import type { Dashboard, Panel } from "../../model/dashboard";
import type { RawRange, TimeRange } from "../../time/range";
import type { SourceFilter } from "../../variable/adhoc";
import type { Scope } from "../../variable/interpolate";

export interface DashboardContext extends Asking {
  dashboard: Dashboard;
  raw: Accessor<RawRange>;
  /** The range of the present refresh, epoch ms. */
  range: Accessor<TimeRange>;
  /** The moment of the present refresh, epoch ms. */
  now: Accessor<number>;
  /** Whether all variables have values, so that panels may ask. */
  ready: Accessor<boolean>;
  scope: Scope;
  /** The filters that stand in the queries of their data sources. */
  filters: Accessor<readonly SourceFilter[]>;
  /** Whether panels hold what they show, and ask nothing. */
  frozen: boolean;
  annotations: Accessor<readonly Annotation[]>;
  /** What a panel may do to annotations; unset for those who may only look. */
  notes?: ((panel: Panel) => Notes) | undefined;
  /** The data sources that there are. */
  sources: readonly DataSource[];
  zoom: (from: number, to: number) => void;
  /** Offers what a panel, or the dashboard, is shared by; unset where there is nothing. */
  share?: ((panel?: Panel) => void) | undefined;
  /** Opens the panel's editor; unset for those who may only look. */
  edit?: ((panel: Panel) => void) | undefined;
}
