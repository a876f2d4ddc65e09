/** An edited dashboard as the V2 resource's spec that it came from. What nobody changed stays as it was written. */

import { isObject, type Json, number, object, objects, text } from "../json";
import { nested } from "../model/classic";
import { REFRESH_NAMES, HIDE_NAMES, SORTS, VARIABLE_KINDS } from "../model/resource-v2";
import { writeLayout, sameLayout } from "./write-v2-layout";
import { sourceOf, writeElement } from "./write-v2-panel";

/** `edited` is in the classic form; `base` is what `spec` was in that form. */
export function toV2(spec: Json, base: Json, edited: Json): Json {
  const names = elementNames(spec, edited);
  const layout = sameLayout(base, edited) ? spec.layout : writeLayout(edited, names);
  return {
    ...spec,
    ...settings(spec, base, edited),
    variables: list(spec.variables, object(base.templating).list, object(edited.templating).list, writeVariable),
    annotations: list(spec.annotations, object(base.annotations).list, object(edited.annotations).list, writeAnnotation),
    elements: elements(spec, base, edited, names),
    layout,
  };
}

/** What a layout that is written anew cannot keep; empty where nothing is lost. */
export function lossOf(spec: Json, base: Json, edited: Json): string {
  const written = JSON.stringify(spec.layout);
  const lost = [
    ...(written.includes('"TabsLayout"') ? ["tabs, which become rows"] : []),
    ...(written.includes('"AutoGridLayout"') ? ["automatic places, which become fixed ones"] : []),
    ...(written.includes('"conditionalRendering"') ? ["the conditions under which parts are shown"] : []),
  ];
  return lost.length === 0 || sameLayout(base, edited) ? "" : `Panels or rows were moved. That loses ${lost.join(", and ")}.`;
}

const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);

function settings(spec: Json, base: Json, edited: Json): Json {
  const changed = (...keys: string[]) => keys.some((key) => !same(base[key], edited[key]));
  const plain = ["title", "description", "tags", "links"].filter((key) => changed(key)).map((key) => [key, edited[key]]);
  const asNow = ["editable", "liveNow", "preload"].filter((key) => edited[key] !== undefined).map((key) => [key, edited[key]]);
  const { from, to } = object(edited.time);
  const time = { ...object(spec.timeSettings), from, to, autoRefresh: edited.refresh, timezone: edited.timezone };
  return {
    ...Object.fromEntries([...plain, ...asNow]),
    ...(changed("time", "refresh", "timezone") ? { timeSettings: time } : {}),
    ...(changed("graphTooltip") ? { cursorSync: ["Off", "Crosshair", "Tooltip"][number(edited.graphTooltip) ?? 0] } : {}),
  };
}

type Write = (classic: Json, before: Json) => Json;

/** Each entry as it stood, where there was one by that name and it is the same, else written anew. */
function list(written: unknown, base: unknown, edited: unknown, write: Write): Json[] {
  const [before, read] = [objects(written), objects(base)];
  return objects(edited).map((one) => {
    const at = read.findIndex(({ name }) => name === one.name);
    const known = before[at];
    return known && same(read[at], one) ? known : write(one, known ?? {});
  });
}

function writeVariable(classic: Json, before: Json): Json {
  const { type, query, hide, refresh, sort, datasource, ...rest } = classic;
  const kind = Object.entries(VARIABLE_KINDS).find(([, name]) => name === type)?.[0] ?? text(before.kind);
  const old = object(before.spec);
  const named = nameOf(HIDE_NAMES, hide, "dontHide");
  const spec: Json = { ...old, ...rest, hide: named };
  if (kind === "QueryVariable") {
    const asked = object(old.query);
    const inner = isObject(query) ? query : { ...object(asked.spec), query };
    Object.assign(spec, {
      refresh: nameOf(REFRESH_NAMES, refresh, "never"),
      sort: SORTS[number(sort) ?? 0] ?? "disabled",
      query: { kind: "DataQuery", version: "v0", ...asked, ...sourceOf(datasource, asked), spec: inner },
    });
  } else if (kind === "DatasourceVariable") spec.pluginId = query;
  else if (query !== undefined) spec.query = query;
  return kind === "AdhocVariable" ? { ...before, kind, ...sourceOf(datasource, before), spec } : { ...before, kind, spec };
}

function nameOf(names: Record<string, number>, value: unknown, otherwise: string): string {
  return Object.entries(names).find(([, number]) => number === value)?.[0] ?? otherwise;
}

function writeAnnotation(classic: Json, before: Json): Json {
  const { name, enable, hide, iconColor, builtIn, datasource, type: _type, ...rest } = classic;
  const old = object(before.spec);
  const asked = object(old.query);
  const query = { kind: "DataQuery", version: "v0", ...asked, ...sourceOf(datasource, asked), spec: rest };
  return { kind: "AnnotationQuery", ...before, spec: { ...old, name, enable, hide, iconColor, builtIn: builtIn === 1, query } };
}

/** The names of elements by the ids of panels. */
function elementNames(spec: Json, edited: Json): Map<number, string> {
  const names = new Map<number, string>();
  for (const [name, element] of Object.entries(object(spec.elements))) {
    const id = number(object(object(element).spec).id);
    if (id !== undefined && !names.has(id)) names.set(id, name);
  }
  const taken = new Set(Object.keys(object(spec.elements)));
  for (const panel of panelsOf(edited)) {
    const id = number(panel.id) ?? 0;
    if (names.has(id)) continue;
    let name = `panel-${id}`;
    while (taken.has(name)) name += "-new";
    taken.add(name);
    names.set(id, name);
  }
  return names;
}

function panelsOf(json: Json): Json[] {
  return nested(objects(json.panels)).filter(({ type }) => type !== "row");
}

/** What the layout says of a panel. */
const OF_LAYOUT = ["gridPos", "repeat", "repeatDirection", "maxPerRow"];

function elements(spec: Json, base: Json, edited: Json, names: ReadonlyMap<number, string>): Json {
  const inside = (panel: Json) => Object.fromEntries(Object.entries(panel).filter(([key]) => !OF_LAYOUT.includes(key)));
  const before = new Map(panelsOf(base).map((panel) => [panel.id, panel]));
  const written = panelsOf(edited).map((panel) => {
    const name = names.get(number(panel.id) ?? 0) ?? "";
    const element = object(object(spec.elements)[name]);
    const old = before.get(panel.id);
    return [name, old && same(inside(old), inside(panel)) ? element : writeElement(panel, element)] as const;
  });
  return Object.fromEntries(written);
}
