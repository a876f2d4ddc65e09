/** Transformations of query results, by Grafana's ids. */

import type { Frame } from "../frame/frame";
import type { Json } from "../json";
import type { Transformation } from "../model/dashboard";
import { filterByName, renameByRegex, sortBy } from "./field-choice";
import { calculateField } from "./calculate";
import { groupBy } from "./group";
import { joinByField } from "./join";
import { merge } from "./merge";
import { organize } from "./organize";
import { reduceFrames, seriesToRows } from "./reduce";
import { configFromData, rowsToFields } from "./configure";
import { convertFieldType, formatString, formatTime } from "./convert";
import { extractFields } from "./extract";
import { labelsToFields } from "./labels";
import { regression } from "./regression";
import { filterByValue, limitRows, transpose } from "./rows";
import { concatenate, filterByRefId, groupingToMatrix, partitionByValues, prepareTimeSeries, timeSeriesTable } from "./shape";

export type Transform = (frames: readonly Frame[], options: Json) => Frame[];

const TRANSFORMS: Record<string, Transform> = {
  organize,
  merge,
  joinByField,
  seriesToColumns: joinByField,
  filterFieldsByName: filterByName,
  renameByRegex,
  sortBy,
  groupBy,
  calculateField,
  reduce: reduceFrames,
  seriesToRows,
  labelsToFields,
  filterByValue,
  filterByRefId,
  extractFields,
  timeSeriesTable,
  limit: limitRows,
  concatenate,
  convertFieldType,
  formatTime,
  formatString,
  partitionByValues,
  groupingToMatrix,
  prepareTimeSeries,
  rowsToFields,
  configFromData,
  regression,
  transpose,
};

export interface Transformed {
  frames: Frame[];
  /** Ids of transformations that are not known, for the reader to see. */
  unknown: string[];
}

export function transform(frames: readonly Frame[], steps: readonly Transformation[]): Transformed {
  let here = [...frames];
  const unknown: string[] = [];
  for (const step of steps) {
    if (step.disabled) continue;
    const apply = Object.hasOwn(TRANSFORMS, step.id) ? TRANSFORMS[step.id] : undefined;
    if (apply) here = apply(here, step.options);
    else unknown.push(step.id);
  }
  return { frames: here, unknown };
}
