import { For } from "solid-js";
import type { Choice } from "../../../edit/option/spec";
import { Icon } from "../../../ui/icon";
import { Popover } from "../../../ui/popover";

interface SetProps {
  name: string;
  choices: readonly Choice[];
  values: readonly unknown[];
  onChange: (values: unknown[]) => void;
}

/** Some of many, in the order in which they were chosen. */
export function SetPicker(props: SetProps) {
  const isChosen = (choice: Choice) => props.values.includes(choice.value);
  const toggle = (choice: Choice) =>
    props.onChange(isChosen(choice) ? props.values.filter((value) => value !== choice.value) : [...props.values, choice.value]);
  const summary = () =>
    props.values.map((value) => props.choices.find((choice) => choice.value === value)?.name ?? String(value)).join(", ") || "Choose";
  return (
    <Popover
      name={`${props.name}: ${summary()}`}
      label={
        <>
          <span class="variable-value">{summary()}</span>
          <Icon name="down" />
        </>
      }
    >
      {() => (
        <div class="options">
          <ul role="listbox" aria-label={props.name} aria-multiselectable="true">
            <For each={props.choices} fallback={<li class="muted">Nothing to choose</li>}>
              {(choice) => (
                <li role="option" aria-selected={isChosen(choice)}>
                  <button type="button" onClick={() => toggle(choice)}>
                    <span class="option-mark">{isChosen(choice) ? <Icon name="check" /> : undefined}</span>
                    {choice.name}
                  </button>
                </li>
              )}
            </For>
          </ul>
        </div>
      )}
    </Popover>
  );
}
