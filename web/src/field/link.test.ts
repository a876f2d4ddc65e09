import { expect, test } from "vitest";
import type { Frame } from "../frame/frame";
import { dataLinks } from "./link";

const plain = { custom: {} };

function linked(url: string): string[] {
  const frame: Frame = {
    name: "disk a",
    refId: "A",
    fields: [
      { name: "Time", type: "time", values: [1000, 2000], config: plain },
      { name: "host", type: "string", values: ["x", "y z"], config: plain },
      {
        name: "used",
        type: "number",
        labels: { dev: "sda/1" },
        values: [1, 2048],
        config: { custom: {}, unit: "bytes", links: [{ title: "t", url, blank: false }] },
      },
    ],
  };
  const field = frame.fields[2];
  return field
    ? dataLinks({ field, frame, frames: [frame], row: 1 }, (source) => source.replace("${node}", "n1")).map((link) => link.url)
    : [];
}

test.each([
  ["/d/x?v=${__value.raw}&t=${__value.time}", "/d/x?v=2048&t=2000"],
  ["/d/x?v=${__value.text}", "/d/x?v=2%20KiB"],
  ["/d/x?dev=${__field.labels.dev}", "/d/x?dev=sda%2F1"],
  ['/d/x?h=${__data.fields.host}&i=${__data.fields[1]}&j=${__data.fields["host"].text}', "/d/x?h=y%20z&i=y%20z&j=y%20z"],
  ["/d/x?s=${__series.name}&n=${node}", "/d/x?s=disk%20a&n=n1"],
  ["/d/x?old=$__cell_1&own=$__cell", "/d/x?old=y%20z&own=2048"],
])("%s", (url, filled) => {
  expect(linked(url)).toEqual([filled]);
});

test("an address that would run a script is no link", () => {
  expect(linked("javascript:alert(1)")).toEqual([]);
});
