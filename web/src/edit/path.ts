/** Values at dotted paths in JSON, changed by copying what lies on the way; all else stays the very same. */

import { isObject, type Json } from "../json";

/** The value at a path; numbers in it are places in lists. */
export function getPath(json: unknown, path: string): unknown {
  return path.split(".").reduce<unknown>((here, key) => {
    if (Array.isArray(here)) return here[Number(key)];
    return isObject(here) && Object.hasOwn(here, key) ? here[key] : undefined;
  }, json);
}

/** The JSON with the value at a path; `undefined` takes the key out. */
export function setPath(json: Json, path: string, value: unknown): Json {
  return put(json, path.split("."), value) as Json;
}

/** Longest list that a path may reach into. */
const PLACES_MAX = 1000;

function put(here: unknown, [key, ...rest]: readonly string[], value: unknown): unknown {
  if (key === undefined) return value;
  if (key === "__proto__") return here;
  if (Array.isArray(here) || (here === undefined && /^\d+$/.test(key))) return putPlace(Array.isArray(here) ? here : [], key, rest, value);
  const json = isObject(here) ? here : {};
  if (value === undefined && rest.length === 0) {
    const { [key]: _gone, ...others } = json;
    return others;
  }
  if (value === undefined && json[key] === undefined) return json;
  return { ...json, [key]: put(json[key], rest, value) };
}

function putPlace(list: readonly unknown[], key: string, rest: readonly string[], value: unknown): unknown[] {
  const place = Number(key);
  if (!Number.isInteger(place) || place < 0 || place >= PLACES_MAX) return [...list];
  const next = [...list];
  next[place] = put(list[place], rest, value);
  return next;
}

/** The list with one item in another place. */
export function moved<T>(list: readonly T[], from: number, to: number): T[] {
  const next = [...list];
  const [item] = next.splice(from, 1);
  if (item === undefined) return [...list];
  next.splice(Math.min(next.length, Math.max(0, to)), 0, item);
  return next;
}

/** The list with one item replaced, or taken out where the new one is `undefined`. */
export function replaced<T>(list: readonly T[], index: number, item: T | undefined): T[] {
  return list.flatMap((one, at) => (at !== index ? [one] : item === undefined ? [] : [item]));
}
