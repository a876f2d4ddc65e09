import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type Json, objects, text } from "../json";
import { nested, toClassic } from "../model/classic";
import { layOut } from "../model/grid";
import { modernPanel } from "../model/modern";
import { readClassic, readPanel } from "../model/read";
import { panelTypeOf, sectionsOf } from "./option/types";
import { itemsOf } from "./panels";
import { settle } from "./place";

const file = new URL("../../../e2e/dashboards/every-panel.json", import.meta.url);
const json = toClassic(JSON.parse(readFileSync(file, "utf8")));
const panels = nested(objects(json.panels)).filter(({ type }) => type !== "row");

const drawn = (panel: Json) => ({ ...readPanel(panel, 0), source: {} });

describe("a dashboard with every panel", () => {
  it.each(panels.map((panel) => [text(panel.type), panel] as const))(
    "%s has options, and is drawn the same once it is edited",
    (_, panel) => {
      const edited = modernPanel(panel);
      expect(drawn(edited)).toEqual(drawn(panel));
      if (panelTypeOf(text(edited.type))) expect(sectionsOf(text(edited.type)).length).toBeGreaterThan(1);
    },
  );
  it("stands in the editor as it stands on the page", () => {
    const places = layOut(
      readClassic(json).panels,
      (row) => row.collapsed,
      () => [],
    ).map(({ panel, place }) => ({ id: panel.id, ...place }));
    const byId = <T extends { id: number }>(items: readonly T[]) => [...items].sort((a, b) => a.id - b.id);
    expect(byId(settle(itemsOf(json)))).toEqual(byId(places));
  });
});
