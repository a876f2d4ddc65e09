/** Options that every panel type, or every field, has. */

import { amount, choices, control, field, oneOf, onOff, type Section, words } from "./spec";

export const PANEL: Section = {
  name: "Panel options",
  options: [
    words("title", "Title"),
    control("description", "Description", { kind: "textarea" }),
    onOff("transparent", "Transparent background", false),
    control("links", "Panel links", { kind: "links" }),
    control("repeat", "Repeat by variable", { kind: "variable" }, { hint: "Repeats the panel for each value of the variable." }),
    oneOf("repeatDirection", "Repeat direction", choices(["h", "Horizontal"], ["v", "Vertical"]), "h", {
      shown: (value) => Boolean(value("repeat")),
    }),
    amount(
      "maxPerRow",
      "Max per row",
      { min: 1, max: 24 },
      {
        otherwise: 4,
        shown: (value) => Boolean(value("repeat")) && value("repeatDirection") !== "v",
      },
    ),
  ],
};

export const STANDARD: Section = {
  name: "Standard options",
  options: [
    control("unit", "Unit", { kind: "unit" }),
    amount("min", "Min", { placeholder: "auto" }, { hint: "Leave empty to calculate based on all values" }),
    amount("max", "Max", { placeholder: "auto" }, { hint: "Leave empty to calculate based on all values" }),
    amount("decimals", "Decimals", { min: 0, max: 15, placeholder: "auto" }),
    words("displayName", "Display name", "none", { hint: "Change the field or series name" }),
    control("color", "Color scheme", { kind: "colorScheme" }),
    words("noValue", "No value", "-", { hint: "What to show when there is no value" }),
  ].map(field),
};

export const LINKS: Section = { name: "Data links", options: [field(control("links", "Data links", { kind: "links" }))] };

export const MAPPINGS: Section = {
  name: "Value mappings",
  options: [field(control("mappings", "Value mappings", { kind: "mappings" }))],
};

export const THRESHOLDS: Section = { name: "Thresholds", options: [field(control("thresholds", "Thresholds", { kind: "thresholds" }))] };

/** What a panel asks for and when, beside its queries. */
export const QUERY: Section = {
  name: "Query options",
  options: [
    amount("maxDataPoints", "Max data points", { min: 1, placeholder: "width of the panel" }),
    words("interval", "Min interval", "scrape interval", { hint: "The smallest step, such as 15s or 1m" }),
    words("timeFrom", "Relative time", "1h", { hint: "Overrides the dashboard's range: the last hour, day, ..." }),
    words("timeShift", "Time shift", "1h", { hint: "Moves the range back" }),
    onOff("hideTimeOverride", "Hide time info", false),
  ],
};
