/** The variables of a dashboard as they stand on the page. */

import { batch, createEffect, createSignal, on, onCleanup, untrack, type Accessor } from "solid-js";
import { isAbort, messageOf } from "../api/http";
import type { Variable } from "../model/dashboard";
import type { TimeRange } from "../time/range";
import { interpolate, type Scope } from "./interpolate";
import { ALL, chooseValues, dependsOn, loadOptions, resolutionOrder, type VariableState, valueOf } from "./resolve";

export interface Variables {
  states: Accessor<readonly VariableState[]>;
  ready: Accessor<boolean>;
  scope: Scope;
  /** Chooses values, and works out anew what depends on them. */
  choose: (name: string, values: string[]) => void;
  /** The values that a repeated panel or row runs through. */
  repeatValues: (name: string) => string[];
}

export interface VariableInputs {
  variables: readonly Variable[];
  range: Accessor<TimeRange>;
  /** Changes when the range is another one, not when it moves with the time. */
  rangeKey: Accessor<string>;
  /** Values of the address, by variable. */
  fromAddress: (name: string) => string[];
  onChoice: (name: string, values: string[]) => void;
}

export function createVariables(inputs: VariableInputs): Variables {
  const known = inputs.variables.filter((variable) => variable.name && variable.type !== "adhoc" && variable.type !== "unknown");
  const order = resolutionOrder(known);
  const initial = known.map((variable): VariableState => {
    const fromAddress = inputs.fromAddress(variable.name);
    return { variable, options: [], values: fromAddress.length ? fromAddress : variable.current };
  });
  const [states, setStates] = createSignal<readonly VariableState[]>(initial);
  const [ready, setReady] = createSignal(known.length === 0);
  let running: AbortController | undefined;

  /** Works the named variables out one after the other, then shows all at once. */
  const resolve = async (names: ReadonlySet<string>) => {
    running?.abort();
    const abort = new AbortController();
    running = abort;
    let draft = untrack(states);
    const changed = new Set(names);
    for (const name of order) {
      const state = draft.find((one) => one.variable.name === name);
      if (!state || !(names.has(name) || dependsOn(state.variable, changed))) continue;
      const next = await resolveOne(state, draft, untrack(inputs.range), abort.signal);
      if (abort.signal.aborted || !next) return;
      if (next.values.join("\n") !== state.values.join("\n")) changed.add(name);
      draft = draft.map((one) => (one === state ? next : one));
    }
    batch(() => {
      setStates(draft);
      setReady(true);
    });
  };

  /** Takes over what a link or the browser's history put into the address. */
  function followAddress(): void {
    const changed = states().filter(({ variable, values }) => {
      const wanted = inputs.fromAddress(variable.name);
      return wanted.length > 0 && wanted.join("\n") !== values.join("\n");
    });
    if (changed.length === 0) return;
    const names = new Set(changed.map(({ variable }) => variable.name));
    setStates(
      states().map((state) => (names.has(state.variable.name) ? { ...state, values: inputs.fromAddress(state.variable.name) } : state)),
    );
    void resolve(names);
  }

  void resolve(new Set(order));
  createEffect(
    on(
      inputs.rangeKey,
      () =>
        void resolve(
          new Set(known.filter((variable) => variable.refreshOnTime || variable.type === "interval").map((variable) => variable.name)),
        ),
      { defer: true },
    ),
  );
  createEffect(on(() => known.map(({ name }) => inputs.fromAddress(name).join("\n")).join("\n\n"), followAddress, { defer: true }));
  onCleanup(() => running?.abort());

  return {
    states,
    ready,
    scope: (name) => {
      const state = states().find((one) => one.variable.name === name);
      return state && withAllValue(state, states(), untrack(inputs.range));
    },
    choose: (name, values) => {
      setStates(states().map((state) => (state.variable.name === name ? { ...state, values } : state)));
      inputs.onChoice(name, values);
      void resolve(
        new Set(
          known.filter((variable) => variable.name !== name && dependsOn(variable, new Set([name]))).map((variable) => variable.name),
        ),
      );
    },
    repeatValues: (name) => {
      const state = states().find((one) => one.variable.name === name);
      if (!state) return [];
      return state.values.includes(ALL) ? state.options.map((option) => option.value) : state.values;
    },
  };
}

function withAllValue(state: VariableState, states: readonly VariableState[], range: TimeRange) {
  const value = valueOf(state, range);
  if (value.raw === undefined) return value;
  const others = states.filter((other) => other !== state);
  return { ...value, raw: interpolate(value.raw, (name) => scopeOf(others, range)(name), "promql") };
}

function scopeOf(states: readonly VariableState[], range: TimeRange): Scope {
  return (name) => {
    const state = states.find((one) => one.variable.name === name);
    return state && valueOf(state, range);
  };
}

async function resolveOne(
  state: VariableState,
  states: readonly VariableState[],
  range: TimeRange,
  signal: AbortSignal,
): Promise<VariableState | undefined> {
  const others = states.filter((other) => other !== state);
  try {
    const options = await loadOptions(state.variable, scopeOf(others, range), range, signal);
    return { ...state, options, values: chooseValues(state.variable, options, state.values), error: undefined };
  } catch (cause) {
    return isAbort(cause) ? undefined : { ...state, error: messageOf(cause) };
  }
}
