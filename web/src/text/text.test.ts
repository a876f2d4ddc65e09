import { expect, test } from "vitest";
import { markdownToHtml } from "./markdown";
import { patternOf } from "./pattern";
import { isAllowedAttribute, isAllowedTag, isSafeUrl } from "./sanitize";

test.each([
  ["# Title #", "<h1>Title</h1>"],
  ["one\ntwo", "<p>one\ntwo</p>"],
  ["**b** *i* _i_ `a<b` ~~d~~", "<p><strong>b</strong> <em>i</em> <em>i</em> <code>a&lt;b</code> <del>d</del></p>"],
  ["snake_case_name", "<p>snake_case_name</p>"],
  ["[a](https://x/y)", '<p><a href="https://x/y">a</a></p>'],
  ["- a\n- b", "<ul><li>a</li><li>b</li></ul>"],
  ["1. a\n2. b", "<ol><li>a</li><li>b</li></ol>"],
  ["- a\n  - b", "<ul><li>a<ul><li>b</li></ul></li></ul>"],
  ["> q", "<blockquote><p>q</p></blockquote>"],
  ["```\na < b\n```", "<pre><code>a &lt; b</code></pre>"],
  [
    "| a | b |\n|---|---|\n| 1 | 2 |",
    "<table><thead><tr><th>a</th><th>b</th></tr></thead><tbody><tr><td>1</td><td>2</td></tr></tbody></table>",
  ],
  ["---", "<hr>"],
  ["<div>x</div>", "<div>x</div>"],
])("%j", (source, html) => expect(markdownToHtml(source)).toBe(html));

test("deep nesting and long lines end", () => {
  expect(markdownToHtml(">".repeat(5000)).length).toBeGreaterThan(0);
  expect(markdownToHtml("*".repeat(20_000)).length).toBeGreaterThan(0);
});

test("addresses that run something are refused, however they are written", () => {
  for (const url of ["javascript:alert(1)", " JaVaScRiPt:x", "java\nscript:x", "\u0001javascript:x", "data:text/html,x", "vbscript:x"])
    expect(isSafeUrl(url)).toBe(false);
  for (const url of ["https://a/b", "/d/x?y=1", "?var-a=1", "#top", "mailto:a@b"]) expect(isSafeUrl(url)).toBe(true);
  expect([isSafeUrl("https://other/pixel.png", true), isSafeUrl("//other/p.png", true), isSafeUrl("/p.png", true)]).toEqual([
    false,
    false,
    true,
  ]);
});

test("pictures come from here or from the text itself", () => {
  expect([isSafeUrl("data:image/png;base64,x", true), isSafeUrl("data:text/html,x", true)]).toEqual([true, false]);
});

test("handlers, styles and active elements are refused", () => {
  expect(["script", "iframe", "form", "svg", "object", "base", "meta"].some(isAllowedTag)).toBe(false);
  expect(isAllowedAttribute("a", "onclick", "x")).toBe(false);
  expect(isAllowedAttribute("p", "style", "x")).toBe(false);
  expect(isAllowedAttribute("a", "href", "javascript:x")).toBe(false);
  expect(isAllowedAttribute("a", "href", "/x")).toBe(true);
});

test("patterns come with slashes or without, and broken ones match nothing", () => {
  expect(patternOf("/^A/i")?.test("abc")).toBe(true);
  expect(patternOf("b")?.test("abc")).toBe(true);
  expect(patternOf("(")).toBeUndefined();
});
