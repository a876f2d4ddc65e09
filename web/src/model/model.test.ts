import { describe, expect, test } from "vitest";
import { layOut } from "./grid";
import { readDashboard } from "./read";

const panel = (id: number, x: number, y: number, more = {}) => ({
  id,
  type: "stat",
  title: `p${id}`,
  gridPos: { x, y, w: 12, h: 4 },
  ...more,
});
const row = (y: number, more = {}) => ({ id: 100 + y, type: "row", title: "Row", gridPos: { x: 0, y, w: 24, h: 1 }, ...more });
const open = () => false;
const none = () => [];

describe("reading", () => {
  test("annotations made by hand are shown unless a dashboard says otherwise", () => {
    const read = (...list: unknown[]) => readDashboard({ annotations: { list } }).annotations;
    expect(read()).toMatchObject([{ own: { tags: [] }, enable: true, hide: true }]);
    expect(read({ builtIn: 1, enable: false, datasource: { uid: "-- Grafana --" } })).toMatchObject([{ enable: false }]);
    const tagged = { datasource: { type: "grafana", uid: "-- Grafana --" }, target: { type: "tags", tags: ["deploy"], matchAny: true } };
    expect(read(tagged)[1]).toMatchObject({ own: { tags: ["deploy"], matchAny: true, limit: 100 } });
  });

  test("an answer of the API, a bare dashboard and a V1 resource are the same", () => {
    const bare = { uid: "u", title: "T", panels: [panel(1, 0, 0)] };
    const read = [bare, { dashboard: bare, meta: {} }, { apiVersion: "dashboard.grafana.app/v1", spec: bare }].map((json) =>
      readDashboard(json),
    );
    expect(read.map((dashboard) => [dashboard.title, dashboard.panels.length])).toEqual([
      ["T", 1],
      ["T", 1],
      ["T", 1],
    ]);
  });

  test("nonsense becomes an empty dashboard, not an error", () => {
    for (const json of [null, 7, "x", [], { panels: "no", templating: 3, time: [] }]) expect(readDashboard(json).panels).toEqual([]);
  });

  test("rows of the old kind are laid out by their spans", () => {
    const { panels } = readDashboard({
      rows: [
        {
          height: "250px",
          panels: [
            { type: "graph", span: 6 },
            { type: "text", span: 6 },
            { type: "graph", span: 12 },
          ],
        },
      ],
    });
    expect(panels.map((one) => [one.type, one.gridPos])).toEqual([
      ["timeseries", { x: 0, y: 0, w: 12, h: 7 }],
      ["text", { x: 12, y: 0, w: 12, h: 7 }],
      ["timeseries", { x: 0, y: 7, w: 24, h: 7 }],
    ]);
  });

  test("a graph keeps its unit, stack, legend and right axis", () => {
    const graph = {
      type: "graph",
      stack: true,
      fill: 2,
      legend: { show: true, alignAsTable: true, values: true, avg: true, current: true },
      yaxes: [{ format: "bytes", min: "0" }, { format: "percent" }],
      seriesOverrides: [{ alias: "/cpu/", yaxis: 2 }],
    };
    const [one] = readDashboard({ panels: [graph] }).panels;
    expect(one?.fieldConfig.defaults).toMatchObject({ unit: "bytes", min: 0, custom: { fillOpacity: 20, stacking: { mode: "normal" } } });
    expect(one?.options.legend).toMatchObject({ displayMode: "table", calcs: ["mean", "lastNotNull"] });
    expect(one?.fieldConfig.overrides[0]).toMatchObject({ matcher: { id: "byRegexp", options: "/cpu/" } });
  });

  test("a singlestat with a gauge is a gauge, its thresholds in order", () => {
    const [one] = readDashboard({
      panels: [
        {
          type: "singlestat",
          format: "percent",
          valueName: "current",
          gauge: { show: true, maxValue: 90 },
          thresholds: "50,80",
          colors: ["green", "orange", "red"],
          valueMaps: [{ op: "=", text: "N/A", value: "null" }],
        },
      ],
    }).panels;
    expect(one?.type).toBe("gauge");
    expect(one?.fieldConfig.defaults).toMatchObject({ unit: "percent", min: 0, max: 90, mappings: [{ type: "special", match: "null" }] });
    expect(one?.fieldConfig.defaults.thresholds?.steps.map((step) => step.value)).toEqual([-Infinity, 50, 80]);
  });

  test("data sources that are not Prometheus are named", () => {
    const panels = readDashboard({
      panels: [
        { type: "logs", datasource: { type: "loki", uid: "x" } },
        { type: "stat", datasource: "${DS_PROM}" },
        { type: "stat", datasource: { type: "prometheus" } },
      ],
    }).panels;
    expect(panels.map((one) => one.foreign)).toEqual(["loki", undefined, undefined]);
  });
});

describe("layout", () => {
  const places = (panels: unknown[], folded = open, repeats: (name: string) => string[] = none) =>
    layOut(readDashboard({ panels }).panels, folded, repeats).map(({ panel: one, place }) => [one.title, place.x, place.y, place.w]);

  test("rows take one line, and the space above panels is closed", () => {
    expect(places([panel(1, 0, 0), row(4), panel(2, 0, 9), panel(3, 12, 9)])).toEqual([
      ["p1", 0, 0, 12],
      ["Row", 0, 4, 24],
      ["p2", 0, 5, 12],
      ["p3", 12, 5, 12],
    ]);
  });

  test("a folded row hides its panels, stored inside it or below it", () => {
    expect(
      places([row(0, { collapsed: true, panels: [panel(1, 0, 1)] }), row(1), panel(2, 0, 2)], () => true).map(([title]) => title),
    ).toEqual(["Row", "Row"]);
  });

  test("a panel repeats across, and pushes what is below", () => {
    const repeats = () => ["a", "b", "c"];
    const laid = places([panel(1, 0, 0, { repeat: "v", maxPerRow: 2 }), panel(2, 0, 4)], open, repeats);
    expect(laid).toEqual([
      ["p1", 0, 0, 12],
      ["p1", 12, 0, 12],
      ["p1", 0, 4, 12],
      ["p2", 0, 8, 12],
    ]);
  });

  test("panels that would overlap, or hang in the air, move", () => {
    const overlapping = [panel(1, 0, 0), panel(2, 6, 2), panel(3, 12, 30)];
    expect(places(overlapping)).toEqual([
      ["p1", 0, 0, 12],
      ["p2", 6, 4, 12],
      ["p3", 12, 8, 12],
    ]);
  });

  test("a row repeats with its panels, each under its own value", () => {
    const panels = readDashboard({ panels: [row(0, { repeat: "v" }), panel(1, 0, 1)] }).panels;
    const laid = layOut(panels, open, () => ["a", "b"]);
    expect(laid.map(({ panel: one }) => one.scope.v)).toEqual([["a"], ["a"], ["b"], ["b"]]);
    expect(new Set(laid.map(({ panel: one }) => one.key)).size).toBe(4);
  });
});
