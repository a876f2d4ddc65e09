/** Thresholds: which step a value has reached. */

import type { FieldConfig, Threshold, Thresholds } from "../model/field-config";

export const DEFAULT_THRESHOLDS: Thresholds = {
  mode: "absolute",
  steps: [
    { value: -Infinity, color: "green" },
    { value: 80, color: "red" },
  ],
};

/** Limits between which percentages and gauges are measured. */
export interface Limits {
  min: number;
  max: number;
}

/** The step a value is in; the lowest when it is below all. */
export function activeStep(thresholds: Thresholds, value: number, limits: Limits): Threshold {
  const measure = thresholds.mode === "percentage" ? (100 * (value - limits.min)) / (limits.max - limits.min || 1) : value;
  let active = thresholds.steps[0] ?? { value: -Infinity, color: "green" };
  for (const step of thresholds.steps) if (measure >= step.value) active = step;
  return active;
}

/** Steps with their values on the field's own scale, percentages worked out. */
export function absoluteSteps(config: FieldConfig, limits: Limits): Threshold[] {
  const { mode, steps } = config.thresholds ?? DEFAULT_THRESHOLDS;
  if (mode === "absolute") return steps;
  return steps.map((step) => ({ ...step, value: limits.min + (step.value / 100) * (limits.max - limits.min) }));
}
