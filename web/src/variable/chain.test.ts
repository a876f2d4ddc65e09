import { afterEach, expect, test, vi } from "vitest";
import { OWN_SOURCE } from "../api/data-sources";
import { readVariable } from "../model/read-variable";
import { resolveChain } from "./chain";
import { recalled, remember } from "./remembered";
import type { VariableState } from "./resolve";

afterEach(() => vi.unstubAllGlobals());

const state = (name: string, query: string, current: string[] = []): VariableState => ({
  variable: readVariable({ name, type: "query", query, includeAll: true }, {}),
  options: [],
  values: current,
});

const surroundings = { range: { from: 0, to: 3_600_000 }, sources: [OWN_SOURCE] };

/** Answers each label's values with the label itself and what it is matched by; says what was asked at one time. */
function server() {
  const rounds: string[][] = [];
  vi.stubGlobal("fetch", (url: string, init: RequestInit) => {
    const asked = init.body ? (JSON.parse(String(init.body)) as string[]) : [url];
    const labels = asked.map((one) => /label\/(\w+)/.exec(one)?.[1] ?? "");
    rounds.push(labels);
    const answers = asked.map((one, index) => {
      const match = new URL(one, "http://x").searchParams.get("match[]") ?? "";
      return JSON.stringify({ status: "success", data: [`${labels[index]}${/"(\w+)"/.exec(match)?.[1] ?? ""}`] });
    });
    const frames = answers.map((body, index) => `${index} 200 ${body.length}\n${body}${index} 200 0\n`);
    return Promise.resolve(new Response(init.body ? frames.join("") : answers[0]));
  });
  return rounds;
}

test("variables that do not name each other are asked at once", async () => {
  const rounds = server();
  const states = [state("c", 'label_values(up{x="$a"}, c)'), state("a", "label_values(a)"), state("b", "label_values(b)")];
  const next = await resolveChain(states, new Set(["a", "b", "c"]), surroundings, new AbortController().signal);
  expect(next?.map(({ options }) => options[0]?.value)).toEqual(["ca", "a", "b"]);
  expect(rounds).toEqual([["a", "b"], ["c"]]);
});

test("options of last time serve until those of today are there", () => {
  const storage = new Map<string, string>();
  const localStorage = {
    getItem: (key: string) => storage.get(key) ?? null,
    setItem: (key: string, text: string) => storage.set(key, text),
  };
  vi.stubGlobal("window", { localStorage });
  const known = [
    {
      ...state("a", "x", ["1"]),
      options: [
        { text: "one", value: "1" },
        { text: "2", value: "2" },
      ],
    },
  ];
  expect(recalled("d", "ann", known)).toBeUndefined();
  remember("d", "ann", known);
  const values = (wanted: string[]) =>
    recalled("d", "ann", [state("a", "x", wanted)])?.map(({ values, options }) => [values, options.length]);
  expect(values(["2"])).toEqual([[["2"], 2]]);
  expect(values(["$__all"])).toEqual([[["$__all"], 2]]);
  expect(values(["3"])).toBeUndefined();
  expect(recalled("d", "bob", [state("a", "x", ["2"])])).toBeUndefined();
  expect(recalled("d", "ann", [state("a", "x"), state("b", "x")])).toBeUndefined();
});
