/** The V2 dashboard resource (`elements` and `layout`) as the classic JSON that the rest of the model reads. */

import { type Json, flag, isObject, number, object, objects, text } from "../json";

export function isV2(json: Json): boolean {
  return isObject(json.elements) && isObject(json.layout);
}

/** The classic schema whose shapes V2 has kept. */
const SCHEMA = 41;

export function fromV2(spec: Json, uid: string): Json {
  const time = object(spec.timeSettings);
  return {
    uid,
    schemaVersion: SCHEMA,
    title: spec.title,
    description: spec.description,
    tags: spec.tags,
    links: spec.links,
    time: { from: time.from, to: time.to },
    refresh: time.autoRefresh,
    timezone: time.timezone,
    graphTooltip: { Crosshair: 1, Tooltip: 2 }[text(spec.cursorSync)] ?? 0,
    templating: { list: objects(spec.variables).map(toVariable) },
    annotations: { list: objects(spec.annotations).map(toAnnotation) },
    panels: new Layout(object(spec.elements)).place(object(spec.layout)),
  };
}

const GRID_COLUMNS = 24;
/** Rows of the grid that a panel of an automatic layout takes, by its named height. */
const AUTO_HEIGHTS: Record<string, number> = { short: 5, standard: 9, tall: 14 };
/** Layouts may stand in layouts. */
const DEPTH_MAX = 8;

/** Panels one below the other, as layouts are gone through. */
class Layout {
  private readonly panels: Json[] = [];
  private y = 0;

  constructor(private readonly elements: Json) {}

  place(layout: Json): Json[] {
    this.layOut(layout, 0);
    return this.panels;
  }

  private layOut(layout: Json, depth: number): void {
    if (depth > DEPTH_MAX) return;
    const spec = object(layout.spec);
    switch (layout.kind) {
      case "GridLayout":
        return this.grid(objects(spec.items));
      case "AutoGridLayout":
        return this.autoGrid(spec);
      case "RowsLayout":
        return objects(spec.rows).forEach((row) => this.row(object(row.spec), depth));
      case "TabsLayout":
        return objects(spec.tabs).forEach((tab) => this.row(object(tab.spec), depth));
    }
  }

  private grid(items: readonly Json[]): void {
    const top = this.y;
    for (const { kind, spec: source } of items) {
      const spec = object(source);
      const y = top + (number(spec.y) ?? 0);
      if (kind === "GridLayoutRow") {
        this.y = Math.max(this.y, y);
        this.head(spec);
        this.grid(objects(spec.elements));
        continue;
      }
      const place = { x: number(spec.x) ?? 0, y, w: number(spec.width) ?? 12, h: number(spec.height) ?? 8 };
      this.panel(text(object(spec.element).name), place, object(spec.repeat));
    }
  }

  private autoGrid(spec: Json): void {
    const columns = Math.min(GRID_COLUMNS, Math.max(1, number(spec.maxColumnCount) ?? 3));
    const h = AUTO_HEIGHTS[text(spec.rowHeightMode, "standard")] ?? Math.ceil((number(spec.rowHeight) ?? 320) / 38);
    const w = Math.floor(GRID_COLUMNS / columns);
    const top = this.y;
    objects(spec.items).forEach((item, index) => {
      const inner = object(item.spec);
      const place = { x: (index % columns) * w, y: top + Math.floor(index / columns) * h, w, h };
      this.panel(text(object(inner.element).name), place, object(inner.repeat));
    });
  }

  private row(spec: Json, depth: number): void {
    if (!flag(spec.hideHeader)) this.head(spec);
    this.layOut(object(spec.layout), depth + 1);
  }

  private head(spec: Json): void {
    const repeat = object(spec.repeat);
    this.panels.push({
      type: "row",
      title: spec.title,
      collapsed: flag(spec.collapse) || flag(spec.collapsed),
      repeat: text(repeat.value),
      gridPos: { x: 0, y: this.y, w: GRID_COLUMNS, h: 1 },
      panels: [],
    });
    this.y += 1;
  }

