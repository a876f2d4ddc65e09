/** Dashboards that are shared: what they ask for when they are imported, and how they are written for others. */

import type { DataSource } from "../api/data-sources";
import { isObject, type Json, mapTexts, object, objects, text } from "../json";
import { nested, toClassic } from "../model/classic";

/** A value that the importer chooses. */
export interface Input {
  name: string;
  label: string;
  description: string;
  kind: "datasource" | "constant";
  /** Of a data source: its type. */
  pluginId: string;
  /** Of a constant: its value unless another is chosen. */
  value: string;
}

export function readInputs(json: Json): Input[] {
  return objects(json.__inputs)
    .filter((input) => text(input.name))
    .map((input) => ({
      name: text(input.name),
      label: text(input.label) || text(input.name),
      description: text(input.description),
      kind: input.type === "constant" ? "constant" : "datasource",
      pluginId: text(input.pluginId),
      value: text(input.value),
    }));
}

/** The dashboard with chosen values in place of `${NAME}`, and without what asked for them. */
export function fillInputs(json: Json, values: ReadonlyMap<string, string>): Json {
  const { __inputs: _inputs, __requires: _requires, __elements: _elements, ...rest } = json;
  const fill = (written: string) => written.replace(/\$\{([\w-]+)\}/g, (whole, name: string) => values.get(name) ?? whole);
  return object(mapTexts(rest, fill));
}

/** A file's or a person's text as a dashboard in the classic form; fails with a sentence about what is wrong. */
export function parseDashboard(source: string): Json {
  const parsed: unknown = JSON.parse(source);
  if (!isObject(parsed)) throw new Error("This is JSON, but no dashboard.");
  const inner = isObject(parsed.dashboard) ? parsed.dashboard : parsed;
  const json = toClassic(parsed);
  if (!text(json.title) && !Array.isArray(inner.panels) && !Array.isArray(inner.rows)) {
    throw new Error("This is JSON, but no dashboard: it has neither a title nor panels.");
  }
  return json;
}

/** The dashboard for others: data sources and constants become inputs, as Grafana exports it. */
export function forSharing(json: Json, sources: readonly DataSource[]): Json {
  const found = new Map<string, Json>();
  const share = (reference: unknown) => shareReference(reference, sources, found);
  const withSource = (one: Json): Json => (one.datasource === undefined ? one : { ...one, datasource: share(one.datasource) });
  const panels = objects(json.panels).map((panel) => sharePanel(panel, withSource));
  const variables = objects(object(json.templating).list).map((variable) => shareVariable(withSource(variable), found));
  const annotations = objects(object(json.annotations).list).map(withSource);
  const { __inputs: _inputs, __requires: _requires, ...rest } = json;
  return {
    __inputs: [...found.values()],
    __elements: {},
    __requires: requires(panels, found),
    ...rest,
    id: null,
    panels,
    templating: { ...object(json.templating), list: variables },
    annotations: { ...object(json.annotations), list: annotations },
  };
}

function sharePanel(panel: Json, withSource: (one: Json) => Json): Json {
  const shared = withSource(panel);
  return {
    ...shared,
    ...(Array.isArray(shared.targets) ? { targets: objects(shared.targets).map(withSource) } : {}),
    ...(shared.type === "row" ? { panels: objects(shared.panels).map((inner) => sharePanel(inner, withSource)) } : {}),
  };
}

/** References to variables and to Grafana's own pseudo sources stay as they are. */
function shareReference(reference: unknown, sources: readonly DataSource[], found: Map<string, Json>): unknown {
  const wanted = isObject(reference) ? text(reference.uid) : text(reference);
  if (wanted.startsWith("$") || wanted.startsWith("-- ") || wanted === "grafana") return reference;
  const source = wanted ? sources.find(({ uid, name }) => uid === wanted || name === wanted) : sources.find(({ isDefault }) => isDefault);
  if (!source) return reference;
  const name = `DS_${source.name.toUpperCase().replace(/[^A-Z0-9]+/g, "_")}`;
  const pluginName = source.type === "prometheus" ? "Prometheus" : source.type;
  found.set(name, { name, label: source.name, description: "", type: "datasource", pluginId: source.type, pluginName });
  return { type: source.type, uid: `\${${name}}` };
}

function shareVariable(variable: Json, found: Map<string, Json>): Json {
  if (variable.type === "constant") return shareConstant(variable, found);
  if (variable.type === "query") return { ...variable, current: {}, options: [] };
  return variable.type === "datasource" ? { ...variable, current: {} } : variable;
}

function shareConstant(variable: Json, found: Map<string, Json>): Json {
  const name = `VAR_${text(variable.name)
    .toUpperCase()
    .replace(/[^A-Z0-9]+/g, "_")}`;
  const value = text(variable.query);
  found.set(name, { name, type: "constant", label: text(variable.label) || text(variable.name), value, description: "" });
  const filled = `\${${name}}`;
  const current = { value: filled, text: filled, selected: false };
  return { ...variable, query: filled, current, options: [current] };
}

function requires(panels: readonly Json[], inputs: ReadonlyMap<string, Json>): Json[] {
  const types = new Set(nested(panels).flatMap((panel) => (panel.type === "row" ? [] : [text(panel.type)])));
  const kinds = new Map(
    [...inputs.values()].filter(({ type }) => type === "datasource").map((input) => [text(input.pluginId), text(input.pluginName)]),
  );
  return [
    ...[...types].sort().map((id) => ({ type: "panel", id, name: id, version: "" })),
    ...[...kinds].map(([id, name]) => ({ type: "datasource", id, name, version: "1.0.0" })),
  ];
}
