import { expect, test } from "vitest";
import { Flights } from "./flight";

/** A request that is answered from outside, and says whether it was cancelled. */
function request() {
  let answer: (value: string) => void = () => undefined;
  const seen = { started: 0, cancelled: false };
  const start = (signal: AbortSignal) => {
    seen.started += 1;
    return new Promise<string>((resolve, reject) => {
      answer = resolve;
      signal.addEventListener("abort", () => {
        seen.cancelled = true;
        reject(signal.reason as Error);
      });
    });
  };
  return { start, seen, answer: (value: string) => answer(value) };
}

const open = () => new AbortController();
const settle = () => new Promise((resolve) => setTimeout(resolve, 0));

test("the same key is asked once, and kept until cleared", async () => {
  const flights = new Flights<string>();
  const one = request();
  const first = flights.ask("a", open().signal, one.start);
  const second = flights.ask("a", open().signal, one.start);
  await settle();
  one.answer("x");
  expect(await Promise.all([first, second])).toEqual(["x", "x"]);
  expect(await flights.ask("a", open().signal, one.start)).toBe("x");
  expect(one.seen.started).toBe(1);
  flights.clear();
  const third = flights.ask("a", open().signal, one.start);
  await settle();
  one.answer("y");
  expect(await third).toBe("y");
});

test("a request is cancelled only when its last asker leaves", async () => {
  const flights = new Flights<string>();
  const one = request();
  const [stays, leaves] = [open(), open()];
  const kept = flights.ask("a", stays.signal, one.start);
  const left = flights.ask("a", leaves.signal, one.start);
  await settle();
  leaves.abort();
  await expect(left).rejects.toThrow();
  expect(one.seen.cancelled).toBe(false);
  stays.abort();
  await expect(kept).rejects.toThrow();
  expect(one.seen.cancelled).toBe(true);
  expect(flights.busy).toBe(false);
});

// Cancelled askers once stayed in the queue and used up the turns of those behind them.
test("a cancelled asker in the queue costs those behind it nothing", async () => {
  const flights = new Flights<string>(1);
  const [running, cancelled, last] = [request(), request(), request()];
  const abort = open();
  const first = flights.ask("a", open().signal, running.start);
  const second = flights.ask("b", abort.signal, cancelled.start);
  const third = flights.ask("c", open().signal, last.start);
  await settle();
  abort.abort();
  await expect(second).rejects.toThrow();
  running.answer("x");
  await first;
  await settle();
  last.answer("z");
  expect(await third).toBe("z");
  expect(cancelled.seen.started).toBe(0);
});
