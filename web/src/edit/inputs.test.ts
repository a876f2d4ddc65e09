import { describe, expect, it } from "vitest";
import { fillInputs, forSharing, parseDashboard, readInputs } from "./inputs";

const sources = [
  { uid: "prometheus", name: "Prometheus", type: "prometheus", isDefault: true, isOwn: true },
  { uid: "vm1", name: "VM far-away", type: "prometheus", isDefault: false, isOwn: false },
];
const board = {
  title: "T",
  id: 7,
  uid: "u",
  kept: 1,
  panels: [
    {
      id: 1,
      type: "stat",
      datasource: { type: "prometheus", uid: "vm1" },
      targets: [{ refId: "A", datasource: { type: "prometheus", uid: "vm1" } }],
    },
    { id: 2, type: "row", collapsed: true, panels: [{ id: 3, type: "graph", datasource: null, targets: [{ refId: "A", expr: "up" }] }] },
    { id: 4, type: "text", datasource: { type: "prometheus", uid: "${ds}" } },
  ],
  templating: {
    list: [
      { name: "env", type: "constant", query: "prod" },
      { name: "job", type: "query", current: { value: "x" }, options: [1] },
    ],
  },
  annotations: { list: [{ name: "Annotations", datasource: { type: "grafana", uid: "-- Grafana --" } }] },
};

describe("sharing", () => {
  const shared = forSharing(board, sources);
  it("asks for the data sources and constants that are used", () =>
    expect(readInputs(shared).map(({ name, kind, label, value }) => [name, kind, label, value])).toEqual([
      ["DS_VM_FAR_AWAY", "datasource", "VM far-away", ""],
      ["DS_PROMETHEUS", "datasource", "Prometheus", ""],
      ["VAR_ENV", "constant", "env", "prod"],
    ]));
  it("leaves variables, pseudo sources and unknown keys as they are", () => {
    expect(shared).toMatchObject({ id: null, uid: "u", kept: 1, annotations: board.annotations });
    expect((shared.panels as unknown[])[2]).toEqual(board.panels[2]);
    expect(JSON.stringify(shared)).not.toContain("vm1");
  });
  it("comes back the same from an import", () => {
    const values = new Map([
      ["DS_VM_FAR_AWAY", "vm1"],
      ["DS_PROMETHEUS", "prometheus"],
      ["VAR_ENV", "test"],
    ]);
    const back = fillInputs(parseDashboard(JSON.stringify(shared)), values);
    expect(JSON.stringify(back)).not.toContain("${DS_");
    expect(back).toMatchObject({ panels: [board.panels[0], {}, board.panels[2]], templating: { list: [{ query: "test" }, {}] } });
    expect(back.__inputs).toBeUndefined();
  });
});

describe("parsing", () => {
  it.each(["[]", "1", '{"a":1}'])("refuses %s", (source) => expect(() => parseDashboard(source)).toThrow(/no dashboard/));
  it("takes API answers and resources", () => {
    expect(parseDashboard('{"dashboard":{"title":"T","panels":[]},"meta":{}}').title).toBe("T");
    expect(
      parseDashboard('{"apiVersion":"dashboard.grafana.app/v1beta1","metadata":{"name":"n"},"spec":{"title":"T","rows":[]}}'),
    ).toMatchObject({
      uid: "n",
      panels: [],
    });
  });
});