  private panel(name: string, gridPos: { x: number; y: number; w: number; h: number }, repeat: Json): void {
    this.y = Math.max(this.y, gridPos.y + gridPos.h);
    const panel = { ...toPanel(object(this.elements[name])), gridPos, ...repeatOf(repeat) };
    // Panels of a folded row lie inside it, as they do in the classic JSON.
    const row = this.panels.findLast((one) => one.type === "row");
    if (row && row.collapsed === true) (row.panels as Json[]).push(panel);
    else this.panels.push(panel);
  }
}

function repeatOf(repeat: Json): Json {
  if (!text(repeat.value)) return {};
  return { repeat: repeat.value, repeatDirection: repeat.direction, maxPerRow: repeat.maxPerRow };
}

function toPanel(element: Json): Json {
  const spec = object(element.spec);
  const viz = object(spec.vizConfig);
  const data = object(object(spec.data).spec);
  const asked = object(data.queryOptions);
  return {
    ...asked,
    id: spec.id,
    // Earlier V2 had the panel's type as the kind, later ones as the group.
    type: text(viz.group) || text(viz.kind),
    title: spec.title,
    description: spec.description,
    transparent: spec.transparent,
    links: spec.links,
    options: object(viz.spec).options,
    fieldConfig: object(viz.spec).fieldConfig,
    targets: objects(data.queries).map(toTarget),
    transformations: objects(data.transformations).map((one) => ({
      id: text(one.group) || (one.kind === "Transformation" ? object(one.spec).id : one.kind),
      ...object(one.spec),
    })),
  };
}

function toTarget(query: Json): Json {
  const spec = object(query.spec);
  const inner = object(spec.query);
  const type = text(inner.group) || text(inner.kind);
  return {
    ...object(inner.spec),
    refId: spec.refId,
    hide: spec.hidden,
    datasource: type ? { type, uid: object(inner.datasource).name } : undefined,
  };
}

export const HIDE_NAMES: Record<string, number> = { hideLabel: 1, hideVariable: 2 };
export const REFRESH_NAMES: Record<string, number> = { onDashboardLoad: 1, onTimeRangeChanged: 2 };
export const VARIABLE_KINDS: Record<string, string> = {
  QueryVariable: "query",
  CustomVariable: "custom",
  DatasourceVariable: "datasource",
  IntervalVariable: "interval",
  ConstantVariable: "constant",
  TextVariable: "textbox",
  AdhocVariable: "adhoc",
};
export const SORTS = [
  "disabled",
  "alphabeticalAsc",
  "alphabeticalDesc",
  "numericalAsc",
  "numericalDesc",
  "alphabeticalCaseInsensitiveAsc",
  "alphabeticalCaseInsensitiveDesc",
  "naturalAsc",
  "naturalDesc",
];

function toVariable(variable: Json): Json {
  const spec = object(variable.spec);
  const query = object(spec.query);
  return {
    ...spec,
    type:
      VARIABLE_KINDS[text(variable.kind)] ??
      text(variable.kind)
        .replace(/Variable$/, "")
        .toLowerCase(),
    ...namedSource(variable.kind === "AdhocVariable" ? variable : query),
    query: isObject(spec.query) ? (object(query.spec).query ?? query.spec) : (spec.query ?? spec.pluginId),
    hide: HIDE_NAMES[text(spec.hide)] ?? 0,
    refresh: REFRESH_NAMES[text(spec.refresh)] ?? 0,
    sort: Math.max(0, SORTS.indexOf(text(spec.sort))),
  };
}

/** The data source that a query names, if it names one. */
function namedSource({ group, datasource }: Json): Json {
  const uid = object(datasource).name;
  return uid === undefined ? {} : { datasource: { type: group, uid } };
}

function toAnnotation(annotation: Json): Json {
  const spec = object(annotation.spec);
  const query = object(spec.query);
  return {
    ...object(query.spec),
    ...namedSource(query),
    name: spec.name,
    enable: spec.enable,
    hide: spec.hide,
    iconColor: spec.iconColor,
    builtIn: spec.builtIn === true ? 1 : 0,
  };
}
