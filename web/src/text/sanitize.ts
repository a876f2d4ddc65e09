/** HTML from dashboards: what is kept of it, and how it becomes nodes without being run. */

const TAGS = new Set(
  (
    "a abbr b blockquote br caption center code col colgroup dd del details div dl dt em figcaption figure font h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre s " +
    "samp small span strike strong sub summary sup table tbody td tfoot th thead tr u ul var"
  ).split(" "),
);

/** Elements whose text is not for reading either. */
const SILENT = new Set(["script", "style", "iframe", "object", "embed", "noscript", "template", "svg", "math", "title", "head"]);

const ATTRIBUTES = new Set(["href", "src", "alt", "title", "colspan", "rowspan", "align", "width", "height", "open", "start", "target"]);

/** Deepest nesting that is followed, and most nodes that are made. */
const DEPTH_MAX = 60;
const NODES_MAX = 5000;

/** Whether an address may be linked to or shown. */
export function isSafeUrl(url: string, image = false): boolean {
  // Browsers skip control characters and blanks inside a scheme.
  const plain = url.replace(/[\u0000-\u0020\u007f]/g, "").toLowerCase();
  const scheme = /^([a-z][a-z0-9+.-]*):/.exec(plain)?.[1];
  if (image) return scheme === undefined ? !plain.startsWith("//") : /^data:image\/(png|jpeg|gif|webp|svg\+xml)[;,]/.test(plain);
  return scheme === undefined || scheme === "http" || scheme === "https" || scheme === "mailto";
}

export function isAllowedTag(tag: string): boolean {
  return TAGS.has(tag);
}

/** Whether an attribute stays. Styles, handlers, ids and classes do not. */
export function isAllowedAttribute(tag: string, name: string, value: string): boolean {
  if (!ATTRIBUTES.has(name)) return false;
  if (name === "href") return tag === "a" && isSafeUrl(value);
  return name !== "src" || (tag === "img" && isSafeUrl(value, true));
}

/**
 * Renames what the content security policy would complain about while the text is parsed. It keeps the console quiet;
 * what is allowed is decided by name, afterwards.
 */
function quiet(html: string): string {
  return html.replace(/(\s|"|')(style|on[a-z]+)(?=\s*=)/gi, "$1data-dropped").replace(/<(\/?)style\b/gi, "<$1template");
}

/** The nodes of the HTML that are allowed. */
export function sanitized(html: string): DocumentFragment {
  const parsed = new DOMParser().parseFromString(quiet(html), "text/html");
  const fragment = document.createDocumentFragment();
  const budget = { nodes: NODES_MAX };
  copyChildren(parsed.body, fragment, 0, budget);
  return fragment;
}

function copyChildren(from: Node, to: Node, depth: number, budget: { nodes: number }): void {
  if (depth > DEPTH_MAX) return;
  for (const child of from.childNodes) {
    if ((budget.nodes -= 1) < 0) return;
    if (child instanceof Text) to.appendChild(document.createTextNode(child.data));
    else if (child instanceof Element) copyElement(child, to, depth, budget);
  }
}

function copyElement(element: Element, to: Node, depth: number, budget: { nodes: number }): void {
  const tag = element.localName;
  if (SILENT.has(tag)) return;
  if (!isAllowedTag(tag)) {
    copyChildren(element, to, depth + 1, budget);
    return;
  }
  const copy = document.createElement(tag);
  for (const { name, value } of element.attributes) {
    if (isAllowedAttribute(tag, name, value)) copy.setAttribute(name, value);
  }
  if (copy instanceof HTMLAnchorElement) copy.rel = "noopener noreferrer";
  copyChildren(element, copy, depth + 1, budget);
  to.appendChild(copy);
}
