/** The dashboard model: one shape for every generation of Grafana's JSON. */

import type { Json } from "../json";
import type { RawRange } from "../time/range";
import type { FieldConfigSource } from "./field-config";

/** Place on the grid of 24 columns; heights in rows of 38 pixels. */
export interface GridPos {
  x: number;
  y: number;
  w: number;
  h: number;
}

export interface Target {
  refId: string;
  expr: string;
  legendFormat: string;
  /** Its "Min step" as written. */
  interval: string;
  intervalFactor: number;
  instant: boolean;
  range: boolean;
  format: "time_series" | "table" | "heatmap";
  hide: boolean;
  /** Whether exemplars are drawn with its curves. */
  exemplar: boolean;
  /** Name of a data source's kind that is not Prometheus, when the target says so. */
  foreign?: string | undefined;
  /** Uid, name or variable of the data source that it names; empty for none. */
  dataSource: string;
}

export interface Transformation {
  id: string;
  options: Json;
  disabled: boolean;
}

export interface Link {
  title: string;
  url: string;
  blank: boolean;
}

export interface Panel {
  /** Unique in the dashboard as shown; repeats get one of their own. */
  key: string;
  id: number;
  type: string;
  title: string;
  description: string;
  gridPos: GridPos;
  transparent: boolean;
  targets: Target[];
  foreign?: string | undefined;
  /** As its targets name theirs. */
  dataSource: string;
  interval: string;
  maxDataPoints?: number | undefined;
  timeFrom: string;
  timeShift: string;
  hideTimeOverride: boolean;
  repeat: string;
  repeatDirection: "h" | "v";
  maxPerRow: number;
  options: Json;
  fieldConfig: FieldConfigSource;
  transformations: Transformation[];
  links: Link[];
  /** Of a row: whether its panels are folded away, and those panels. */
  collapsed: boolean;
  panels: Panel[];
  /** As it stands in the file. */
  source: Json;
  /** Values of repeated variables that hold inside this panel. */
  scope: Record<string, string[]>;
}

export interface VariableOption {
  text: string;
  value: string;
}

export type VariableType = "query" | "custom" | "datasource" | "interval" | "constant" | "textbox" | "adhoc" | "unknown";

export interface Variable {
  name: string;
  type: VariableType;
  label: string;
  description: string;
  hide: "no" | "label" | "variable";
  /** Uid, name or variable of the data source that is asked for its options. */
  dataSource: string;
  query: string;
  regex: string;
  sort: number;
  multi: boolean;
  includeAll: boolean;
  allValue: string;
  auto: boolean;
  autoCount: number;
  autoMin: string;
  /** Whether its options are asked for again when the time range changes. */
  refreshOnTime: boolean;
  current: string[];
  options: VariableOption[];
}

export interface DashboardLink {
  title: string;
  type: string;
  url: string;
  tags: string[];
  blank: boolean;
  keepTime: boolean;
  includeVars: boolean;
}

/** Where its expression is not zero, something happened. */
/** Which annotations made by hand are asked for. */
export interface OwnAnnotations {
  /** Those of the dashboard itself when empty. */
  tags: string[];
  /** Whether one of the tags is enough. */
  matchAny: boolean;
  limit: number;
}

export interface AnnotationQuery {
  name: string;
  enable: boolean;
  /** Whether its switch is hidden. */
  hide: boolean;
  color: string;
  /** Set for those made by hand; the rest asks PromQL. */
  own?: OwnAnnotations | undefined;
  /** Uid, name or variable of the data source that is asked. */
  dataSource: string;
  expr: string;
  step: string;
  titleFormat: string;
  textFormat: string;
  tagKeys: string[];
  useValueForTime: boolean;
}

export interface Dashboard {
  uid: string;
  title: string;
  description: string;
  time: RawRange;
  refresh: string;
  utc: boolean;
  /** Whether panels share their crosshair, and their tooltip with it. */
  sharedCrosshair: boolean;
  variables: Variable[];
  annotations: AnnotationQuery[];
  panels: Panel[];
  links: DashboardLink[];
}
