/** Options that several panel types have in common. */

import { amount, choices, control, field, oneOf, onOff, type Option, type Section, words } from "./spec";

const MODES = choices(["single", "Single"], ["multi", "All"], ["none", "Hidden"]);

export const tooltip = (sorted: boolean, modes = MODES): Section => ({
  name: "Tooltip",
  options: [
    oneOf("options.tooltip.mode", "Tooltip mode", modes, "single"),
    ...(sorted
      ? [
          oneOf(
            "options.tooltip.sort",
            "Values sort order",
            choices(["none", "None"], ["asc", "Ascending"], ["desc", "Descending"]),
            "none",
            {
              shown: (value) => value("options.tooltip.mode") === "multi",
            },
          ),
        ]
      : []),
  ],
});

export const SHORT_TOOLTIP = tooltip(false, choices(["single", "Single"], ["none", "Hidden"]));

const visible = (value: (path: string) => unknown) => value("options.legend.showLegend") !== false;

export const legend = (more: readonly Option[] = []): Section => ({
  name: "Legend",
  options: [
    onOff("options.legend.showLegend", "Visibility", true),
    oneOf("options.legend.displayMode", "Mode", choices(["list", "List"], ["table", "Table"]), "list", { shown: visible }),
    oneOf("options.legend.placement", "Placement", choices(["bottom", "Bottom"], ["right", "Right"]), "bottom", { shown: visible }),
    ...more.map((option) => ({ ...option, shown: visible })),
  ],
});

export const LEGEND_CALCS = control(
  "options.legend.calcs",
  "Values",
  { kind: "calcs", many: true },
  { hint: "Calculations shown in the legend" },
);

/** Switch and placement only, for legends of states and slices. */
export const SHORT_LEGEND: Section = { name: "Legend", options: [onOff("options.legend.showLegend", "Visibility", true)] };

const isLog = (value: (path: string) => unknown) => {
  const scale = value("custom.scaleDistribution");
  return typeof scale === "object" && scale !== null && "type" in scale && scale.type === "log";
};

export const AXIS: Section = {
  name: "Axis",
  options: [
    oneOf(
      "custom.axisPlacement",
      "Placement",
      choices(["auto", "Auto"], ["left", "Left"], ["right", "Right"], ["hidden", "Hidden"]),
      "auto",
    ),
    words("custom.axisLabel", "Label", "Optional text"),
    oneOf("custom.axisGridShow", "Show grid lines", choices([undefined, "Auto"], [true, "On"], [false, "Off"]), undefined),
    oneOf("custom.scaleDistribution", "Scale", choices(["linear", "Linear"], ["log", "Logarithmic"]), "linear", { member: "type" }),
    oneOf("custom.scaleDistribution", "Log base", choices([2, "2"], [10, "10"]), 2, { member: "log", base: { type: "log" }, shown: isLog }),
    amount("custom.axisSoftMin", "Soft min"),
    amount("custom.axisSoftMax", "Soft max"),
  ].map(field),
};

/** Which values of the results are shown, and by which calculation. */
export const VALUES: Section = {
  name: "Value options",
  options: [
    oneOf("options.reduceOptions.values", "Show", choices([false, "Calculate"], [true, "All values"]), false),
    control(
      "options.reduceOptions.calcs",
      "Calculation",
      { kind: "calcs", many: false },
      {
        otherwise: ["lastNotNull"],
        shown: (value) => value("options.reduceOptions.values") !== true,
      },
    ),
    amount(
      "options.reduceOptions.limit",
      "Limit",
      { min: 1, max: 200 },
      {
        shown: (value) => value("options.reduceOptions.values") === true,
      },
    ),
    words("options.reduceOptions.fields", "Fields", "Numeric fields", { hint: "A pattern such as /^CPU/ chooses fields by name" }),
  ],
};

const NOWHERE = { legend: false, tooltip: false, viz: false };

export const HIDE = field(
  oneOf(
    "custom.hideFrom",
    "Hide in area",
    choices(
      [NOWHERE, "Nowhere"],
      [{ ...NOWHERE, legend: true }, "Legend"],
      [{ ...NOWHERE, tooltip: true }, "Tooltip"],
      [{ ...NOWHERE, viz: true }, "Visualization"],
      [{ legend: true, tooltip: true, viz: true }, "Everywhere"],
    ),
    NOWHERE,
  ),
);

export const ORIENTATIONS = choices(["auto", "Auto"], ["horizontal", "Horizontal"], ["vertical", "Vertical"]);
export const AUTO_ALWAYS_NEVER = choices(["auto", "Auto"], ["always", "Always"], ["never", "Never"]);
