import { afterEach, expect, test, vi } from "vitest";
import { dropDraft, findDraft, keepDraft } from "./draft";

afterEach(() => vi.unstubAllGlobals());

const draft = (uid: string, login = "ann") => ({ uid, login, version: 3, at: 1, json: { title: uid } });

test("a dashboard's last changes are kept for who made them, and few dashboards'", () => {
  const storage = new Map<string, string>();
  const localStorage = {
    getItem: (key: string) => storage.get(key) ?? null,
    setItem: (key: string, text: string) => storage.set(key, text),
  };
  vi.stubGlobal("window", { localStorage });
  keepDraft(draft("a"));
  keepDraft({ ...draft("a"), json: { title: "later" } });
  expect(findDraft("a", "ann")?.json).toEqual({ title: "later" });
  expect(findDraft("a", "bob")).toBeUndefined();
  for (const uid of ["b", "c", "d", "e", "f"]) keepDraft(draft(uid));
  expect(findDraft("a", "ann")).toBeUndefined();
  dropDraft("f", "ann");
  expect(findDraft("f", "ann")).toBeUndefined();
  expect(findDraft("e", "ann")).toEqual(draft("e"));
});
