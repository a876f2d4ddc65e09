/** The variables of a dashboard as they stand on the page. */

import { batch, createEffect, createMemo, createSignal, on, onCleanup, untrack, type Accessor } from "solid-js";
import type { DataSource } from "../api/data-sources";
import type { Variable } from "../model/dashboard";
import type { TimeRange } from "../time/range";
import { findSource } from "../query/source";
import { readFilter, type SourceFilter } from "./adhoc";
import { isSame, resolveChain, scopeWithout, type States } from "./chain";
import { interpolate, type Scope, type VariableValue } from "./interpolate";
import { recalled, remember } from "./remembered";
import { ALL, dependsOn, type VariableState, valueOf } from "./resolve";

export interface Variables {
  states: Accessor<readonly VariableState[]>;
  ready: Accessor<boolean>;
  scope: Scope;
  /** Chooses values, and works out anew what depends on them. */
  choose: (name: string, values: string[]) => void;
  /** The values that a repeated panel or row runs through. */
  repeatValues: (name: string) => string[];
  /** The filters that stand in the queries of their data sources. */
  filters: Accessor<readonly SourceFilter[]>;
}

export interface VariableInputs {
  /** Whose variables they are; empty for a dashboard that is not saved. */
  dashboardUid: string;
  /** Who looks; empty for nobody. */
  login: string;
  variables: readonly Variable[];
  /** Whether their options are those that they were kept with. */
  frozen: boolean;
  sources: readonly DataSource[];
  range: Accessor<TimeRange>;
  /** Changes when the range is another one, not when it moves with the time. */
  rangeKey: Accessor<string>;
  /** Values of the address, by variable. */
  fromAddress: (name: string) => string[];
  onChoice: (name: string, values: string[]) => void;
}

export function createVariables(inputs: VariableInputs): Variables {
  const known = inputs.variables.filter(({ name, type }) => name && type !== "unknown");
  const first = known.map((variable) => initialState(variable, inputs.fromAddress(variable.name)));
  const before = recalled(inputs.dashboardUid, inputs.login, first);
  const [states, setStates] = createSignal<States>(before ?? first);
  const [ready, setReady] = createSignal(known.length === 0 || before !== undefined);
  let running: AbortController | undefined;

  const resolve = async (names: ReadonlySet<string>) => {
    running?.abort();
    const abort = new AbortController();
    running = abort;
    const next = await resolveChain(
      untrack(states),
      names,
      { range: untrack(inputs.range), sources: inputs.sources, frozen: inputs.frozen },
      abort.signal,
    );
    if (!next) return;
    remember(inputs.dashboardUid, inputs.login, next);
    batch(() => {
      setStates(next);
      setReady(true);
    });
  };
  const put = (changes: ReadonlyMap<string, string[]>) =>
    setStates(states().map((state) => ({ ...state, values: changes.get(state.variable.name) ?? state.values })));

  /** Takes over what a link or the browser's history put into the address. */
  const followAddress = () => {
    const wanted = states().map(({ variable, values }) => ({ name: variable.name, values, next: inputs.fromAddress(variable.name) }));
    const changes = new Map(
      wanted.filter(({ values, next }) => next.length > 0 && !isSame(values, next)).map(({ name, next }) => [name, next]),
    );
    if (changes.size === 0) return;
    put(changes);
    void resolve(new Set(changes.keys()));
  };

  void resolve(names(known));
  createEffect(on(inputs.rangeKey, () => void resolve(names(known.filter(isOfTime))), { defer: true }));
  createEffect(on(() => known.map(({ name }) => inputs.fromAddress(name).join("\n")).join("\n\n"), followAddress, { defer: true }));
  onCleanup(() => running?.abort());

  const find = (name: string) => states().find((state) => state.variable.name === name);
  const scope: Scope = (name) => {
    const state = find(name);
    return state && withAllValue(state, states(), untrack(inputs.range));
  };
  return {
    states,
    ready,
    scope,
    choose: (name, values) => {
      put(new Map([[name, values]]));
      inputs.onChoice(name, values);
      void resolve(names(known.filter((variable) => variable.name !== name && dependsOn(variable, new Set([name])))));
    },
    repeatValues: (name) => {
      const state = find(name);
      return state?.values.includes(ALL) ? state.options.map((option) => option.value) : (state?.values ?? []);
    },
    filters: createMemo(() =>
      states()
        .filter(({ variable }) => variable.type === "adhoc")
        .flatMap(({ variable, values }) => {
          const sourceUid = findSource(variable.dataSource, inputs.sources, scope).uid;
          return values.flatMap((value) => readFilter(value) ?? []).map((filter) => ({ ...filter, sourceUid }));
        }),
    ),
  };
}

function initialState(variable: Variable, fromAddress: string[]): VariableState {
  return { variable, options: [], values: fromAddress.length ? fromAddress : variable.current };
}

function names(variables: readonly Variable[]): Set<string> {
  return new Set(variables.map((variable) => variable.name));
}

function isOfTime(variable: Variable): boolean {
  return variable.refreshOnTime || variable.type === "interval";
}

/** The text that a dashboard gives for "All" may name other variables. */
function withAllValue(state: VariableState, states: States, range: TimeRange): VariableValue {
  const value = valueOf(state, range);
  if (value.raw === undefined) return value;
  return { ...value, raw: interpolate(value.raw, scopeWithout(state, states, range), "promql") };
}
