/** Panel types that can be chosen, each with its table of options. */

import { BARCHART, HEATMAP, HISTOGRAM, STATE_TIMELINE, STATUS_HISTORY, TIMESERIES, XYCHART } from "./chart";
import { isFieldOption, type Option, type Section } from "./spec";
import { LINKS, MAPPINGS, PANEL, STANDARD, THRESHOLDS } from "./standard";
import { ALERTLIST, BARGAUGE, DASHLIST, GAUGE, PIECHART, STAT, TABLE, TEXT } from "./value";

export interface PanelType {
  id: string;
  name: string;
  says: string;
  own: readonly Section[];
  /** Whether it draws fields, and so has the options that every field has. */
  fields: boolean;
}

const type = (id: string, name: string, says: string, own: readonly Section[], fields = true): PanelType => ({
  id,
  name,
  says,
  own,
  fields,
});

export const PANEL_TYPES: readonly PanelType[] = [
  type("timeseries", "Time series", "Lines, bars and points over time", TIMESERIES),
  type("barchart", "Bar chart", "Groups of bars", BARCHART),
  type("stat", "Stat", "Large values with a sparkline", STAT),
  type("gauge", "Gauge", "Values between their limits", GAUGE),
  type("bargauge", "Bar gauge", "Values as bars", BARGAUGE),
  type("table", "Table", "Rows and columns", TABLE),
  type("piechart", "Pie chart", "Shares of a whole", PIECHART),
  type("state-timeline", "State timeline", "How states last", STATE_TIMELINE),
  type("status-history", "Status history", "States at regular times", STATUS_HISTORY),
  type("histogram", "Histogram", "How values are distributed", HISTOGRAM),
  type("heatmap", "Heatmap", "Counts by time and bucket", HEATMAP),
  type("xychart", "XY chart", "One value against another", XYCHART),
  type("text", "Text", "Markdown or HTML", TEXT, false),
  type("alertlist", "Alert list", "Alerts and their states", ALERTLIST, false),
  type("dashlist", "Dashboard list", "Links to dashboards", DASHLIST, false),
];

export function panelTypeOf(id: string): PanelType | undefined {
  return PANEL_TYPES.find((one) => one.id === id);
}

/** All options of a panel type, in the order in which they are shown. */
export function sectionsOf(id: string): readonly Section[] {
  const found = panelTypeOf(id);
  if (!found) return [PANEL];
  return found.fields ? [PANEL, ...found.own, STANDARD, LINKS, MAPPINGS, THRESHOLDS] : [PANEL, ...found.own];
}

/** What overrides may change: each property once, with the options that set it. */
export function overridable(id: string): ReadonlyMap<string, { name: string; options: Option[] }> {
  const found = new Map<string, { name: string; options: Option[] }>();
  for (const section of sectionsOf(id)) {
    for (const option of section.options.filter(isFieldOption)) {
      const known = found.get(option.path);
      if (known) known.options.push(option);
      else found.set(option.path, { name: `${section.name} › ${option.name}`, options: [option] });
    }
  }
  return found;
}
