/** What an option's control works on. */

export interface OptionTarget {
  /** The value at an option's path. */
  read: (path: string) => unknown;
  /** Sets it; `undefined` takes it out. */
  write: (path: string, value: unknown) => void;
}

/** What options can name. */
export interface Surroundings {
  /** Names of the fields that the panel's data has. */
  fields: () => readonly string[];
  /** Letters of its queries. */
  refIds: () => readonly string[];
  /** Names of the dashboard's variables. */
  variables: readonly string[];
}
