import { For, Show } from "solid-js";
import { Icon } from "./icon";

interface ChoicesProps<Choice> {
  name: string;
  multi: boolean;
  choices: readonly Choice[];
  text: (choice: Choice) => string;
  isChosen: (choice: Choice) => boolean;
  onChoose: (choice: Choice) => void;
}

/** A list in which what is chosen has a mark. */
export function Choices<Choice>(props: ChoicesProps<Choice>) {
  return (
    <ul role="listbox" aria-label={props.name} aria-multiselectable={props.multi}>
      <For each={props.choices} fallback={<li class="muted">Nothing to choose</li>}>
        {(choice) => (
          <li role="option" aria-selected={props.isChosen(choice)}>
            <button type="button" onClick={() => props.onChoose(choice)}>
              <span class="option-mark">
                <Show when={props.isChosen(choice)}>
                  <Icon name="check" />
                </Show>
              </span>
              {props.text(choice)}
            </button>
          </li>
        )}
      </For>
    </ul>
  );
}
