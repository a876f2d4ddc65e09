/** Markdown to HTML: headings, lists, tables, quotes, code, emphasis, links. HTML in it passes; the sanitiser comes after. */

/** Nesting of quotes and lists that is followed. */
const DEPTH_MAX = 12;

export function markdownToHtml(source: string, depth = 0): string {
  if (depth > DEPTH_MAX) return `<p>${inline(source)}</p>`;
  const lines = source.replace(/\r\n?/g, "\n").split("\n");
  const blocks: string[] = [];
  let at = 0;
  while (at < lines.length) {
    const [html, next] = block(lines, at, depth);
    if (html) blocks.push(html);
    at = Math.max(next, at + 1);
  }
  return blocks.join("\n");
}

type Block = [html: string, next: number];

function block(lines: readonly string[], at: number, depth: number): Block {
  const line = lines[at] ?? "";
  if (line.trim() === "") return ["", at + 1];
  const heading = /^ {0,3}(#{1,6})\s+(.*?)\s*#*\s*$/.exec(line);
  if (heading) return [`<h${heading[1]?.length}>${inline(heading[2] ?? "")}</h${heading[1]?.length}>`, at + 1];
  if (/^ {0,3}(```|~~~)/.test(line)) return fence(lines, at);
  if (/^ {0,3}([-*_])\s*(\1\s*){2,}$/.test(line)) return ["<hr>", at + 1];
  if (/^ {0,3}>/.test(line)) return quote(lines, at, depth);
  if (LIST_ITEM.test(line)) return list(lines, at, depth);
  if (line.includes("|") && /^[\s|:-]*-[\s|:-]*$/.test(lines[at + 1] ?? "") && (lines[at + 1] ?? "").includes("|")) return table(lines, at);
  if (/^ {0,3}<\/?[a-z]/i.test(line)) return rawHtml(lines, at);
  return paragraph(lines, at);
}

const LIST_ITEM = /^( {0,3})([-*+]|\d{1,9}[.)])\s+(.*)$/;

function fence(lines: readonly string[], at: number): Block {
  const mark = (lines[at] ?? "").trim().slice(0, 3);
  const end = lines.findIndex((line, index) => index > at && line.trim().startsWith(mark));
  const stop = end < 0 ? lines.length : end;
  return [`<pre><code>${escapeHtml(lines.slice(at + 1, stop).join("\n"))}</code></pre>`, stop + 1];
}

function quote(lines: readonly string[], at: number, depth: number): Block {
  const end = runEnd(lines, at, (line) => /^ {0,3}>/.test(line));
  const inner = lines.slice(at, end).map((line) => line.replace(/^ {0,3}> ?/, ""));
  return [`<blockquote>${markdownToHtml(inner.join("\n"), depth + 1)}</blockquote>`, end];
}

function list(lines: readonly string[], at: number, depth: number): Block {
  const ordered = /^ {0,3}\d/.test(lines[at] ?? "");
  const items: string[][] = [];
  let here = at;
  for (; here < lines.length; here += 1) {
    const line = lines[here] ?? "";
    const item = LIST_ITEM.exec(line);
    if (item && /^\d/.test(item[2] ?? "") === ordered && (item[1] ?? "").length < 2) items.push([item[3] ?? ""]);
    else if (/^\s{2,}\S/.test(line)) items.at(-1)?.push(line.replace(/^ {2,4}|^\t/, ""));
    else if (line.trim() !== "" || !/^\s{2,}\S|^ {0,3}([-*+]|\d+[.)])\s/.test(lines[here + 1] ?? "")) break;
  }
  const tag = ordered ? "ol" : "ul";
  const html = items.map(
    (item) =>
      `<li>${item.length === 1 ? inline(item[0] ?? "") : `${inline(item[0] ?? "")}${markdownToHtml(item.slice(1).join("\n"), depth + 1)}`}</li>`,
  );
  return [`<${tag}>${html.join("")}</${tag}>`, here];
}

function table(lines: readonly string[], at: number): Block {
  const cells = (line: string) =>
    line
      .trim()
      .replace(/^\||\|$/g, "")
      .split("|")
      .map((cell) => inline(cell.trim()));
  const end = runEnd(lines, at + 2, (line) => line.includes("|"));
  const head = cells(lines[at] ?? "").map((cell) => `<th>${cell}</th>`);
  const rows = lines.slice(at + 2, end).map(
    (line) =>
      `<tr>${cells(line)
        .map((cell) => `<td>${cell}</td>`)
        .join("")}</tr>`,
  );
  return [`<table><thead><tr>${head.join("")}</tr></thead><tbody>${rows.join("")}</tbody></table>`, end];
}

/** HTML up to the next blank line, as it is. */
function rawHtml(lines: readonly string[], at: number): Block {
  const end = runEnd(lines, at, (line) => line.trim() !== "");
  return [lines.slice(at, end).join("\n"), end];
}

function paragraph(lines: readonly string[], at: number): Block {
  const end = Math.max(
    at + 1,
    runEnd(lines, at, (line, index) => line.trim() !== "" && (index === at || !/^ {0,3}(#{1,6}\s|>|```|~~~|[-*+]\s)/.test(line))),
  );
  const text = lines.slice(at, end).map((line) => line.replace(/^\s+/, "").replace(/ {2,}$/, "<br>"));
  return [`<p>${inline(text.join("\n"))}</p>`, end];
}

function runEnd(lines: readonly string[], at: number, goes: (line: string, index: number) => boolean): number {
  let end = at;
  while (end < lines.length && goes(lines[end] ?? "", end)) end += 1;
  return end;
}

/** Emphasis, code and links inside a line. */
function inline(source: string): string {
  const pieces = source.split(/(`[^`]+`)/);
  return pieces.map((piece) => (/^`[^`]+`$/.test(piece) ? `<code>${escapeHtml(piece.slice(1, -1))}</code>` : emphasis(piece))).join("");
}

function emphasis(source: string): string {
  return source
    .replace(
      /!\[([^\]]*)\]\(([^)\s]+)(?:\s+"[^"]*")?\)/g,
      (_, alt: string, url: string) => `<img alt="${escapeHtml(alt)}" src="${escapeHtml(url)}">`,
    )
    .replace(/\[([^\]]+)\]\(([^)\s]+)(?:\s+"[^"]*")?\)/g, (_, label: string, url: string) => `<a href="${escapeHtml(url)}">${label}</a>`)
    .replace(/<(https?:\/\/[^>\s]+)>/g, (_, url: string) => `<a href="${escapeHtml(url)}">${escapeHtml(url)}</a>`)
    .replace(/\*\*(?=\S)([^*]+?)\*\*|__(?=\S)([^_]+?)__/g, (_, a?: string, b?: string) => `<strong>${a ?? b ?? ""}</strong>`)
    .replace(/(^|[^\w*])\*(?=\S)([^*\n]+?)\*(?!\w)/g, "$1<em>$2</em>")
    .replace(/(^|[^\w])_(?=\S)([^_\n]+?)_(?!\w)/g, "$1<em>$2</em>")
    .replace(/~~(?=\S)([^~]+?)~~/g, "<del>$1</del>");
}

function escapeHtml(source: string): string {
  return source.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/"/g, "&quot;");
}
