import { afterEach, expect, test, vi } from "vitest";
import { findDraft, keepDraft } from "../edit/draft";
import { keepStored, OPTIONS, readStored } from "../stored";
import { beginLogOut, endLogOut } from "./log-out";

afterEach(() => vi.unstubAllGlobals());

const draft = (login: string) => ({ uid: "a", login, version: 3, at: 1, json: {} });

test("who logs out leaves nothing, and whose session ends keeps the changes", () => {
  const storage = new Map<string, string>();
  const localStorage = {
    getItem: (key: string) => storage.get(key) ?? null,
    setItem: (key: string, text: string) => storage.set(key, text),
  };
  vi.stubGlobal("window", { localStorage });
  keepDraft(draft("ann"));
  keepDraft(draft("bob"));
  keepStored(OPTIONS, [{ uid: "a", login: "ann", options: {} }]);
  endLogOut("");
  expect(findDraft("a", "ann")).toBeDefined();
  beginLogOut("ann");
  endLogOut("ann");
  endLogOut("");
  expect(findDraft("a", "ann"), "the page was not left").toBeDefined();
  beginLogOut("ann");
  keepDraft(draft("ann"));
  endLogOut("");
  expect(findDraft("a", "ann")).toBeUndefined();
  expect(findDraft("a", "bob")).toBeDefined();
  expect(readStored(OPTIONS)).toEqual([]);
});
