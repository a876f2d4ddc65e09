/** Which curves the reader has hidden, by name. */

import { createSignal } from "solid-js";

/** A click on a curve's name: alone, all again, or added and taken away. */
export function pick(hidden: ReadonlySet<string>, names: readonly string[], name: string, add: boolean): Set<string> {
  if (add) {
    const next = new Set(hidden);
    if (!next.delete(name)) next.add(name);
    return next;
  }
  const alone = names.every((other) => (other === name) !== hidden.has(other));
  return alone ? new Set() : new Set(names.filter((other) => other !== name));
}

export function createVisibility(names: () => readonly string[]) {
  const [hidden, setHidden] = createSignal<ReadonlySet<string>>(new Set());
  return {
    hidden: (name: string) => hidden().has(name),
    pick: (name: string, add: boolean) => setHidden((before) => pick(before, names(), name, add)),
  };
}
