/** Queries that were run before, newest first, kept in the browser. */

import { texts } from "../../json";
import { keepStored, readStored } from "../../stored";

const KEY = "gnomon.history";
const KEPT_MAX = 50;

export function readHistory(): string[] {
  return texts(readStored(KEY)).slice(0, KEPT_MAX);
}

export function remember(expr: string): void {
  keepStored(KEY, [expr, ...readHistory().filter((other) => other !== expr)].slice(0, KEPT_MAX));
}
