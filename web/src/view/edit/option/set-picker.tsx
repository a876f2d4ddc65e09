import type { Choice } from "../../../edit/option/spec";
import { Choices } from "../../../ui/choices";
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
          <Choices name={props.name} multi choices={props.choices} text={(choice) => choice.name} isChosen={isChosen} onChoose={toggle} />
        </div>
      )}
    </Popover>
  );
}
