import { afterEach, expect, test, vi } from "vitest";
import { askTogether, Frames } from "./batch";

afterEach(() => vi.unstubAllGlobals());

const bytes = (text: string) => new TextEncoder().encode(text);

test("frames are read however they are cut", () => {
  const whole = bytes("1 200 3\nä\n0 404 0\n");
  for (let cut = 0; cut <= whole.length; cut += 1) {
    const frames = new Frames();
    const found = [...frames.add(whole.subarray(0, cut)), ...frames.add(whole.subarray(cut))];
    expect(found.map(({ index, status, bytes }) => [index, status, new TextDecoder().decode(bytes)])).toEqual([
      [1, 200, "ä\n"],
      [0, 404, ""],
    ]);
  }
  expect(() => new Frames().add(bytes("no frame\n"))).toThrow();
});

test("what is asked together is one request, and each gets its answer", async () => {
  const asked: [string, unknown][] = [];
  vi.stubGlobal("fetch", (url: string, init: RequestInit) => {
    asked.push([url, init.body]);
    return Promise.resolve(new Response(url === "/api/batch" ? "1 422 1\nb1 422 0\n0 200 1\na0 200 2\naa0 200 0\n" : "alone"));
  });
  const both = [askTogether("/x"), askTogether("/y")];
  expect(await Promise.all(both)).toEqual([
    { status: 200, source: "aaa" },
    { status: 422, source: "b" },
  ]);
  expect(await askTogether("/z")).toEqual({ status: 200, source: "alone" });
  expect(asked).toEqual([
    ["/api/batch", '["/x","/y"]'],
    ["/z", undefined],
  ]);
});

test("an answer that breaks off fails its question, and no other", async () => {
  vi.stubGlobal("fetch", () => Promise.resolve(new Response("1 200 1\nb1 0 0\n0 200 1\na0 200 0\n")));
  const [one, broken] = await Promise.allSettled([askTogether("/x"), askTogether("/y")]);
  expect(one).toEqual({ status: "fulfilled", value: { status: 200, source: "a" } });
  expect(broken).toMatchObject({ status: "rejected", reason: { message: "the data source's answer broke off" } });
});

test("who leaves does not wait, and nobody left ends the request", async () => {
  let ended = false;
  vi.stubGlobal("fetch", (_: string, { signal }: RequestInit) => {
    signal?.addEventListener("abort", () => (ended = true));
    return new Promise(() => undefined);
  });
  const [one, other] = [new AbortController(), new AbortController()];
  const both = [askTogether("/x", one.signal), askTogether("/y", other.signal)];
  await new Promise((resolve) => setTimeout(resolve, 0));
  one.abort();
  await expect(both[0]).rejects.toThrow();
  expect(ended).toBe(false);
  other.abort();
  await expect(both[1]).rejects.toThrow();
  expect(ended).toBe(true);
});
