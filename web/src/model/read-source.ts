/** How dashboards name data sources. */

import { isObject, text } from "../json";

/** What names a data source: the uid in newer dashboards, the name in older ones. */
export function readSourceName(source: unknown): string {
  return isObject(source) ? text(source.uid) : text(source);
}
