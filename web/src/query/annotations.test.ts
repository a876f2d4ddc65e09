import { expect, test } from "vitest";
import type { AnnotationQuery } from "../model/dashboard";
import { toAnnotations } from "./annotations";

const query: AnnotationQuery = {
  name: "Restarts",
  enable: true,
  hide: false,
  color: "#f00",
  dataSource: "",
  expr: "x",
  step: "",
  titleFormat: "{{job}} restarted",
  textFormat: "",
  tagKeys: ["job"],
  useValueForTime: false,
};

const series = { labels: { job: "web" }, times: [0, 60, 120, 300, 360], values: [0, 1, 1, 0, 2] };

test("neighbouring points that are not zero are one span", () => {
  expect(toAnnotations(query, series, 60)).toMatchObject([
    { from: 60, to: 120, title: "web restarted", tags: ["web"] },
    { from: 360, to: 360 },
  ]);
});

test("values may be the times themselves", () => {
  expect(
    toAnnotations({ ...query, useValueForTime: true }, { ...series, values: [0, 5000, 0, 0, 7000] }, 60).map(({ from }) => from),
  ).toEqual([5000, 7000]);
});
