/** Dashboards of every generation in the classic form: one object with `panels` on the grid, each with an id of its own. */

import { type Json, isObject, number, object, objects, text } from "../json";
import { layRows } from "./legacy-rows";
import { fromV2, isV2 } from "./resource-v2";

/** What is not understood stays as it stands. */
export function toClassic(source: unknown): Json {
  const json = unwrap(object(source));
  const { rows, ...rest } = json;
  return withIds(Array.isArray(json.panels) ? json : { ...rest, panels: layRows(objects(rows)) });
}

/** API answers wrap the dashboard, and so do the V1 and V2 resources. */
function unwrap(json: Json): Json {
  if (isObject(json.dashboard)) return unwrapSpec(json.dashboard);
  return unwrapSpec(json);
}

function unwrapSpec(json: Json): Json {
  const uid = text(object(json.metadata).name) || text(json.uid);
  const spec = isObject(json.spec) && json.panels === undefined ? json.spec : json;
  return isV2(spec) ? fromV2(spec, uid) : spec === json ? json : { uid, ...spec };
}

/** The resource that a dashboard is kept as; `undefined` for the classic form. */
export function resourceOf(kept: Json): Json | undefined {
  return isV2(kept) || (kept.title === undefined && isObject(kept.spec)) ? kept : undefined;
}

/** Panels without an id, or with that of another, get one that is free. */
function withIds(json: Json): Json {
  const panels = objects(json.panels);
  const taken = new Set<number>();
  let next = 1 + nested(panels).reduce((most, panel) => Math.max(most, number(panel.id) ?? 0), 0);
  const give = (panel: Json): Json => {
    const id = number(panel.id);
    const own = id !== undefined && id > 0 && !taken.has(id) ? id : next++;
    taken.add(own);
    const inner = panel.type === "row" ? objects(panel.panels).map(give) : [];
    const same = own === panel.id && inner.every((one, index) => one === objects(panel.panels)[index]);
    return same ? panel : { ...panel, id: own, ...(inner.length ? { panels: inner } : {}) };
  };
  return { ...json, panels: panels.map(give) };
}

/** Panels with those that are folded into rows. */
export function nested(panels: readonly Json[]): Json[] {
  return panels.flatMap((panel) => (panel.type === "row" ? [panel, ...objects(panel.panels)] : [panel]));
}
