/**
 * Options as data: where in the JSON an option stands, what it is called and by which control it is set. A panel type,
 * a transformation and an override are tables of these; one component draws them all.
 */

import { getPath } from "../path";

export interface Choice {
  /** As it stands in the JSON; `undefined` for an option that is not set. */
  value: unknown;
  name: string;
}

export type Control =
  | { kind: "text"; placeholder?: string }
  | { kind: "textarea" }
  | { kind: "number"; min?: number; max?: number; step?: number; placeholder?: string }
  | { kind: "switch" }
  | { kind: "choice"; choices: readonly Choice[] }
  /** Some of many, as a list of their values. */
  | { kind: "set"; choices: readonly Choice[] }
  | { kind: "calcs"; many: boolean }
  | { kind: "unit" }
  | { kind: "color" }
  | { kind: "colorScheme" }
  | { kind: "thresholds" }
  | { kind: "mappings" }
  | { kind: "links" }
  /** Names of fields that the panel's data has. */
  | { kind: "field" }
  | { kind: "fields" }
  | { kind: "variable" };

export interface Option {
  /** Dotted path from the panel, or from a transformation's options. */
  path: string;
  name: string;
  control: Control;
  /** What holds where nothing is set. */
  otherwise?: unknown;
  hint?: string;
  /** The key in the object at the path that is set; the rest of the object is kept, and begins as `base`. */
  member?: string;
  base?: Record<string, unknown>;
  /** Whether the option matters, by the others. */
  shown?: (value: (path: string) => unknown) => boolean;
}

export interface Section {
  name: string;
  options: readonly Option[];
}

/** Where the field configuration's defaults stand in a panel; what follows is the id of an override's property. */
export const DEFAULTS = "fieldConfig.defaults.";

export function isFieldOption({ path }: Option): boolean {
  return path.startsWith(DEFAULTS);
}

/** The value of an option, or what holds without one. */
export function valueOf(option: Option, value: unknown): unknown {
  const own = option.member === undefined ? value : getPath(value, option.member);
  return own ?? option.otherwise;
}

/** What stands in the JSON once the option is set. */
export function withValue(option: Option, before: unknown, value: unknown): unknown {
  if (option.member === undefined) return value;
  const object = typeof before === "object" && before !== null ? before : {};
  return { ...option.base, ...object, [option.member]: value };
}

type More = Partial<Omit<Option, "path" | "name" | "control">>;

export const choices = (...pairs: readonly (readonly [value: unknown, name: string])[]): Choice[] =>
  pairs.map(([value, name]) => ({ value, name }));

export const onOff = (path: string, name: string, otherwise: boolean, more: More = {}): Option => ({
  path,
  name,
  control: { kind: "switch" },
  otherwise,
  ...more,
});

export const oneOf = (path: string, name: string, of: readonly Choice[], otherwise: unknown, more: More = {}): Option => ({
  path,
  name,
  control: { kind: "choice", choices: of },
  otherwise,
  ...more,
});

export const amount = (path: string, name: string, limits: Omit<Control & { kind: "number" }, "kind"> = {}, more: More = {}): Option => ({
  path,
  name,
  control: { kind: "number", ...limits },
  ...more,
});

export const words = (path: string, name: string, placeholder = "", more: More = {}): Option => ({
  path,
  name,
  control: { kind: "text", placeholder },
  ...more,
});

export const control = (path: string, name: string, kind: Control, more: More = {}): Option => ({ path, name, control: kind, ...more });

/** The same option of the field configuration, under the id that overrides know it by. */
export const field = (option: Option): Option => {
  const { shown } = option;
  return { ...option, path: DEFAULTS + option.path, ...(shown ? { shown: (value) => shown((path) => value(DEFAULTS + path)) } : {}) };
};
