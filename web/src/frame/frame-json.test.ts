import { expect, test } from "vitest";
import type { Frame } from "./frame";
import { fromFrameJson, toFrameJson } from "./frame-json";

test("frames come back as they were kept", () => {
  const frame: Frame = {
    refId: "B",
    name: "load",
    stepMs: 15_000,
    fields: [
      { name: "Time", type: "time", values: [1, 2, 3, 4], config: { custom: {} } },
      { name: "Value", type: "number", labels: { host: "a" }, values: [1.5, NaN, Infinity, -Infinity], config: { custom: {} } },
      { name: "n", type: "number", values: [1, null, 2, 3], histograms: [{ count: "1" }], config: { custom: {} } },
      { name: "job", type: "string", values: ["x", "", "y", "z"], config: { custom: {} } },
    ],
  };
  expect(fromFrameJson(JSON.parse(JSON.stringify(toFrameJson(frame))))).toEqual(frame);
  expect(fromFrameJson({})).toEqual({ refId: "A", fields: [] });
});
