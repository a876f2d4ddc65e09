import { expect, test } from "vitest";
import type { Frame, Value } from "../../frame/frame";
import { limitsOf, stackGroups, toGroups, toHistogram } from "./groups";

function table(columns: Record<string, Value[]>): Frame {
  const fields = Object.entries(columns).map(([name, values]) => ({
    name,
    type: typeof values[0] === "string" ? ("string" as const) : ("number" as const),
    values,
    config: { custom: {} },
  }));
  return { refId: "A", fields };
}

const disks = table({ disk: ["sda", "sdb"], reads: [10, 30], writes: [5, -10] });

test("rows are groups, number fields are their bars", () => {
  const groups = toGroups([disks], {}, "dark", true);
  expect(groups.names).toEqual(["sda", "sdb"]);
  expect(groups.bars.map(({ name, values }) => [name, values])).toEqual([
    ["reads", [10, 30]],
    ["writes", [5, -10]],
  ]);
});

test("stacks grow to both sides of zero, shares add up to one", () => {
  const groups = toGroups([disks], {}, "dark", true);
  expect(stackGroups(groups, "normal")[1]).toEqual([
    [10, 15],
    [0, -10],
  ]);
  expect(stackGroups(groups, "percent")[0]?.[1]).toEqual([0, 0.75]);
  expect(limitsOf(groups, stackGroups(groups, "percent"), { stacking: "percent", lying: false })).toEqual([0, 1]);
});

test("a histogram counts each value once", () => {
  const histogram = toHistogram([table({ value: [0, 1, 9, 10, 19] })], { bucketSize: 10 }, "dark");
  expect(histogram.edges).toEqual([0, 10, 20]);
  expect(histogram.bars[0]?.values).toEqual([3, 2]);
});
