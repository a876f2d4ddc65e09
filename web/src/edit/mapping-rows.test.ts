import { describe, expect, it } from "vitest";
import { toMappings, toRows, toThresholdRows, toThresholds } from "./mapping-rows";

describe("value mappings", () => {
  const mappings = [
    { type: "value", options: { "0": { text: "Down", color: "red", index: 0 }, "1": { text: "Up", color: "green", index: 1 } } },
    { type: "range", options: { from: 2, to: null, result: { text: "Many", index: 2 } } },
    { type: "regex", options: { pattern: "/x/", result: { text: "X", index: 3 } } },
    { type: "special", options: { match: "null", result: { text: "N/A", index: 4 } } },
  ];
  it("become rows and come back", () => {
    expect(toRows(mappings).map(({ kind, match }) => [kind, match])).toEqual([
      ["value", "0"],
      ["value", "1"],
      ["range", ""],
      ["regex", "/x/"],
      ["special", "null"],
    ]);
    expect(toMappings(toRows(mappings))).toEqual(mappings);
  });
  it("of before version 30 are written as today's", () =>
    expect(toMappings(toRows([{ type: 1, value: "null", text: "N/A", op: "=" }]))).toEqual([
      { type: "special", options: { match: "null", result: { text: "N/A", index: 0 } } },
    ]));
});

describe("thresholds", () => {
  it("have a base, and stand in order", () => {
    const rows = toThresholdRows({
      mode: "absolute",
      steps: [
        { color: "green", value: null },
        { color: "red", value: 80 },
      ],
    });
    expect(toThresholds("percentage", [...rows, { value: 50, color: "yellow" }])).toEqual({
      mode: "percentage",
      steps: [
        { color: "green", value: null },
        { color: "yellow", value: 50 },
        { color: "red", value: 80 },
      ],
    });
  });
});
