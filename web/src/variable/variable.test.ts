import { describe, expect, test } from "vitest";
import { readVariable } from "../model/read-variable";
import { interpolate, type Scope } from "./interpolate";
import { readMetricQuery } from "./metric-query";
import { customOptions, optionsFrom } from "./options";
import { ALL, chooseValues, dependsOn, resolutionOrder, valueOf } from "./resolve";

const SCOPE: Record<string, ReturnType<Scope>> = {
  job: { values: ["node"], texts: ["Node"] },
  instance: { values: ["a.b:1", "c"], multi: true },
  everything: { values: ["x", "y"], texts: ["All"], multi: true, raw: ".+" },
  path: { values: ['C:\\d"e'] },
};
const scope: Scope = (name) => SCOPE[name];

describe("interpolation", () => {
  test.each([
    ['up{job="$job"}', 'up{job="node"}'],
    ['up{job="[[job]]"}', 'up{job="node"}'],
    ['up{i=~"${instance}"}', 'up{i=~"(a\\\\.b:1|c)"}'],
    ['up{i=~"${instance:pipe}"}', 'up{i=~"a.b:1|c"}'],
    ["${instance:csv}", "a.b:1,c"],
    ["${instance:regex}", "(a\\.b:1|c)"],
    ["${instance:json}", '["a.b:1","c"]'],
    ["${instance:queryparam}", "var-instance=a.b%3A1&var-instance=c"],
    ['up{p="$path"}', 'up{p="C:\\\\d\\"e"}'],
    ['up{x=~"$everything"}', 'up{x=~".+"}'],
    ["$unknown stays, and so does ${__rate_interval}", "$unknown stays, and so does ${__rate_interval}"],
  ])("%s becomes %s in PromQL", (source, expected) => expect(interpolate(source, scope, "promql")).toBe(expected));

  test("texts show what the reader chose", () => {
    expect(interpolate("$job, $instance, $everything", scope)).toBe("Node, a.b:1 + c, All");
  });
});

test.each([
  ["label_values(up, job)", { kind: "label-values", label: "job", match: "up" }],
  ['label_values(up{a="1",b="2"}, instance) ', { kind: "label-values", label: "instance", match: 'up{a="1",b="2"}' }],
  ["label_values(job)", { kind: "label-values", label: "job", match: "" }],
  ["label_names()", { kind: "label-names", match: "" }],
  ["metrics(node_.*)", { kind: "metrics", pattern: "node_.*" }],
  ["query_result(topk(3, up))", { kind: "query-result", expr: "topk(3, up)" }],
  ["up", { kind: "series", match: "up" }],
])("%s is understood", (source, expected) => expect(readMetricQuery(source)).toEqual(expected));

test("a regex cuts values out, sorts them and drops repeats", () => {
  const found = ['up{disk="sdb10"} 1', 'up{disk="sda2"} 1', 'up{disk="sda2"} 0', "other"];
  expect(optionsFrom(found, '/disk="([^"]+)"/', 1).map((option) => option.value)).toEqual(["sda2", "sdb10"]);
  expect(optionsFrom(["a 10", "a 9"], "", 3).map((option) => option.value)).toEqual(["a 9", "a 10"]);
  expect(optionsFrom(["n1:web"], "/(?<value>.*):(?<text>.*)/", 0)).toEqual([{ value: "n1", text: "web" }]);
});

test("custom lists may name their values and hold commas", () => {
  expect(customOptions("a, Bee : b, c\\,d")).toEqual([
    { text: "a", value: "a" },
    { text: "Bee", value: "b" },
    { text: "c,d", value: "c,d" },
  ]);
});

function variable(name: string, query: string, more: Record<string, unknown> = {}) {
  return readVariable({ name, type: "query", query: { query }, ...more }, {});
}

test("variables are resolved after those they use, even in a cycle", () => {
  const list = [
    variable("pod", 'label_values(x{ns="$ns"}, pod)'),
    variable("ns", "label_values(ns)"),
    variable("a", "$b"),
    variable("b", "$a"),
  ];
  expect(resolutionOrder(list)).toEqual(["ns", "pod", "b", "a"]);
  expect(dependsOn(list[0] as never, new Set(["ns"]))).toBe(true);
});

test("values stay while they are offered; else the first, or all", () => {
  const options = ["a", "b"].map((value) => ({ text: value, value }));
  const single = variable("v", "");
  const many = variable("v", "", { multi: true, includeAll: true });
  expect(chooseValues(single, options, ["b"])).toEqual(["b"]);
  expect(chooseValues(single, options, ["gone"])).toEqual(["a"]);
  expect(chooseValues(many, options, ["b", "a"])).toEqual(["b", "a"]);
  expect(chooseValues(many, options, ["All"])).toEqual([ALL]);
  expect(chooseValues(many, options, ["gone"])).toEqual([ALL]);
});

test("all stands for every option, or for the dashboard's own text", () => {
  const options = ["a", "b"].map((value) => ({ text: value, value }));
  const range = { from: 0, to: 3_600_000 };
  const all = { variable: variable("v", "", { multi: true, includeAll: true }), options, values: [ALL] };
  expect(valueOf(all, range).values).toEqual(["a", "b"]);
  const own = { ...all, variable: variable("v", "", { includeAll: true, allValue: ".*" }) };
  expect(interpolate("$v", () => valueOf(own, range), "promql")).toBe(".*");
});

test("an automatic interval follows the range", () => {
  const auto = readVariable({ name: "step", type: "interval", query: "1m,1h", auto: true, auto_count: 10, auto_min: "10s" }, {});
  const state = { variable: auto, options: [], values: ["$__auto_interval_step"] };
  expect(valueOf(state, { from: 0, to: 3_600_000 }).values).toEqual(["5m"]);
});
