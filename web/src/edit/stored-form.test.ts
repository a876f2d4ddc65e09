import { expect, test } from "vitest";
import { type Json, object, objects } from "../json";
import { resourceOf, toClassic } from "../model/classic";
import { lossOnSaving, storedForm } from "./stored-form";

const panel = (id: number) => ({
  kind: "Panel",
  spec: {
    id,
    title: `Panel ${id}`,
    ours: "kept",
    vizConfig: {
      kind: "VizConfig",
      group: "stat",
      version: "12.0",
      spec: { options: { a: 1 }, fieldConfig: { defaults: {}, overrides: [] } },
    },
    data: {
      kind: "QueryGroup",
      spec: {
        queries: [
          {
            kind: "PanelQuery",
            spec: {
              refId: "A",
              hidden: false,
              query: { kind: "DataQuery", group: "prometheus", version: "v0", datasource: { name: "vm" }, spec: { expr: "up" } },
            },
          },
        ],
        transformations: [{ kind: "Transformation", group: "limit", spec: { options: { limitField: 3 } } }],
        queryOptions: { maxDataPoints: 50 },
      },
    },
  },
});

const item = (name: string, x: number) => ({
  kind: "GridLayoutItem",
  spec: { x, y: 0, width: 12, height: 8, element: { kind: "ElementReference", name } },
});

const resource = (layout: Json = { kind: "GridLayout", spec: { items: [item("one", 0), item("two", 12)] } }): Json => ({
  apiVersion: "dashboard.grafana.app/v2beta1",
  kind: "Dashboard",
  metadata: { name: "v2", labels: { team: "edge" } },
  spec: {
    title: "Two",
    preload: true,
    tags: ["a"],
    timeSettings: { from: "now-1h", to: "now", autoRefresh: "", timezone: "utc", fiscalYearStartMonth: 3 },
    cursorSync: "Off",
    variables: [
      { kind: "TextVariable", spec: { name: "text", query: "x", hide: "dontHide" } },
      {
        kind: "QueryVariable",
        spec: {
          name: "job",
          sort: "numericalAsc",
          refresh: "onDashboardLoad",
          query: { kind: "DataQuery", group: "prometheus", spec: { query: "label_values(job)", more: 1 } },
        },
      },
    ],
    annotations: [
      {
        kind: "AnnotationQuery",
        spec: { name: "deploys", enable: true, query: { kind: "DataQuery", group: "prometheus", spec: { expr: "x" } } },
      },
    ],
    elements: { one: panel(1), two: panel(2) },
    layout,
  },
});

const edited = (change: (json: Json) => Json, source = resource()) => {
  const next = change({ ...toClassic(source), version: 4 });
  const written = storedForm(next, source);
  return { next, written, spec: object(written.spec) };
};

test("what was not edited goes back as it came", () => {
  const { written } = edited((json) => json);
  expect(written).toEqual({ ...resource(), metadata: { name: "v2", labels: { team: "edge" }, resourceVersion: "4" } });
  expect(resourceOf(resource())).toBeDefined();
  expect(resourceOf({ title: "x", panels: [] })).toBeUndefined();
  expect(storedForm({ title: "x" }, undefined)).toEqual({ title: "x" });
});

test("what was edited is written in V2's words, and reads as it was edited", () => {
  const { next, spec, written } = edited((json) => ({
    ...json,
    title: "Three",
    graphTooltip: 1,
    time: { from: "now-2h", to: "now" },
    templating: { list: objects(object(json.templating).list).map((one) => ({ ...one, hide: 2, label: "L" })) },
    panels: [
      { ...objects(json.panels)[0], title: "New", targets: [{ refId: "A", expr: "down", datasource: { type: "prometheus", uid: "vm" } }] },
      objects(json.panels)[1],
      { id: 7, type: "text", title: "T", gridPos: { x: 0, y: 8, w: 24, h: 3 }, options: { content: "x" }, repeat: "job" },
    ],
  }));
  expect(spec).toMatchObject({
    title: "Three",
    cursorSync: "Crosshair",
    preload: true,
    timeSettings: { from: "now-2h", fiscalYearStartMonth: 3 },
  });
  const variables = objects(spec.variables);
  expect(variables.map(({ kind }) => kind)).toEqual(["TextVariable", "QueryVariable"]);
  expect(variables[1]).toMatchObject({
    spec: { hide: "hideVariable", sort: "numericalAsc", query: { spec: { query: "label_values(job)", more: 1 } } },
  });
  const { one, two, "panel-7": seven } = object(spec.elements);
  expect(two).toEqual(panel(2));
  expect(one).toMatchObject({
    spec: { title: "New", ours: "kept", vizConfig: { version: "12.0" }, data: { spec: { queryOptions: { maxDataPoints: 50 } } } },
  });
  expect(seven).toMatchObject({ kind: "Panel", spec: { vizConfig: { group: "text" } } });
  expect(toClassic(JSON.parse(JSON.stringify(written)))).toMatchObject({
    title: "Three",
    panels: objects(next.panels).map(({ id, type, title, gridPos }) => ({ id, type, title, gridPos })),
  });
});

test("a layout stays until something is moved, and then what it loses is told", () => {
  const auto = resource({ kind: "AutoGridLayout", spec: { items: [item("one", 0), item("two", 0)] } });
  const renamed = edited((json) => ({ ...json, title: "x" }), auto);
  expect(renamed.spec.layout).toEqual(object(auto.spec).layout);
  expect(lossOnSaving(renamed.next, auto)).toBe("");
  const row = { id: 9, type: "row", title: "Row", collapsed: true, gridPos: { x: 0, y: 20, w: 24, h: 1 }, panels: [] };
  const moved = edited((json) => ({ ...json, panels: [...objects(json.panels), row] }), auto);
  expect(objects(object(object(moved.spec.layout).spec).rows).map(({ spec }) => object(spec).title)).toEqual([undefined, "Row"]);
  expect(lossOnSaving(moved.next, auto)).toContain("automatic places");
});

test("a V1 resource keeps its shape", () => {
  const v1 = { apiVersion: "dashboard.grafana.app/v1beta1", metadata: { name: "a" }, spec: { title: "A", panels: [] } };
  expect(storedForm({ ...toClassic(v1), title: "B", version: 2 }, v1)).toEqual({
    ...v1,
    metadata: { name: "a", resourceVersion: "2" },
    spec: { title: "B", panels: [] },
  });
});
