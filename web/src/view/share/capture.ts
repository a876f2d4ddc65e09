/** Takes a snapshot: all panels of a dashboard, folded ones too, with what they show at this moment. */

import { type Json, mapTexts, object, objects } from "../../json";
import type { Panel } from "../../model/dashboard";
import { layOut, type Placed, type RepeatValues } from "../../model/grid";
import { needsNoData } from "../../panel/registry";
import { planPanel } from "../../query/plan";
import { runQueries } from "../../query/run";
import { withAnnotations, withFrames } from "../../query/snapshot";
import { interpolate } from "../../variable/interpolate";
import type { VariableState } from "../../variable/resolve";
import type { DashboardContext } from "../dashboard/context";
import { panelScope } from "../dashboard/panel-scope";

/** Panels of a snapshot. */
const PANELS_MAX = 300;
/** Pixels of a column on a common screen, for the number of points. */
const COLUMN_PIXELS = 58;
/** Options of a variable that are kept. */
const OPTIONS_MAX = 1000;

export interface Captured {
  json: Json;
  context: DashboardContext;
  panels: readonly Panel[];
  states: readonly VariableState[];
  repeatValues: RepeatValues;
}

export async function capture({ json, context, panels, states, repeatValues }: Captured, signal: AbortSignal): Promise<Json> {
  const placed = layOut(panels, () => false, repeatValues).slice(0, PANELS_MAX);
  const { from, to } = context.range();
  const time = { from: new Date(from).toISOString(), to: new Date(to).toISOString() };
  return {
    ...json,
    id: null,
    uid: "",
    time,
    refresh: "",
    snapshot: { timestamp: new Date(context.now()).toISOString() },
    templating: { list: states.map((state) => frozenVariable(json, state)) },
    annotations: withAnnotations(context.annotations()),
    panels: await Promise.all(placed.map((one, at) => frozenPanel(one, at + 1, context, signal))),
  };
}

/** What a repeat made of a panel becomes a panel of its own. */
async function frozenPanel({ panel, place }: Placed, id: number, context: DashboardContext, signal: AbortSignal): Promise<Json> {
  const { repeat: _repeat, libraryPanel: _library, ...source } = panel.source;
  const own = mapTexts(source, (text) => interpolate(text, (name) => panel.scope[name] && { values: panel.scope[name] }));
  const frozen = { ...object(own), id, gridPos: place };
  if (panel.type === "row") return { ...frozen, collapsed: false, panels: [] };
  if (needsNoData(panel.type)) return frozen;
  const requests = planPanel(panel, {
    range: context.range(),
    nowMs: context.now(),
    width: place.w * COLUMN_PIXELS,
    scope: panelScope(() => panel, context),
    filters: context.filters(),
    utc: context.dashboard.utc,
    sources: context.sources,
  });
  return withFrames(frozen, (await runQueries(requests, context, signal)).frames);
}

/** A variable that asks nothing any more. */
function frozenVariable(json: Json, { variable, options, values }: VariableState): Json {
  const source = objects(object(json.templating).list).find(({ name }) => name === variable.name) ?? {};
  const texts = values.map((value) => options.find((option) => option.value === value)?.text ?? value);
  const current = { value: values, text: texts };
  return { ...source, query: variable.type === "query" ? "" : source.query, refresh: 0, current, options: options.slice(0, OPTIONS_MAX) };
}
