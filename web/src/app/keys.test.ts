import { expect, test } from "vitest";
import { match, type Shortcut } from "./keys";

const shortcuts = ["v", "d k", "d r"].map((keys): Shortcut => ({ keys, does: keys, run: () => undefined }));

test.each([
  [["v"], "v"],
  [["d"], undefined],
  [["d", "k"], "d k"],
  [["x", "d", "r"], "d r"],
  [["d", "v"], "v"],
  [["k"], undefined],
])("%j is %s", (typed, keys) => {
  expect(match(shortcuts, typed)?.keys).toBe(keys);
});
