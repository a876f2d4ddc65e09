/** From a dashboard's JSON, of any generation, to the model. */

import { type Json, flag, isObject, number, object, objects, text, texts } from "../json";
import { toClassic } from "./classic";
import type { AnnotationQuery, Dashboard, DashboardLink, GridPos, Link, OwnAnnotations, Panel, Target } from "./dashboard";
import { readFieldConfigSource } from "./field-config";
import { migratePanel } from "./migrate";
import { readSourceName } from "./read-source";
import { readVariable } from "./read-variable";

/** Panels that one dashboard may hold; what lies beyond is left out. */
const PANELS_MAX = 2000;

export function readDashboard(source: unknown): Dashboard {
  return readClassic(toClassic(source));
}

/** The model of a dashboard in the classic form. */
export function readClassic(json: Json): Dashboard {
  const time = object(json.time);
  return {
    uid: text(json.uid),
    title: text(json.title, "Dashboard"),
    description: text(json.description),
    time: { from: text(time.from, "now-6h"), to: text(time.to, "now") },
    refresh: typeof json.refresh === "string" ? json.refresh : "",
    utc: json.timezone === "utc",
    sharedCrosshair: (number(json.graphTooltip) ?? (json.sharedCrosshair ? 1 : 0)) > 0,
    variables: objects(object(json.templating).list).map((variable) => readVariable(variable, json)),
    annotations: annotationList(json).flatMap((annotation) => readAnnotation(annotation) ?? []),
    panels: readPanels(json),
    links: objects(json.links).map(readDashboardLink),
  };
}

/** The panels of a dashboard in the classic form. `known` has those that were read before, so that what did not change stays. */
export function readPanels(json: Json, known?: WeakMap<Json, Panel>): Panel[] {
  return objects(json.panels)
    .slice(0, PANELS_MAX)
    .map((panel, index) => {
      const found = known?.get(panel) ?? readPanel(panel, index);
      known?.set(panel, found);
      return found;
    });
}

export function readPanel(source: Json, index: number): Panel {
  const json = migratePanel(source);
  const id = number(json.id) ?? index + 1;
  return {
    key: String(id),
    id,
    type: text(json.type),
    title: text(json.title),
    description: text(json.description),
    gridPos: readGridPos(json.gridPos),
    transparent: flag(json.transparent),
    targets: objects(json.targets).map(readTarget),
    foreign: objects(json.targets).some(keepsSnapshot) ? undefined : foreignKind(json.datasource),
    dataSource: readSourceName(json.datasource),
    interval: text(json.interval),
    maxDataPoints: number(json.maxDataPoints),
    timeFrom: text(json.timeFrom),
    timeShift: text(json.timeShift),
    hideTimeOverride: flag(json.hideTimeOverride),
    repeat: text(json.repeat),
    repeatDirection: json.repeatDirection === "v" ? "v" : "h",
    maxPerRow: number(json.maxPerRow) ?? 4,
    options: object(json.options),
    fieldConfig: readFieldConfigSource(json.fieldConfig),
    transformations: objects(json.transformations).map((transformation) => ({
      id: text(transformation.id),
      options: object(transformation.options),
      disabled: flag(transformation.disabled),
    })),
    links: readPanelLinks(json.links),
    collapsed: flag(json.collapsed),
    panels: json.type === "row" ? objects(json.panels).map((panel, inner) => readPanel(panel, index * 1000 + inner)) : [],
    source,
    scope: {},
  };
}

export function readGridPos(source: unknown): GridPos {
  const json = object(source);
  const w = clamp(number(json.w) ?? 6, 1, 24);
  return { w, h: clamp(number(json.h) ?? 3, 1, 200), x: clamp(number(json.x) ?? 0, 0, 24 - w), y: clamp(number(json.y) ?? 0, 0, 1e6) };
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, Math.round(value)));
}

