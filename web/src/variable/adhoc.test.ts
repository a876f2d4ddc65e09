import { describe, expect, test } from "vitest";
import { readFilter, withFilters, writeFilter, type AdhocFilter } from "./adhoc";

const job: AdhocFilter = { key: "job", operator: "=", value: "a" };

describe("ad hoc filters", () => {
  test.each([
    ["up", 'up{job="a"}'],
    ["{__name__='up'}", `{__name__='up',job="a"}`],
    ['up{x="}",} offset 5m', 'up{x="}",job="a"} offset 5m'],
    ["up{}[5m:1m] @ 17.5", 'up{job="a"}[5m:1m] @ 17.5'],
    [
      "sum by (job, up) (rate(a_total[5m])) / on(up) group_left(b) c",
      'sum by (job, up) (rate(a_total{job="a"}[5m])) / on(up) group_left(b) c{job="a"}',
    ],
    ["sum(a) by (b) > bool 1e3 and c unless d or Inf", 'sum(a{job="a"}) by (b) > bool 1e3 and c{job="a"} unless d{job="a"} or Inf'],
    ['label_replace(a, "b", "up $1", "c", "(.*)") # up', 'label_replace(a{job="a"}, "b", "up $1", "c", "(.*)") # up'],
    ["a:b:c  {x='1'} + time() + 5m", `a:b:c  {x='1',job="a"} + time() + 5m`],
    ["up @ start()", 'up{job="a"} @ start()'],
  ])("%s", (expr, expected) => {
    expect(withFilters(expr, [job])).toBe(expected);
  });

  test("several, with values and names that need quotes", () => {
    const filters: AdhocFilter[] = [job, { key: "a.b", operator: "!~", value: 'x"\\d' }];
    expect(withFilters("up", filters)).toBe('up{job="a","a.b"!~"x\\"\\\\d"}');
    expect(withFilters("up", [])).toBe("up");
  });

  test("go through the address", () => {
    const filter: AdhocFilter = { key: "a|b", operator: "=~", value: "x|y" };
    expect(writeFilter(filter)).toBe("a__gfp__b|=~|x__gfp__y");
    expect(readFilter(writeFilter(filter))).toEqual(filter);
    expect(readFilter("job|<>|x")).toBeUndefined();
  });
});
