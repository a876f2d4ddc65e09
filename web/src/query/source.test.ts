import { expect, test } from "vitest";
import { apiOf, type DataSource, OWN_SOURCE } from "../api/data-sources";
import { findSource, sourceOfTarget, sourcesOfKind } from "./source";

const own: DataSource = { ...OWN_SOURCE, isDefault: false };
const fleet: DataSource = { uid: "fleet", name: "Fleet", type: "prometheus", isDefault: true, isOwn: false };
const logs: DataSource = { uid: "l", name: "Logs", type: "loki", isDefault: false, isOwn: false };
const all = [own, fleet, logs];

test("a data source is found by uid, name and variable, and what is not here is the default one", () => {
  const scope = (name: string) => (name === "ds" ? { values: ["Fleet"] } : undefined);
  for (const [named, expected] of [
    ["prometheus", own],
    ["fleet", fleet],
    ["Logs", logs],
    ["${ds}", fleet],
    ["$ds", fleet],
    ["", fleet],
    ["default", fleet],
    ["${DS_PROMETHEUS}", fleet],
    ["PBFA97CFB590B2093", fleet],
  ] as const) {
    expect(findSource(named, all, scope), named).toBe(expected);
  }
  expect(findSource("x", [own, { ...logs, isDefault: true }], scope)).toBe(own);
  expect(findSource("x", [], scope)).toBe(OWN_SOURCE);
});

test("in a mixed panel each query names its own", () => {
  expect(sourceOfTarget("-- Mixed --", "fleet")).toBe("fleet");
  expect(sourceOfTarget("", "fleet")).toBe("fleet");
  expect(sourceOfTarget("prometheus", "fleet")).toBe("prometheus");
});

test("foreign ones are asked over the proxy", () => {
  expect(apiOf(own)).toBe("/api/v1");
  expect(apiOf(fleet)).toBe("/api/datasources/proxy/uid/fleet/api/v1");
  expect(sourcesOfKind("prometheus", all)).toEqual([own, fleet]);
  expect(sourcesOfKind("loki", all)).toEqual([logs]);
});
