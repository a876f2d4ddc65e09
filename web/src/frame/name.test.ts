import { expect, test } from "vitest";
import type { Frame } from "./frame";
import { displayName, formatLabels, renderLegend } from "./name";

function series(labels: Record<string, string>, name?: string, displayAs?: string): Frame {
  const config = { custom: {}, displayName: displayAs };
  return { refId: "A", ...(name ? { name } : {}), fields: [{ name: "Value", type: "number", labels, values: [1], config }] };
}

function nameOf(frame: Frame, frames: Frame[]): string {
  const [field] = frame.fields;
  return field ? displayName(field, frame, frames) : "";
}

test("labels are written as a selector, the metric in front", () => {
  expect(formatLabels({ job: "a", __name__: "up", instance: "b" })).toBe('up{instance="b", job="a"}');
  expect(formatLabels({ __name__: "up" })).toBe("up");
  expect(formatLabels({})).toBe("");
});

test("a legend takes its labels, and leaves out those that are missing", () => {
  expect(renderLegend("{{ job }} on {{instance}}{{nothing}}", { job: "node", instance: "a" })).toBe("node on a");
});

test("series that differ in one label are called by its value", () => {
  const frames = [series({ mode: "idle" }), series({ mode: "user" })];
  expect(frames.map((frame) => nameOf(frame, frames))).toEqual(["idle", "user"]);
});

test("series with several labels are called by all of them", () => {
  const frames = [series({ mode: "idle", cpu: "0" }), series({ mode: "user", cpu: "0" })];
  expect(nameOf(frames[0] as Frame, frames)).toBe('{cpu="0", mode="idle"}');
});

test("a display name may use labels and the series' own name", () => {
  const frame = series({ job: "node" }, "load", "${__series.name} of ${__field.labels.job}");
  expect(nameOf(frame, [frame])).toBe("load of node");
});
