/** What differs between two dashboards, value by value, in an order that a reader can follow. */

import { isObject, type Json, text } from "../json";

export interface Change {
  /** Where: names of panels and variables, keys and places. */
  path: string[];
  /** `undefined` for what is new. */
  before: unknown;
  /** `undefined` for what is gone. */
  after: unknown;
}

/** Changes that are listed. */
const CHANGES_MAX = 500;
/** Nesting that is looked into; what lies deeper is one value. */
const DEPTH_MAX = 20;

/** Values that saving changes by itself. */
const ASIDE = ["version", "id", "iteration"];

export function diff(before: Json, after: Json): Change[] {
  const found: Change[] = [];
  compareKeys(before, after, [], found, ASIDE);
  return found;
}

function compare(before: unknown, after: unknown, path: string[], found: Change[]): void {
  if (before === after || found.length >= CHANGES_MAX) return;
  if (path.length < DEPTH_MAX) {
    if (isObject(before) && isObject(after)) return compareKeys(before, after, path, found, []);
    if (Array.isArray(before) && Array.isArray(after)) return compareLists(before, after, path, found);
  }
  if (JSON.stringify(before) !== JSON.stringify(after)) found.push({ path, before, after });
}

function compareKeys(before: Json, after: Json, path: string[], found: Change[], aside: readonly string[]): void {
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    if (!aside.includes(key)) compare(before[key], after[key], [...path, key], found);
  }
}

/** Items that have a name are compared with those of the same name, others by place. */
function compareLists(before: readonly unknown[], after: readonly unknown[], path: string[], found: Change[]): void {
  const named = [...before, ...after].every((item) => keyOf(item) !== undefined);
  if (!named) {
    const length = Math.max(before.length, after.length);
    for (let at = 0; at < length && found.length < CHANGES_MAX; at += 1) compare(before[at], after[at], [...path, String(at + 1)], found);
    return;
  }
  const [old, now] = [byKey(before), byKey(after)];
  for (const key of new Set([...old.keys(), ...now.keys()])) {
    compare(old.get(key), now.get(key), [...path, nameOf(now.get(key) ?? old.get(key), key)], found);
  }
  const kept = (list: Map<string, unknown>, other: Map<string, unknown>) => [...list.keys()].filter((key) => other.has(key)).join(", ");
  if (kept(old, now) !== kept(now, old) && path.at(-1) !== "panels") {
    found.push({ path: [...path, "order"], before: kept(old, now), after: kept(now, old) });
  }
}

function byKey(list: readonly unknown[]): Map<string, unknown> {
  return new Map(list.map((item, index) => [keyOf(item) ?? String(index), item]));
}

/** What tells the item from its neighbours: a panel's id, a target's letter, a variable's name. */
function keyOf(item: unknown): string | undefined {
  if (!isObject(item)) return undefined;
  const key = text(item.refId) || (item.type !== undefined ? text(item.id) : "") || text(item.name);
  return key || undefined;
}

function nameOf(item: unknown, key: string): string {
  const title = isObject(item) && item.id !== undefined ? text(item.title) : "";
  return title ? `${title} (${key})` : key;
}
