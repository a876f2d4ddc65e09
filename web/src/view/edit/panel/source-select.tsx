import { For } from "solid-js";
import type { DataSource } from "../../../api/data-sources";
import type { Variable } from "../../../model/dashboard";

export interface SourceChoice {
  uid: string;
  name: string;
  type: string;
}

/** Lets each query of a panel name its own source. */
export const MIXED: SourceChoice = { uid: "-- Mixed --", name: "-- Mixed --", type: "datasource" };

/** Data sources, and the variables that stand for one. */
export function sourceChoices(sources: readonly DataSource[], variables: readonly Variable[]): SourceChoice[] {
  const named = variables.filter(({ type }) => type === "datasource");
  return [
    ...sources.map(({ uid, name, type, isDefault }) => ({ uid, name: isDefault ? `${name} (default)` : name, type })),
    ...named.map(({ name, query }) => ({ uid: `\${${name}}`, name: `\${${name}}`, type: query })),
  ];
}

interface SelectProps {
  id?: string;
  choices: readonly SourceChoice[];
  /** Empty for the default source. */
  value: string;
  onChange: (choice: SourceChoice) => void;
}

export function SourceSelect(props: SelectProps) {
  // Dashboards write a variable with braces and without.
  const isChosen = (choice: SourceChoice) => choice.uid === props.value || choice.uid === props.value.replace(/^\$(\w+)$/, "${$1}");
  const known = () => props.choices.some(isChosen);
  return (
    <select
      id={props.id}
      aria-label="Data source"
      onChange={(event) => {
        const choice = props.choices[Number(event.currentTarget.value)];
        if (choice) props.onChange(choice);
      }}
    >
      <option hidden value="-1" selected={!known()}>
        {props.value || "default"}
      </option>
      <For each={props.choices}>
        {(choice, index) => (
          <option value={index()} selected={isChosen(choice)}>
            {choice.name}
          </option>
        )}
      </For>
    </select>
  );
}
