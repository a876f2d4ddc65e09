/** Panel types by their names in the JSON. */

import { type Component, lazy } from "solid-js";
import { BarGaugePanel } from "./bargauge";
import { GaugePanel } from "./gauge";
import type { PanelProps } from "./props";
import { StatPanel } from "./stat";
import { TablePanel } from "./table/table";
import { TextPanel } from "./text";
import { TimeseriesPanel } from "./timeseries";

const TYPES: Record<string, Component<PanelProps>> = {
  timeseries: TimeseriesPanel,
  stat: StatPanel,
  gauge: GaugePanel,
  bargauge: BarGaugePanel,
  table: TablePanel,
  "table-old": TablePanel,
  text: TextPanel,
  // What few dashboards use is fetched when it is needed.
  piechart: lazy(() => import("./piechart")),
  "grafana-piechart-panel": lazy(() => import("./piechart")),
  dashlist: lazy(() => import("./list/dashlist")),
  alertlist: lazy(() => import("./list/alertlist")),
  barchart: lazy(() => import("./barchart/barchart").then((module) => ({ default: module.BarChartPanel }))),
  histogram: lazy(() => import("./barchart/barchart").then((module) => ({ default: module.HistogramPanel }))),
  xychart: lazy(() => import("./xychart/xychart")),
  heatmap: lazy(() => import("./heatmap/heatmap")),
  "state-timeline": lazy(() => import("./timeline/timeline").then((module) => ({ default: module.StateTimelinePanel }))),
  "status-history": lazy(() => import("./timeline/timeline").then((module) => ({ default: module.StatusHistoryPanel }))),
};

export function panelType(type: string): Component<PanelProps> | undefined {
  return Object.hasOwn(TYPES, type) ? TYPES[type] : undefined;
}

/** Types that ask nothing of the server. */
export function needsNoData(type: string): boolean {
  return type === "text" || type === "dashlist" || type === "alertlist";
}
