/** Options of the panels that draw curves, bars, points and cells. */

import { AUTO_ALWAYS_NEVER, AXIS, HIDE, legend, LEGEND_CALCS, ORIENTATIONS, SHORT_LEGEND, SHORT_TOOLTIP, tooltip } from "./shared";
import { amount, choices, control, field, oneOf, onOff, type Section, words } from "./spec";

const isLine = (value: (path: string) => unknown) => (value("custom.drawStyle") ?? "line") === "line";

const GRAPH_STYLES: Section = {
  name: "Graph styles",
  options: [
    oneOf("custom.drawStyle", "Style", choices(["line", "Lines"], ["bars", "Bars"], ["points", "Points"]), "line"),
    oneOf(
      "custom.lineInterpolation",
      "Line interpolation",
      choices(["linear", "Linear"], ["smooth", "Smooth"], ["stepBefore", "Step before"], ["stepAfter", "Step after"]),
      "linear",
      { shown: isLine },
    ),
    amount("custom.lineWidth", "Line width", { min: 0, max: 10 }, { otherwise: 1 }),
    amount("custom.fillOpacity", "Fill opacity", { min: 0, max: 100 }, { otherwise: 0 }),
    oneOf(
      "custom.gradientMode",
      "Gradient mode",
      choices(["none", "None"], ["opacity", "Opacity"], ["hue", "Hue"], ["scheme", "Scheme"]),
      "none",
    ),
    oneOf("custom.lineStyle", "Line style", choices(["solid", "Solid"], ["dash", "Dash"], ["dot", "Dots"]), "solid", {
      member: "fill",
      base: { dash: [10, 10] },
      shown: isLine,
    }),
    oneOf("custom.spanNulls", "Connect null values", choices([false, "Never"], [true, "Always"], [3_600_000, "Below 1 hour"]), false, {
      shown: isLine,
    }),
    oneOf("custom.showPoints", "Show points", AUTO_ALWAYS_NEVER, "auto", { shown: (value) => value("custom.drawStyle") !== "points" }),
    amount("custom.pointSize", "Point size", { min: 1, max: 40 }, { otherwise: 5 }),
    oneOf("custom.stacking", "Stack series", choices(["none", "Off"], ["normal", "Normal"], ["percent", "100%"]), "none", {
      member: "mode",
      base: { group: "A" },
    }),
    oneOf("custom.transform", "Transform", choices([undefined, "None"], ["negative-Y", "Negative Y"]), undefined),
    oneOf(
      "custom.thresholdsStyle",
      "Show thresholds",
      choices(
        ["off", "Off"],
        ["line", "As lines"],
        ["dashed", "As lines (dashed)"],
        ["area", "As filled regions"],
        ["line+area", "As filled regions and lines"],
        ["dashed+area", "As filled regions and lines (dashed)"],
      ),
      "off",
      { member: "mode" },
    ),
  ].map(field),
};

export const TIMESERIES: readonly Section[] = [
  tooltip(true),
  legend([LEGEND_CALCS]),
  AXIS,
  { ...GRAPH_STYLES, options: [...GRAPH_STYLES.options, HIDE] },
];

const BAR_STACKS = choices(["none", "Off"], ["normal", "Normal"], ["percent", "100%"]);

export const BARCHART: readonly Section[] = [
  {
    name: "Bar chart",
    options: [
      control("options.xField", "X axis", { kind: "field" }),
      oneOf("options.orientation", "Orientation", ORIENTATIONS, "auto"),
      oneOf("options.showValue", "Show values", AUTO_ALWAYS_NEVER, "auto"),
      oneOf("options.stacking", "Stacking", BAR_STACKS, "none"),
      amount("options.groupWidth", "Group width", { min: 0, max: 1, step: 0.01 }, { otherwise: 0.7 }),
      amount("options.barWidth", "Bar width", { min: 0, max: 1, step: 0.01 }, { otherwise: 0.97 }),
    ],
  },
  SHORT_TOOLTIP,
  legend([LEGEND_CALCS]),
  { name: "Axis", options: [field(words("custom.axisLabel", "Label", "Optional text")), HIDE] },
];

export const HISTOGRAM: readonly Section[] = [
  {
    name: "Histogram",
    options: [
      amount("options.bucketCount", "Bucket count", { min: 1, max: 500, placeholder: "30" }),
      amount("options.bucketSize", "Bucket size", { min: 0, placeholder: "auto" }),
      amount("options.bucketOffset", "Bucket offset", {}, { otherwise: 0 }),
      onOff("options.combine", "Combine series", false, { hint: "Merge all series into one histogram" }),
    ],
  },
  SHORT_TOOLTIP,
  legend([LEGEND_CALCS]),
];

const isManual = (value: (path: string) => unknown) => value("options.mapping") === "manual";
const BY_NAME = { member: "options", base: { id: "byName" }, shown: isManual };

export const XYCHART: readonly Section[] = [
  {
    name: "XY chart",
    options: [
      oneOf("options.mapping", "Series mapping", choices(["auto", "Auto"], ["manual", "Manual"]), "auto"),
      control("options.dims.x", "X field", { kind: "field" }, { shown: (value) => !isManual(value) }),
      control("options.series.0.x.matcher", "X field", { kind: "field" }, BY_NAME),
      control("options.series.0.y.matcher", "Y field", { kind: "field" }, BY_NAME),
    ],
  },
  {
    name: "Point styles",
    options: [
      oneOf("custom.show", "Show", choices(["points", "Points"], ["lines", "Lines"], ["points+lines", "Both"]), "points"),
      amount("custom.pointSize", "Point size", { min: 1, max: 100 }, { otherwise: 5, member: "fixed" }),
      words("custom.axisLabel", "Axis label", "Optional text"),
    ].map(field),
  },
  SHORT_TOOLTIP,
  SHORT_LEGEND,
];

