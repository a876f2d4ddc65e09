import { expect, test } from "vitest";
import { OWN_SOURCE } from "../api/data-sources";
import type { QueryResult } from "../api/prometheus";
import { Tails } from "./tail";

/** A server whose series is the time in minutes; it says from where it was asked. */
function server() {
  const asked: number[] = [];
  const answer =
    (to: number) =>
    async (from: number): Promise<QueryResult> => {
      asked.push(from / 60_000);
      const times = [];
      for (let time = from; time <= to; time += 60_000) times.push(time);
      return {
        type: "matrix",
        series: [{ labels: { a: "b" }, times, values: times.map((time) => time / 60_000) }],
        warnings: [],
        infos: [],
      };
    };
  return { asked, answer };
}

const minutes = (from: number, to: number, expr = "x") => ({
  source: OWN_SOURCE,
  expr,
  from: from * 60_000,
  to: to * 60_000,
  stepMs: 60_000,
});

test("a refresh asks for what is new, and gives what was asked for", async () => {
  const [tails, { asked, answer }] = [new Tails(), server()];
  await tails.complete(minutes(0, 10), answer(600_000));
  const next = await tails.complete(minutes(1, 11), answer(660_000));
  expect(asked).toEqual([0, 9]);
  expect(next.series[0]?.values).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
});

test("another range, another grid or a fixed moment is asked for whole", async () => {
  const [tails, { asked, answer }] = [new Tails(), server()];
  await tails.complete(minutes(5, 10), answer(600_000));
  await tails.complete(minutes(0, 11), answer(660_000));
  await tails.complete({ ...minutes(5, 12), from: 330_000 }, answer(720_000));
  await tails.complete(minutes(0, 10, "x @ end()"), answer(600_000));
  await tails.complete(minutes(0, 11, "x @ end()"), answer(660_000));
  expect(asked).toEqual([5, 0, 5.5, 0, 0]);
});

test("what one data source answered is not taken for another's", async () => {
  const [tails, { asked, answer }] = [new Tails(), server()];
  await tails.complete(minutes(0, 10), answer(600_000));
  await tails.complete({ ...minutes(0, 11), source: { uid: "fleet" } }, answer(660_000));
  expect(asked).toEqual([0, 0]);
});
