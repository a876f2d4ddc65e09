/** The parts of a query, as a tree of what each gave and cost. */

import type { QueryPart } from "../../api/prometheus";

export interface PartRow extends QueryPart {
  /** Its text in the expression. */
  text: string;
  /** How many parts it lies in. */
  depth: number;
  /** Its own time, without the parts within it, as a share of the whole query's. */
  share: number;
}

/** Rows in the order of the expression, parts under those they lie in. */
export function partRows(expr: string, parts: readonly QueryPart[]): PartRow[] {
  const bytes = new TextEncoder().encode(expr);
  const decoder = new TextDecoder();
  const open: PartRow[] = [];
  const inner = new Map<PartRow, number>();
  const rows = parts.map((part) => {
    while (open.length && !contains(open.at(-1) as PartRow, part)) open.pop();
    const row: PartRow = { ...part, text: decoder.decode(bytes.slice(part.start, part.end)), depth: open.length, share: 0 };
    const parent = open.at(-1);
    if (parent) inner.set(parent, (inner.get(parent) ?? 0) + part.seconds);
    open.push(row);
    return row;
  });
  const whole = Math.max(...rows.filter(({ depth }) => depth === 0).map(({ seconds }) => seconds), Number.MIN_VALUE);
  for (const row of rows) row.share = Math.min(1, Math.max(0, row.seconds - (inner.get(row) ?? 0)) / whole);
  return rows;
}

function contains(outer: QueryPart, part: QueryPart): boolean {
  return outer.start <= part.start && part.end <= outer.end;
}
