/** Options that the variables of a dashboard had last time: panels ask with them before the options of today are there. */

import { array, type Json, object, objects, text } from "../json";
import type { VariableOption } from "../model/dashboard";
import { keepStored, OPTIONS, readStored } from "../stored";
import { ALL, chooseValues, type VariableState } from "./resolve";

/** Dashboards that are remembered, and options of all variables of one of them. */
const DASHBOARDS_MAX = 20;
const OPTIONS_MAX = 1000;

/** The dashboards as they are kept, the latest first. */
const kept = (): Json[] => objects(readStored(OPTIONS));

const isOf = (uid: string, login: string) => (one: Json) => one.uid === uid && text(one.login) === login;

/** Keeps the options of a dashboard's variables in this browser, for whom they were answered: others may see less. */
export function remember(uid: string, login: string, states: readonly VariableState[]): void {
  const asked = states.filter(({ error }) => error === undefined);
  if (!uid || asked.length === 0 || asked.reduce((sum, { options }) => sum + options.length, 0) > OPTIONS_MAX) return;
  const options = Object.fromEntries(
    asked.map(({ variable, options }) => [variable.name, options.map(({ text, value }) => (text === value ? [value] : [value, text]))]),
  );
  const others = kept().filter((one) => !isOf(uid, login)(one));
  keepStored(OPTIONS, [{ uid, login, options }, ...others].slice(0, DASHBOARDS_MAX));
}

/** The states with the options of last time; `undefined` unless they are known for all, and offer what is wanted. */
export function recalled(uid: string, login: string, states: readonly VariableState[]): VariableState[] | undefined {
  const options = object(kept().find(isOf(uid, login))?.options);
  const known = states.map((state) => withOptions(state, options[state.variable.name]));
  return known.every((state) => state !== undefined) ? known : undefined;
}

function withOptions(state: VariableState, source: unknown): VariableState | undefined {
  if (!Array.isArray(source)) return undefined;
  const options = source.map((pair): VariableOption => {
    const [value, shown] = array(pair);
    return { value: text(value), text: text(shown) || text(value) };
  });
  const values = chooseValues(state.variable, options, state.values);
  const offered = state.values.every((value) => value === "" || value === ALL || value === "All" || values.includes(value));
  return offered ? { ...state, options, values } : undefined;
}
