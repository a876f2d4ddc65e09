import { expect, test } from "vitest";
import { autoStepMs, readQueries, writeQueries } from "./address";
import { offsetOf, readProblem, wordEnd } from "./problem";

test("Prometheus's parameters are understood, old and new", () => {
  const params = new URLSearchParams(
    "g0.expr=up&g0.tab=0&g0.range_input=2h&g0.end_input=2026-11-22+05:48:00&g0.step_input=30&g1.expr=x&g1.tab=graph&g1.display_mode=stacked&g1.res_type=auto",
  );
  const [first, second] = readQueries(params);
  expect(first).toMatchObject({
    expr: "up",
    tab: "graph",
    rangeMs: 7_200_000,
    endMs: Date.parse("2026-11-22T05:48:00Z"),
    stepMs: 30_000,
    stacked: false,
  });
  expect(second).toMatchObject({ expr: "x", tab: "graph", stacked: true, stepMs: undefined });
});

test("an address without a query has an empty one", () => {
  expect(readQueries(new URLSearchParams(""))).toMatchObject([{ expr: "", tab: "table", rangeMs: 3_600_000 }]);
});

test("what is written is read back", () => {
  const queries = readQueries(
    new URLSearchParams("g0.expr=sum(a)&g0.tab=table&g0.moment_input=2026-11-22+05:48:00&g1.expr=b&g1.tab=graph&g1.range_input=90s"),
  );
  expect(readQueries(new URLSearchParams(writeQueries(queries)))).toEqual(queries);
});

test("a graph has about 250 points, and whole seconds between them", () => {
  expect([60_000, 3_600_000, 86_400_000].map(autoStepMs)).toEqual([1_000, 14_000, 345_000]);
});

test("errors and notes are found in the text", () => {
  const text = "sum(\n  rate(x[5m]) by (job)";
  const problem = readProblem('invalid parameter "query": 2:15: parse error: unexpected <by>', text, "error");
  expect(problem).toMatchObject({ message: "2:15: parse error: unexpected <by>", offset: text.indexOf("by") });
  expect(text.slice(problem.offset, wordEnd(text, problem.offset ?? 0))).toBe("by");
  expect(readProblem('PromQL info: metric might not be a counter: "x" (1:5)', "rate(x[5m])", "info").offset).toBe(4);
  expect(readProblem("query timed out", text, "error").offset).toBeUndefined();
  expect(offsetOf("ab", 9, 9)).toBe(2);
});
