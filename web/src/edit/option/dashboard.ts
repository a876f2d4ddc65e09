/** Options of a dashboard, its variables, annotations and links. */

import { amount, choices, control, oneOf, onOff, type Option, words } from "./spec";

export const GENERAL: readonly Option[] = [words("title", "Title"), control("description", "Description", { kind: "textarea" })];

const REFRESHES = ["5s", "10s", "30s", "1m", "5m", "15m", "30m", "1h", "2h", "1d"];

export const TIME: readonly Option[] = [
  oneOf("timezone", "Time zone", choices(["browser", "Browser time"], ["utc", "Coordinated Universal Time (UTC)"]), "browser"),
  words("time.from", "From", "now-6h", { hint: "What the dashboard opens with" }),
  words("time.to", "To", "now"),
  oneOf("refresh", "Auto refresh", [{ value: "", name: "Off" }, ...REFRESHES.map((value) => ({ value, name: value }))], ""),
  oneOf("graphTooltip", "Panel crosshair", choices([0, "Default"], [1, "Shared crosshair"], [2, "Shared tooltip"]), 0),
];

const NAMED: readonly Option[] = [
  words("name", "Name", "variable", { hint: "Letters, digits and underscores" }),
  words("label", "Label", "Optional display name"),
  words("description", "Description"),
  oneOf("hide", "Display", choices([0, "Label and value"], [1, "Value"], [2, "Nothing"]), 0),
];

const SELECTION: readonly Option[] = [
  onOff("multi", "Multi-value", false, { hint: "Several values may be chosen at once" }),
  onOff("includeAll", "Include All option", false),
  words("allValue", "Custom all value", "Optional, such as .*", { shown: (value) => value("includeAll") === true }),
];

const SORTS = [
  "Disabled",
  "Alphabetical (asc)",
  "Alphabetical (desc)",
  "Numerical (asc)",
  "Numerical (desc)",
  "Alphabetical (case-insensitive, asc)",
  "Alphabetical (case-insensitive, desc)",
  "Natural (asc)",
  "Natural (desc)",
].map((name, value) => ({ value, name }));

const REGEX = words("regex", "Regex", "/.*-(?<text>.*)-(?<value>.*)-.*/", { hint: "Keeps what it matches; a group cuts a part out" });

/** What each type of variable has besides its name; a query's text and source have controls of their own. */
const BY_TYPE: Record<string, readonly Option[]> = {
  query: [
    REGEX,
    oneOf("sort", "Sort", SORTS, 0),
    oneOf("refresh", "Refresh", choices([1, "On dashboard load"], [2, "On time range change"]), 1),
    ...SELECTION,
  ],
  custom: [words("query", "Values separated by comma", "1, 10, name : value"), ...SELECTION],
  textbox: [words("query", "Default value")],
  constant: [words("query", "Value")],
  datasource: [words("query", "Type", "prometheus"), REGEX, ...SELECTION],
  interval: [
    words("query", "Values", "1m,10m,30m,1h,6h,12h,1d,7d"),
    onOff("auto", "Auto option", false),
    amount("auto_count", "Step count", { min: 1, max: 1000 }, { otherwise: 30, shown: (value) => value("auto") === true }),
    words("auto_min", "Min interval", "10s", { shown: (value) => value("auto") === true }),
  ],
  adhoc: [],
};

export const VARIABLE_TYPES = [
  { id: "query", name: "Query" },
  { id: "custom", name: "Custom" },
  { id: "textbox", name: "Textbox" },
  { id: "constant", name: "Constant" },
  { id: "datasource", name: "Data source" },
  { id: "interval", name: "Interval" },
  { id: "adhoc", name: "Ad hoc filters" },
];

export function variableOptions(type: string): { naming: readonly Option[]; own: readonly Option[] } {
  return { naming: NAMED, own: BY_TYPE[type] ?? [] };
}

export const ANNOTATION: readonly Option[] = [
  words("name", "Name"),
  onOff("enable", "Enabled", true, { hint: "Whether it is on when the dashboard opens" }),
  onOff("hide", "Hidden", false, { hint: "Leaves its switch out of the dashboard" }),
  control("iconColor", "Color", { kind: "color" }, { otherwise: "red" }),
];

/** Of those that ask PromQL. */
export const ANNOTATION_QUERY: readonly Option[] = [
  words("step", "Min step", "60s"),
  words("titleFormat", "Title", "{{alertname}}", { hint: "Text with labels in double braces" }),
  words("textFormat", "Text", "{{instance}}"),
  words("tagKeys", "Tags", "label1,label2", { hint: "Labels that become tags" }),
  onOff("useValueForTime", "Series value as timestamp", false),
];

const isLink = (value: (path: string) => unknown) => value("type") !== "dashboards";

export const LINK: readonly Option[] = [
  words("title", "Title"),
  oneOf("type", "Type", choices(["link", "Link"], ["dashboards", "Dashboards"]), "link"),
  words("url", "URL", "/d/other", { shown: isLink }),
  onOff("keepTime", "Include current time range", false, { shown: isLink }),
  onOff("includeVars", "Include current template variable values", false, { shown: isLink }),
  onOff("targetBlank", "Open link in new tab", false),
];