const SCHEMES = [
  "Oranges",
  "Blues",
  "Greens",
  "Greys",
  "Purples",
  "Reds",
  "BuGn",
  "BuPu",
  "GnBu",
  "OrRd",
  "PuBu",
  "PuRd",
  "RdPu",
  "YlGn",
  "YlGnBu",
  "YlOrBr",
  "YlOrRd",
  "RdYlGn",
  "RdYlBu",
  "RdBu",
  "Spectral",
  "Turbo",
  "Viridis",
  "Magma",
  "Inferno",
  "Plasma",
  "Cividis",
  "Warm",
  "Cool",
];

const calculates = (value: (path: string) => unknown) => value("options.calculate") === true;
const isOpacity = (value: (path: string) => unknown) => value("options.color.mode") === "opacity";
const isScheme = (value: (path: string) => unknown) => !isOpacity(value);
const SIZES = choices(["size", "Size"], ["count", "Count"]);

export const HEATMAP: readonly Section[] = [
  {
    name: "Heatmap",
    options: [
      oneOf("options.calculate", "Calculate from data", choices([true, "Yes"], [false, "No"]), false),
      oneOf("options.calculation.xBuckets.mode", "X bucket by", SIZES, "size", { shown: calculates }),
      words("options.calculation.xBuckets.value", "X bucket", "auto", { shown: calculates }),
      oneOf("options.calculation.yBuckets.mode", "Y bucket by", SIZES, "size", { shown: calculates }),
      words("options.calculation.yBuckets.value", "Y bucket", "auto", { shown: calculates }),
      amount("options.cellGap", "Cell gap", { min: 0, max: 25 }, { otherwise: 1 }),
    ],
  },
  {
    name: "Colors",
    options: [
      oneOf("options.color.mode", "Mode", choices(["scheme", "Scheme"], ["opacity", "Opacity"]), "scheme"),
      oneOf(
        "options.color.scheme",
        "Scheme",
        SCHEMES.map((name) => ({ value: name, name })),
        "Oranges",
        { shown: isScheme },
      ),
      onOff("options.color.reverse", "Reverse", false, { shown: isScheme }),
      control("options.color.fill", "Color", { kind: "color" }, { otherwise: "dark-orange", shown: isOpacity }),
      oneOf("options.color.scale", "Scale", choices(["exponential", "Exponential"], ["linear", "Linear"]), "exponential", {
        shown: isOpacity,
      }),
      amount("options.color.exponent", "Exponent", { min: 0.1, max: 2, step: 0.1 }, { otherwise: 0.5, shown: isOpacity }),
      amount("options.color.steps", "Steps", { min: 2, max: 128 }, { otherwise: 64 }),
      amount("options.color.min", "Start color scale from value", { placeholder: "auto" }),
      amount("options.color.max", "End color scale at value", { placeholder: "auto" }),
    ],
  },
  {
    name: "Y axis",
    options: [
      oneOf("options.yAxis.axisPlacement", "Placement", choices(["left", "Left"], ["right", "Right"], ["hidden", "Hidden"]), "left"),
      control("options.yAxis.unit", "Unit", { kind: "unit" }),
      amount("options.yAxis.decimals", "Decimals", { min: 0, max: 15, placeholder: "auto" }),
      amount("options.yAxis.min", "Min value", { placeholder: "auto" }),
      amount("options.yAxis.max", "Max value", { placeholder: "auto" }),
      words("options.yAxis.axisLabel", "Axis label", "Optional text"),
      onOff("options.yAxis.reverse", "Reverse", false),
    ],
  },
  {
    name: "Cell display",
    options: [
      control("options.cellValues.unit", "Unit", { kind: "unit" }),
      amount("options.cellValues.decimals", "Decimals", { min: 0, max: 15, placeholder: "auto" }),
      amount("options.filterValues.le", "Hide cells with values <=", { placeholder: "none" }),
    ],
  },
  SHORT_TOOLTIP,
  { name: "Legend", options: [onOff("options.legend.show", "Show legend", true)] },
];

const STATES = (row: readonly Section["options"][number][]): readonly Section[] => [
  {
    name: "State",
    options: [
      ...row,
      oneOf("options.showValue", "Show values", AUTO_ALWAYS_NEVER, "auto"),
      amount("options.rowHeight", "Row height", { min: 0, max: 1, step: 0.01 }, { otherwise: 0.9 }),
      field(amount("custom.lineWidth", "Line width", { min: 0, max: 10 }, { otherwise: 0 })),
      field(amount("custom.fillOpacity", "Fill opacity", { min: 0, max: 100 }, { otherwise: 70 })),
    ],
  },
  SHORT_TOOLTIP,
  SHORT_LEGEND,
];

export const STATE_TIMELINE = STATES([
  onOff("options.mergeValues", "Merge equal consecutive values", true),
  oneOf("options.alignValue", "Align values", choices(["left", "Left"], ["center", "Center"], ["right", "Right"]), "left"),
  field(oneOf("custom.spanNulls", "Connect null values", choices([false, "Never"], [true, "Always"]), false)),
]);

export const STATUS_HISTORY = STATES([amount("options.colWidth", "Column width", { min: 0, max: 1, step: 0.01 }, { otherwise: 0.9 })]);
