import { expect, test } from "vitest";
import type { DashboardEntry } from "../../api/grafana";
import { filterEntries, groupByFolder, tagsOf } from "./grouping";

const entry = (uid: string, folder: string, tags: string[] = []): DashboardEntry => ({
  uid,
  title: `Dashboard ${uid}`,
  url: `/d/${uid}`,
  folder,
  folderUid: folder && `f-${folder}`,
  tags,
});
const entries = [entry("b", "Lab", ["edge"]), entry("a", ""), entry("c", "Attic", ["edge", "old"])];
const uids = (found: readonly DashboardEntry[]) => found.map(({ uid }) => uid);

test("words, tags and stars choose", () => {
  const find = (wanted: { text?: string; tags?: string[]; starredOnly?: boolean }) =>
    uids(filterEntries(entries, { text: "", tags: [], starredOnly: false, ...wanted }, ["c"]));
  expect(find({ text: "dash LAB" })).toEqual(["b"]);
  expect(find({ tags: ["edge"] })).toEqual(["b", "c"]);
  expect(find({ tags: ["edge", "old"] })).toEqual(["c"]);
  expect(find({ starredOnly: true })).toEqual(["c"]);
});

test("folders stand by name, after what is in none, also when nothing is in them", () => {
  const groups = groupByFolder(entries, [{ uid: "f-Empty", title: "Empty" }]);
  expect(groups.map((group) => [group.title, uids(group.entries)])).toEqual([
    ["", ["a"]],
    ["Attic", ["c"]],
    ["Empty", []],
    ["Lab", ["b"]],
  ]);
});

test("the tag that most dashboards bear is first", () => {
  expect(tagsOf(entries)).toEqual(["edge", "old"]);
});
