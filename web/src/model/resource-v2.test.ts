import { expect, test } from "vitest";
import { readDashboard } from "./read";

function panel(id: number, title: string) {
  return {
    kind: "Panel",
    spec: {
      id,
      title,
      vizConfig: {
        kind: "VizConfig",
        group: "stat",
        spec: { options: { colorMode: "value" }, fieldConfig: { defaults: { unit: "bytes" } } },
      },
      data: {
        kind: "QueryGroup",
        spec: {
          queries: [
            {
              kind: "PanelQuery",
              spec: { refId: "A", hidden: false, query: { kind: "DataQuery", group: "prometheus", spec: { expr: "up" } } },
            },
          ],
          transformations: [{ kind: "Transformation", group: "limit", spec: { options: { limitField: 3 } } }],
          queryOptions: { maxDataPoints: 50 },
        },
      },
    },
  };
}

const item = (name: string, x: number, y: number) => ({
  kind: "GridLayoutItem",
  spec: { x, y, width: 12, height: 8, element: { kind: "ElementReference", name } },
});

function resource(layout: unknown) {
  return {
    apiVersion: "dashboard.grafana.app/v2beta1",
    kind: "Dashboard",
    metadata: { name: "v2" },
    spec: {
      title: "Two",
      timeSettings: { from: "now-1h", to: "now", autoRefresh: "10s", timezone: "utc" },
      cursorSync: "Crosshair",
      variables: [
        {
          kind: "QueryVariable",
          spec: {
            name: "job",
            hide: "hideLabel",
            refresh: "onTimeRangeChanged",
            sort: "numericalAsc",
            query: { kind: "DataQuery", group: "prometheus", spec: { query: "label_values(up, job)" } },
          },
        },
      ],
      elements: { one: panel(1, "One"), two: panel(2, "Two") },
      layout,
    },
  };
}

test("elements are placed on the grid with all that they ask for", () => {
  const dashboard = readDashboard(resource({ kind: "GridLayout", spec: { items: [item("one", 0, 0), item("two", 12, 0)] } }));
  expect(dashboard).toMatchObject({ uid: "v2", title: "Two", refresh: "10s", utc: true, sharedCrosshair: true });
  expect(dashboard.variables).toMatchObject([
    { name: "job", type: "query", query: "label_values(up, job)", sort: 3, refreshOnTime: true, hide: "label" },
  ]);
  expect(dashboard.panels).toMatchObject([
    { title: "One", type: "stat", maxDataPoints: 50, gridPos: { x: 0, y: 0, w: 12, h: 8 }, targets: [{ expr: "up", refId: "A" }] },
    {
      title: "Two",
      gridPos: { x: 12, y: 0 },
      transformations: [{ id: "limit", options: { limitField: 3 } }],
      fieldConfig: { defaults: { unit: "bytes" } },
    },
  ]);
});

test("rows and automatic grids are laid one below the other", () => {
  const auto = (name: string) => ({
    kind: "AutoGridLayout",
    spec: { maxColumnCount: 2, items: [{ kind: "AutoGridLayoutItem", spec: { element: { name } } }] },
  });
  const rows = [
    { kind: "RowsLayoutRow", spec: { title: "Open", layout: auto("one") } },
    { kind: "RowsLayoutRow", spec: { title: "Folded", collapse: true, layout: auto("two") } },
  ];
  const { panels } = readDashboard(resource({ kind: "RowsLayout", spec: { rows } }));
  expect(panels.map(({ type, title, gridPos }) => [type, title, gridPos.y])).toEqual([
    ["row", "Open", 0],
    ["stat", "One", 1],
    ["row", "Folded", 10],
  ]);
  expect(panels[2]?.panels.map(({ title }) => title)).toEqual(["Two"]);
});
