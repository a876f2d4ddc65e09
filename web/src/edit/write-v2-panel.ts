/** A panel as an element of the V2 resource. */

import { type Json, object, objects, text } from "../json";

const QUERY_OPTIONS = ["maxDataPoints", "interval", "timeFrom", "timeShift", "hideTimeOverride", "cacheTimeout", "queryCachingTTL"];

/** `before` is the element that the panel was; empty for a new one. */
export function writeElement(panel: Json, before: Json): Json {
  const old = object(before.spec);
  const { id, title, description, transparent, links } = panel;
  const spec = {
    ...old,
    id,
    title,
    description,
    transparent,
    links,
    vizConfig: viz(panel, object(old.vizConfig)),
    data: data(panel, object(old.data)),
  };
  return { kind: "Panel", ...before, spec };
}

/** Earlier V2 has the panel's type as the kind, later ones as the group. */
function viz(panel: Json, before: Json): Json {
  const { options, fieldConfig, type } = panel;
  const spec = { ...object(before.spec), options, fieldConfig };
  const isEarly = text(before.kind) !== "" && text(before.group) === "";
  return isEarly ? { ...before, kind: type, spec } : { kind: "VizConfig", version: "", ...before, group: type, spec };
}

function data(panel: Json, before: Json): Json {
  const old = object(before.spec);
  const options = Object.fromEntries(QUERY_OPTIONS.filter((key) => panel[key] !== undefined).map((key) => [key, panel[key]]));
  const rest = Object.fromEntries(Object.entries(object(old.queryOptions)).filter(([key]) => !QUERY_OPTIONS.includes(key)));
  const spec = {
    ...old,
    queries: objects(panel.targets).map((target) => query(target, panel, objects(old.queries))),
    transformations: transformations(objects(panel.transformations), objects(old.transformations)),
    queryOptions: { ...rest, ...options },
  };
  return { kind: "QueryGroup", ...before, spec };
}

function query(target: Json, panel: Json, before: readonly Json[]): Json {
  const { refId, hide, datasource, ...asked } = target;
  const known = object(before.find(({ spec }) => object(spec).refId === refId));
  const old = object(known.spec);
  const inner = object(old.query);
  const isEarly = text(inner.kind) !== "" && text(inner.group) === "";
  const source = sourceOf(datasource ?? panel.datasource, inner);
  const named = isEarly
    ? { ...inner, kind: source.group, ...(source.datasource ? { datasource: source.datasource } : {}) }
    : { kind: "DataQuery", version: "v0", ...inner, ...source };
  return { kind: "PanelQuery", ...known, spec: { ...old, refId, hidden: hide === true, query: { ...named, spec: asked } } };
}

function transformations(edited: readonly Json[], before: readonly Json[]): Json[] {
  const isEarly = before.length > 0 && before.every(({ group }) => text(group) === "");
  return edited.map(({ id, ...spec }) => (isEarly ? { kind: id, spec: { id, ...spec } } : { kind: "Transformation", group: id, spec }));
}

/** A data source as V2 names it: the type as the group, the uid as the name. */
export function sourceOf(source: unknown, before: Json): Json {
  const { type, uid } = object(source);
  const name = typeof source === "string" ? source : text(uid);
  return { group: text(type) || text(before.group) || "prometheus", ...(name ? { datasource: { name } } : {}) };
}
