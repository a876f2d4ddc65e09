import { expect, test } from "vitest";
import type { Frame } from "../../frame/frame";
import { toCsv } from "./export";

test("values are written as they are, texts quoted where they must be", () => {
  const frame: Frame = {
    refId: "A",
    fields: [
      { name: "Time", type: "time", values: [0, 1500], config: { custom: {} } },
      { name: 'the "host"', type: "string", values: ["a,b", "=cmd()"], config: { custom: {} } },
      { name: "Value", type: "number", values: [-1.5, null], config: { custom: {} } },
    ],
  };
  expect(toCsv(frame, [frame])).toBe(
    'Time,"the ""host""",Value\r\n1970-01-01T00:00:00.000Z,"a,b",-1.5\r\n1970-01-01T00:00:01.500Z,\'=cmd(),\r\n',
  );
});
