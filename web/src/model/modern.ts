/** A panel of an older kind as it is saved once it was edited: migrated, and without what would be migrated again. */

import { type Json, object } from "../json";
import { migratePanel } from "./migrate";

/** Keys that only older kinds read; their values stand in `options` and `fieldConfig` after the migration. */
const OLD_KEYS: Record<string, readonly string[]> = {
  graph: [
    ...[
      "aliasColors",
      "bars",
      "dashes",
      "dashLength",
      "spaceLength",
      "fill",
      "fillGradient",
      "hiddenSeries",
      "legend",
      "lines",
      "linewidth",
    ],
    ...["nullPointMode", "percentage", "pointradius", "points", "renderer", "seriesOverrides", "stack", "steppedLine", "thresholds"],
    ...["timeRegions", "tooltip", "xaxis", "yaxes", "yaxis", "decimals", "grid"],
  ],
  singlestat: [
    ...["cacheTimeout", "colorBackground", "colorPostfix", "colorPrefix", "colorValue", "colors", "format", "gauge", "mappingType"],
    ...["mappingTypes", "nullPointMode", "nullText", "postfix", "postfixFontSize", "prefix", "prefixFontSize", "rangeMaps", "sparkline"],
    ...["tableColumn", "thresholds", "valueFontSize", "valueMaps", "valueName", "decimals"],
  ],
  table: ["styles", "columns", "transform", "fontSize", "scroll", "showHeader", "sort", "pageSize", "filterNull"],
  text: ["content", "mode"],
  heatmap: [
    ...["cards", "color", "dataFormat", "heatmap", "hideZeroBuckets", "highlightCards", "legend", "reverseYBuckets", "tooltip"],
    ...["tooltipDecimals", "xAxis", "xBucketNumber", "xBucketSize", "yAxis", "yBucketBound", "yBucketNumber", "yBucketSize"],
  ],
};

const SAME: Record<string, string> = { "grafana-singlestat-panel": "singlestat", "table-old": "table" };

/** The very same panel where there is nothing to migrate. */
export function modernPanel(json: Json): Json {
  const migrated = migratePanel(json);
  if (migrated === json) return json;
  const kind = String(json.type);
  const gone = OLD_KEYS[SAME[kind] ?? kind] ?? [];
  const kept = Object.fromEntries(Object.entries(migrated).filter(([key]) => !gone.includes(key)));
  const { fieldOptions: _old, ...options } = object(migrated.options);
  return { ...kept, ...(migrated.options === undefined ? {} : { options }), type: kind === "table-old" ? "table" : migrated.type };
}