function readTarget(json: Json, index: number): Target {
  const instant = flag(json.instant) || json.queryType === "instant";
  return {
    refId: text(json.refId) || String.fromCharCode(65 + (index % 26)),
    expr: text(json.expr),
    legendFormat: text(json.legendFormat),
    interval: text(json.interval),
    intervalFactor: number(json.intervalFactor) ?? 1,
    instant,
    range: json.range === undefined ? !instant : flag(json.range),
    format: json.format === "table" ? "table" : json.format === "heatmap" ? "heatmap" : "time_series",
    hide: flag(json.hide),
    exemplar: flag(json.exemplar),
    foreign: keepsSnapshot(json) ? undefined : foreignKind(json.datasource),
    dataSource: readSourceName(json.datasource),
  };
}

/** Whether a query holds its answer, as in a snapshot. */
export function keepsSnapshot(target: Json): boolean {
  return target.queryType === "snapshot" && Array.isArray(target.snapshot);
}

/** Kinds of data source that answer PromQL, and the pseudo sources of a dashboard. */
const PROMETHEUS_KINDS = ["", "prometheus", "datasource", "mixed", "-- mixed --", "victoriametrics-metrics-datasource"];

/** The kind of a data source that does not answer PromQL; `undefined` for all that do. */
export function foreignKind(source: unknown): string | undefined {
  const kind = isObject(source) ? text(source.type) : "";
  return PROMETHEUS_KINDS.includes(kind.toLowerCase()) || kind.startsWith("$") ? undefined : kind;
}

/** Old panel links name a dashboard instead of an address. */
function readPanelLinks(source: unknown): Link[] {
  return objects(source)
    .map((link) => ({
      title: text(link.title) || text(link.dashboard),
      url: text(link.url) || (link.dashUri ? `/dashboard/${text(link.dashUri)}` : ""),
      blank: flag(link.targetBlank),
    }))
    .filter((link) => link.url);
}

/** What a dashboard that says nothing of annotations made by hand shows of them, as in Grafana. */
const BUILT_IN: Json = { builtIn: 1, enable: true, hide: true, iconColor: "blue", name: "Annotations & Alerts" };

function annotationList(json: Json): Json[] {
  const list = objects(object(json.annotations).list);
  return list.some(({ builtIn }) => builtIn === 1) ? list : [BUILT_IN, ...list];
}

/** Those that ask PromQL, and those made by hand. */
function readAnnotation(json: Json): AnnotationQuery | undefined {
  const expr = text(json.expr) || text(object(json.target).expr);
  const own = readOwnAnnotations(json);
  if (!own && (!expr || foreignKind(json.datasource))) return undefined;
  return {
    own,
    name: text(json.name),
    enable: flag(json.enable, true),
    hide: flag(json.hide),
    color: text(json.iconColor, "red"),
    dataSource: readSourceName(json.datasource),
    expr,
    step: text(json.step),
    titleFormat: text(json.titleFormat),
    textFormat: text(json.textFormat),
    tagKeys: text(json.tagKeys)
      .split(",")
      .map((key) => key.trim())
      .filter(Boolean),
    useValueForTime: json.useValueForTime === true || json.useValueForTime === "on",
  };
}

/** Annotations that Grafana, not a data source, keeps. */
function readOwnAnnotations(json: Json): OwnAnnotations | undefined {
  const source = json.datasource;
  const isOwn = json.builtIn === 1 || source === "-- Grafana --" || object(source).uid === "-- Grafana --";
  if (!isOwn) return undefined;
  const target = { ...json, ...object(json.target) };
  return {
    tags: target.type === "tags" ? texts(target.tags) : [],
    matchAny: flag(target.matchAny),
    limit: number(target.limit) ?? 100,
  };
}

function readDashboardLink(json: Json): DashboardLink {
  return {
    title: text(json.title),
    type: text(json.type, "link"),
    url: text(json.url),
    tags: texts(json.tags),
    blank: flag(json.targetBlank),
    keepTime: flag(json.keepTime),
    includeVars: flag(json.includeVars),
  };
}
