import { createMemo, For, Match, Switch } from "solid-js";
import { calculationIds, calculationName } from "../../../field/reduce";
import { array, number, object, text, texts } from "../../../json";
import type { Choice, Control as Kind } from "../../../edit/option/spec";
import { Toggle } from "../field";
import { ColorPicker } from "./color-picker";
import { ColorScheme } from "./color-scheme";
import { Links } from "./links";
import { Mappings } from "./mappings";
import { SetPicker } from "./set-picker";
import type { Surroundings } from "./target";
import { Thresholds } from "./thresholds";
import { UnitPicker } from "./unit-picker";

export interface ControlProps {
  id: string;
  name: string;
  control: Kind;
  value: unknown;
  around: Surroundings;
  /** Takes the new value; `undefined` for none. */
  onChange: (value: unknown) => void;
}

/** The control of an option, by its kind. */
export function Control(props: ControlProps) {
  const of = <K extends Kind["kind"]>(kind: K) => (props.control.kind === kind ? (props.control as Kind & { kind: K }) : undefined);
  const strings = () => texts(props.value);
  return (
    <Switch>
      <Match when={of("text")}>{(kind) => <TextInput {...props} placeholder={kind().placeholder} />}</Match>
      <Match when={of("textarea")}>
        <textarea
          id={props.id}
          rows="4"
          value={text(props.value)}
          onInput={(event) => props.onChange(event.currentTarget.value || undefined)}
        />
      </Match>
      <Match when={of("number")}>{(kind) => <NumberInput {...props} kind={kind()} />}</Match>
      <Match when={of("switch")}>
        <Toggle id={props.id} on={props.value === true} onChange={props.onChange} />
      </Match>
      <Match when={of("choice")}>{(kind) => <ChoiceInput {...props} choices={kind().choices} />}</Match>
      <Match when={of("set")}>
        {(kind) => <SetPicker name={props.name} choices={kind().choices} values={array(props.value)} onChange={props.onChange} />}
      </Match>
      <Match when={of("calcs")}>{(kind) => <CalcsInput {...props} many={kind().many} values={strings()} />}</Match>
      <Match when={of("unit")}>
        <UnitPicker name={props.name} value={text(props.value)} onChange={props.onChange} />
      </Match>
      <Match when={of("color")}>
        <ColorPicker name={props.name} value={text(props.value)} onChange={props.onChange} />
      </Match>
      <Match when={of("colorScheme")}>
        <ColorScheme id={props.id} value={object(props.value)} onChange={props.onChange} />
      </Match>
      <Match when={of("thresholds")}>
        <Thresholds value={object(props.value)} onChange={props.onChange} />
      </Match>
      <Match when={of("mappings")}>
        <Mappings value={props.value} onChange={props.onChange} />
      </Match>
      <Match when={of("links")}>
        <Links value={props.value} onChange={props.onChange} />
      </Match>
      <Match when={of("field")}>
        <NameInput {...props} names={props.around.fields()} />
      </Match>
      <Match when={of("fields")}>
        <SetPicker name={props.name} choices={named(props.around.fields(), strings())} values={strings()} onChange={props.onChange} />
      </Match>
      <Match when={of("variable")}>
        <ChoiceInput {...props} choices={[{ value: undefined, name: "Disable repeating" }, ...named(props.around.variables, [])]} />
      </Match>
    </Switch>
  );
}

function named(names: readonly string[], more: readonly string[]): Choice[] {
  return [...new Set([...names, ...more])].map((name) => ({ value: name, name }));
}

function TextInput(props: ControlProps & { placeholder: string | undefined }) {
  return (
    <input
      id={props.id}
      type="text"
      placeholder={props.placeholder}
      value={text(props.value)}
      onInput={(event) => props.onChange(event.currentTarget.value || undefined)}
    />
  );
}

/** Takes the number once it is complete, so that a minus or a dot can be typed. */
function NumberInput(props: ControlProps & { kind: Kind & { kind: "number" } }) {
  return (
    <input
      id={props.id}
      type="number"
      min={props.kind.min}
      max={props.kind.max}
      step={props.kind.step ?? "any"}
      placeholder={props.kind.placeholder}
      value={text(props.value)}
      onChange={(event) => props.onChange(number(event.currentTarget.value))}
    />
  );
}

/** Few short choices stand side by side, others in a list. */
function ChoiceInput(props: ControlProps & { choices: readonly Choice[] }) {
  const same = (choice: Choice) => JSON.stringify(choice.value) === JSON.stringify(props.value ?? undefined);
  const isShort = createMemo(
    () => props.choices.length > 1 && props.choices.length <= 4 && props.choices.reduce((sum, { name }) => sum + name.length + 4, 0) <= 36,
  );
  const known = () => props.choices.some(same);
  return (
    <Switch>
      <Match when={isShort() && known()}>
        <div class="segments" role="radiogroup" aria-label={props.name}>
          <For each={props.choices}>
            {(choice) => (
              <button type="button" role="radio" aria-checked={same(choice)} onClick={() => props.onChange(choice.value)}>
                {choice.name}
              </button>
            )}
          </For>
        </div>
      </Match>
      <Match when={true}>
        <select
          id={props.id}
          aria-label={props.name}
          onChange={(event) => props.onChange(props.choices[Number(event.currentTarget.value)]?.value)}
        >
          <For each={props.choices}>
            {(choice, index) => (
              <option value={index()} selected={same(choice)}>
                {choice.name}
              </option>
            )}
          </For>
          <option hidden value="-1" selected={!known()}>
            {props.value === undefined ? "Choose" : JSON.stringify(props.value)}
          </option>
        </select>
      </Match>
    </Switch>
  );
}

function CalcsInput(props: ControlProps & { many: boolean; values: readonly string[] }) {
  const choices = () => named(calculationIds(), props.values).map(({ value }) => ({ value, name: calculationName(text(value)) }));
  return (
    <Switch fallback={<SetPicker name={props.name} choices={choices()} values={props.values} onChange={props.onChange} />}>
      <Match when={!props.many}>
        <ChoiceInput {...props} choices={choices()} value={props.values[0]} onChange={(value) => props.onChange([value])} />
      </Match>
    </Switch>
  );
}

/** A name that is chosen or typed; newer dashboards keep it in a matcher. */
function NameInput(props: ControlProps & { names: readonly string[] }) {
  const list = () => `${props.id}-names`;
  const shown = () => text(props.value) || text(object(object(props.value).matcher).options);
  return (
    <>
      <input
        id={props.id}
        type="text"
        list={list()}
        placeholder="Field"
        value={shown()}
        onChange={(event) => props.onChange(event.currentTarget.value || undefined)}
      />
      <datalist id={list()}>
        <For each={props.names}>{(name) => <option value={name} />}</For>
      </datalist>
    </>
  );
}
