/** What is under the pointer, explained: a function's signature, a metric's type and help. */

import { syntaxTree } from "@codemirror/language";
import { hoverTooltip, type Tooltip } from "@codemirror/view";
import type { SyntaxNode } from "@lezer/common";
import { aggregateOpTerms, functionIdentifierTerms } from "@prometheus-io/codemirror-promql/dist/esm/complete/promql.terms";
import { getFunction, type PromQLFunction } from "@prometheus-io/codemirror-promql/dist/esm/types";
import { metricMetadata } from "../../../api/prometheus";

export interface Docs {
  /** The name with its signature or type. */
  head: string;
  text: string;
}

export const hoverDocs = hoverTooltip(async (view, position): Promise<Tooltip | null> => {
  const node = syntaxTree(view.state).resolveInner(position, -1);
  const word = view.state.sliceDoc(node.from, node.to);
  const docs = await explain(node, word).catch(() => undefined);
  if (!docs) return null;
  return { pos: node.from, end: node.to, above: true, create: () => ({ dom: draw(docs) }) };
});

async function explain(node: SyntaxNode, word: string): Promise<Docs | undefined> {
  if (node.parent?.name === "FunctionIdentifier") return functionDocs(getFunction(node.type.id), word);
  if (node.parent?.name === "AggregateOp") return { head: word, text: described(aggregateOpTerms, word) };
  return isMetricName(node) ? metricDocs(word.replace(/^["'`]|["'`]$/g, "")) : undefined;
}

function isMetricName(node: SyntaxNode): boolean {
  return (node.name === "Identifier" && node.parent?.name === "VectorSelector") || node.parent?.name === "QuotedLabelName";
}

export function functionDocs(known: PromQLFunction, name: string): Docs {
  return { head: signature(known, name), text: described(functionIdentifierTerms, name) };
}

/** The words for the types of arguments and results that the documentation uses. */
const TYPES: Record<string, string> = { vector: "instant-vector", matrix: "range-vector" };

function signature(known: PromQLFunction, name: string): string {
  const types = known.argTypes.map((type) => TYPES[type] ?? type);
  // `variadic` counts the arguments that may be left out; below zero the last one may be repeated.
  const needed = known.variadic > 0 ? types.length - known.variadic : types.length;
  const shown = types.map((type, at) => (at < needed ? type : `[${type}]`));
  const rest = known.variadic < 0 ? ["…"] : [];
  return `${name}(${[...shown, ...rest].join(", ")}) → ${TYPES[known.returnType] ?? known.returnType}`;
}

function described(terms: readonly { label: string; info?: unknown }[], name: string): string {
  const info = terms.find((term) => term.label === name)?.info;
  return typeof info === "string" ? info : "";
}

async function metricDocs(name: string): Promise<Docs | undefined> {
  const metadata = await metricMetadata(name);
  if (!metadata) return undefined;
  return { head: `${name}: ${[metadata.type, metadata.unit].filter(Boolean).join(", ")}`, text: metadata.help };
}

function draw(docs: Docs): HTMLElement {
  const box = document.createElement("div");
  box.className = "cm-docs";
  box.append(Object.assign(document.createElement("code"), { textContent: docs.head }));
  if (docs.text) box.append(Object.assign(document.createElement("p"), { textContent: docs.text }));
  return box;
}
