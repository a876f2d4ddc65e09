/** The sizes of a bar gauge's parts, in Grafana's proportions. */

import { type Json, number, object, text } from "../json";
import { fittingSize, textWidth } from "../ui/measure";
import type { Place } from "./arrange";

export interface BarSizes {
  named: boolean;
  /** The name above the bar rather than left of it. */
  above: boolean;
  name: number;
  nameWidth: number;
  value: number;
  valueWidth: number;
  /** Length of the bar when it is full. */
  track: number;
  /** Cells of a bar that is made of them. */
  cells: number;
}

const NAME_LINE_HEIGHT = 1.5;
const VALUE_MIN = 18;
const VALUE_MAX = 50;
const VALUE_WIDTH_MAX = 150;
const VALUE_PADDING = 10;
/** Higher bars have their name above them. */
const ABOVE_FROM = 40;
const CELL = 12;

/** `texts` are the longest of all bars, so that all are alike. */
export function barSizes({ width, height, rows }: Place, texts: { name: string; value: string }, options: Json): BarSizes {
  const placement = text(options.namePlacement, "auto");
  const named = texts.name !== "" && placement !== "hidden";
  const given = object(options.text);
  const above = placement === "top" || (placement === "auto" && height > ABOVE_FROM);
  const nameHeight = !named
    ? 0
    : !rows
      ? 14 * NAME_LINE_HEIGHT
      : above
        ? Math.max(Math.min(height * 0.45, VALUE_MAX), 17)
        : Math.max(height * 0.6, VALUE_MIN);
  const name = number(given.titleSize) ?? nameHeight / NAME_LINE_HEIGHT;
  const nameWidth = named && rows && !above ? Math.min(textWidth(texts.name, name) + 15, width * 0.4) : 0;
  const hidden = options.valueMode === "hidden";
  const measured = textWidth(texts.value, number(given.valueSize) ?? Math.max(name, 12)) + 2 * VALUE_PADDING;
  const valueWidth = hidden ? 0 : rows ? Math.max(Math.min(width * 0.2, VALUE_WIDTH_MAX), measured) : width;
  const valueHeight = rows ? height - (above ? nameHeight : 0) : Math.min(Math.max(height * 0.1, VALUE_MIN), VALUE_MAX);
  const room = { width: valueWidth - (rows ? 2 * VALUE_PADDING : 0), height: valueHeight };
  const value = number(given.valueSize) ?? fittingSize(texts.value, room, { lineHeight: 1 });
  const track = rows ? width - valueWidth - nameWidth : height - nameHeight - (hidden ? 0 : valueHeight);
  return { named, above, name, nameWidth, value, valueWidth, track, cells: Math.max(1, Math.floor(track / CELL)) };
}
