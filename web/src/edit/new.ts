/** What new dashboards and panels begin with. */

import type { Json } from "../json";

/** Grafana's schema that new dashboards are written in. */
const SCHEMA = 41;

export function newDashboard(): Json {
  return {
    id: null,
    uid: "",
    title: "New dashboard",
    description: "",
    tags: [],
    timezone: "browser",
    schemaVersion: SCHEMA,
    version: 0,
    editable: true,
    graphTooltip: 0,
    time: { from: "now-6h", to: "now" },
    refresh: "",
    templating: { list: [] },
    annotations: { list: [] },
    links: [],
    panels: [],
  };
}

export function newPanel(type: string): Json {
  const gridPos = { x: 0, y: 0, w: 12, h: 8 };
  if (type === "text")
    return { type, title: "", gridPos, options: { mode: "markdown", content: "# Title\n\nText in Markdown." }, targets: [] };
  return {
    type,
    title: "New panel",
    gridPos,
    datasource: { type: "prometheus", uid: "prometheus" },
    targets: [newTarget([])],
    fieldConfig: { defaults: {}, overrides: [] },
    options: {},
  };
}

/** A query under the first letter that is free. */
export function newTarget(targets: readonly Json[]): Json {
  const letters = Array.from({ length: 26 }, (_, index) => String.fromCharCode(65 + index));
  const free = letters.find((letter) => targets.every((target) => target.refId !== letter));
  return { refId: free ?? `Q${targets.length + 1}`, expr: "", legendFormat: "__auto", range: true, instant: false };
}
