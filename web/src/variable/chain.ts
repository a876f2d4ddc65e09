/** Works out variables that refer to each other: each as soon as those are known that it names. */

import { isAbort, messageOf } from "../api/http";
import type { TimeRange } from "../time/range";
import type { Scope } from "./interpolate";
import { chooseValues, dependencies, loadOptions, resolutionOrder, type Surroundings, type VariableState, valueOf } from "./resolve";

export type States = readonly VariableState[];

/** The states with the named variables, and those that depend on a changed one, worked out anew; `undefined` when cancelled. */
export async function resolveChain(
  states: States,
  wanted: ReadonlySet<string>,
  surroundings: Surroundings,
  signal: AbortSignal,
): Promise<States | undefined> {
  const under = new Map<string, Promise<VariableState | undefined>>();
  for (const name of resolutionOrder(states.map(({ variable }) => variable))) {
    const state = states.find((one) => one.variable.name === name);
    if (!state) continue;
    const needed = dependencies(state.variable);
    const before = Promise.all(needed.flatMap((other) => under.get(other) ?? []));
    const next = before.then((known) => {
      const changed = known.some((one) => one && (wanted.has(one.variable.name) || !isSame(one.values, valuesBefore(states, one))));
      if (!wanted.has(name) && !changed) return state;
      return resolveOne(state, [...known.filter((one) => one !== undefined), ...states], surroundings, signal);
    });
    under.set(name, next);
  }
  const next = await Promise.all(states.map((state) => under.get(state.variable.name)));
  if (signal.aborted || next.includes(undefined)) return undefined;
  return next.filter((state) => state !== undefined);
}

function valuesBefore(states: States, { variable }: VariableState): readonly string[] {
  return states.find((one) => one.variable.name === variable.name)?.values ?? [];
}

async function resolveOne(
  state: VariableState,
  states: States,
  surroundings: Surroundings,
  signal: AbortSignal,
): Promise<VariableState | undefined> {
  try {
    const options = await loadOptions(state.variable, scopeWithout(state, states, surroundings.range), surroundings, signal);
    return { ...state, options, values: chooseValues(state.variable, options, state.values), error: undefined };
  } catch (cause) {
    return isAbort(cause) ? undefined : { ...state, error: messageOf(cause) };
  }
}

/** The other variables, as a variable sees them; the first state of each counts. */
export function scopeWithout({ variable }: VariableState, states: States, range: TimeRange): Scope {
  return (name) => {
    const other = name === variable.name ? undefined : states.find((one) => one.variable.name === name);
    return other && valueOf(other, range);
  };
}

export function isSame(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((value, index) => value === b[index]);
}
