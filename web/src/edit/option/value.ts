/** Options of the panels that show values, tables, texts and lists. */

import { legend, ORIENTATIONS, VALUES } from "./shared";
import { amount, choices, control, field, oneOf, onOff, type Option, type Section, words } from "./spec";

export const STAT: readonly Section[] = [
  VALUES,
  {
    name: "Stat styles",
    options: [
      oneOf("options.orientation", "Orientation", ORIENTATIONS, "auto"),
      oneOf(
        "options.textMode",
        "Text mode",
        choices(["auto", "Auto"], ["value", "Value"], ["value_and_name", "Value and name"], ["name", "Name"], ["none", "None"]),
        "auto",
      ),
      oneOf(
        "options.colorMode",
        "Color mode",
        choices(["none", "None"], ["value", "Value"], ["background", "Background gradient"], ["background_solid", "Background solid"]),
        "value",
      ),
      oneOf("options.graphMode", "Graph mode", choices(["none", "None"], ["area", "Area"]), "area"),
    ],
  },
];

export const GAUGE: readonly Section[] = [
  VALUES,
  { name: "Gauge", options: [onOff("options.showThresholdMarkers", "Show threshold markers", true)] },
];

export const BARGAUGE: readonly Section[] = [
  VALUES,
  {
    name: "Bar gauge",
    options: [
      oneOf("options.orientation", "Orientation", ORIENTATIONS, "auto"),
      oneOf("options.displayMode", "Display mode", choices(["gradient", "Gradient"], ["lcd", "Retro LCD"], ["basic", "Basic"]), "gradient"),
    ],
  },
];

export const PIECHART: readonly Section[] = [
  VALUES,
  {
    name: "Pie chart",
    options: [
      oneOf("options.pieType", "Piechart type", choices(["pie", "Pie"], ["donut", "Donut"]), "pie"),
      control("options.displayLabels", "Labels", {
        kind: "set",
        choices: choices(["name", "Name"], ["value", "Value"], ["percent", "Percent"]),
      }),
    ],
  },
  legend([
    control("options.legend.values", "Legend values", { kind: "set", choices: choices(["value", "Value"], ["percent", "Percent"]) }),
  ]),
];

const cell = (option: Option): Option => ({ ...option, path: "custom.cellOptions" });
const cellType = (value: (path: string) => unknown) => {
  const options = value("custom.cellOptions");
  return typeof options === "object" && options !== null && "type" in options ? options.type : "auto";
};

const CELLS: readonly Option[] = [
  oneOf(
    "",
    "Cell type",
    choices(
      ["auto", "Auto"],
      ["color-text", "Colored text"],
      ["color-background", "Colored background"],
      ["gauge", "Gauge"],
      ["sparkline", "Sparkline"],
      ["json-view", "JSON view"],
    ),
    "auto",
    { member: "type" },
  ),
  oneOf("", "Background display mode", choices(["basic", "Basic"], ["gradient", "Gradient"]), "basic", {
    member: "mode",
    shown: (value) => cellType(value) === "color-background",
  }),
  onOff("", "Apply to entire row", false, { member: "applyToRow", shown: (value) => cellType(value) === "color-background" }),
  oneOf("", "Gauge display mode", choices(["basic", "Basic"], ["gradient", "Gradient"], ["lcd", "Retro LCD"]), "gradient", {
    member: "mode",
    shown: (value) => cellType(value) === "gauge",
  }),
  oneOf("", "Value display", choices(["color", "Value color"], ["text", "Text color"], ["hidden", "Hidden"]), "color", {
    member: "valueDisplayMode",
    shown: (value) => cellType(value) === "gauge",
  }),
  onOff("", "Hide value", false, { member: "hideValue", shown: (value) => cellType(value) === "sparkline" }),
].map(cell);

const hasFooter = (value: (path: string) => unknown) => value("options.footer.show") === true;

export const TABLE: readonly Section[] = [
  {
    name: "Table",
    options: [
      onOff("options.showHeader", "Show table header", true),
      oneOf("options.cellHeight", "Cell height", choices(["sm", "Small"], ["md", "Medium"], ["lg", "Large"]), "sm"),
      ...[
        oneOf(
          "custom.align",
          "Column alignment",
          choices(["auto", "Auto"], ["left", "Left"], ["center", "Center"], ["right", "Right"]),
          "auto",
        ),
        amount("custom.width", "Column width", { min: 20, max: 2000, placeholder: "auto" }),
        amount("custom.minWidth", "Minimum column width", { min: 20, max: 2000, placeholder: "auto" }),
        onOff("custom.hidden", "Hide in table", false),
      ].map(field),
    ],
  },
  { name: "Cell options", options: CELLS.map(field) },
  {
    name: "Table footer",
    options: [
      onOff("options.footer.show", "Show table footer", false),
      control("options.footer.reducer", "Calculation", { kind: "calcs", many: false }, { otherwise: ["sum"], shown: hasFooter }),
      control(
        "options.footer.fields",
        "Fields",
        { kind: "fields" },
        { shown: hasFooter, hint: "All numeric fields unless some are chosen" },
      ),
      onOff("options.footer.countRows", "Count rows", false, { shown: hasFooter }),
    ],
  },
  {
    name: "Sorting",
    options: [
      control("options.sortBy.0.displayName", "Sort by", { kind: "field" }),
      onOff("options.sortBy.0.desc", "Descending", false, { shown: (value) => Boolean(value("options.sortBy.0.displayName")) }),
    ],
  },
];

export const TEXT: readonly Section[] = [
  {
    name: "Text",
    options: [
      oneOf("options.mode", "Mode", choices(["markdown", "Markdown"], ["html", "HTML"], ["code", "Code"]), "markdown"),
      control("options.content", "Content", { kind: "textarea" }),
    ],
  },
];

export const DASHLIST: readonly Section[] = [
  {
    name: "Options",
    options: [
      onOff("options.showStarred", "Starred", true),
      onOff("options.showRecentlyViewed", "Recently viewed", false),
      onOff("options.showSearch", "Search", false),
      words("options.query", "Query", "", { shown: (value) => value("options.showSearch") === true }),
      onOff("options.showHeadings", "Show headings", true),
      onOff("options.showFolderNames", "Show folder names", true),
      onOff("options.keepTime", "Include current time range", false),
      onOff("options.includeVars", "Include current template variable values", false),
      amount("options.maxItems", "Max items", { min: 1, max: 100 }, { otherwise: 10 }),
    ],
  },
];

export const ALERTLIST: readonly Section[] = [
  {
    name: "Options",
    options: [
      words("options.alertName", "Alert name", "Filter by name"),
      amount("options.maxItems", "Max items", { min: 1, max: 200 }, { otherwise: 20 }),
      oneOf(
        "options.sortOrder",
        "Sort order",
        choices([1, "Alphabetical (asc)"], [2, "Alphabetical (desc)"], [3, "Importance"], [4, "Time (asc)"], [5, "Time (desc)"]),
        1,
      ),
      onOff("options.stateFilter.firing", "Alerting / firing", true),
      onOff("options.stateFilter.pending", "Pending", true),
    ],
  },
];
