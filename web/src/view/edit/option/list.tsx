import { For, Show } from "solid-js";
import { type Control as Kind, type Option, valueOf, withValue } from "../../../edit/option/spec";
import { Field } from "../field";
import { Control } from "./control";
import type { OptionTarget, Surroundings } from "./target";
import "./option.css";

interface ListProps {
  options: readonly Option[];
  target: OptionTarget;
  around: Surroundings;
}

/** A table of options, each with its control; those that do not matter now are left out. */
export function OptionList(props: ListProps) {
  // What holds where nothing is set counts for the others, so each path answers with its default.
  const read = (path: string) => {
    const own = props.target.read(path);
    return own ?? props.options.find((option) => option.path === path && option.member === undefined)?.otherwise;
  };
  return (
    <For each={props.options}>
      {(option) => (
        <Show when={!option.shown || option.shown(read)}>
          <OptionField option={option} target={props.target} around={props.around} />
        </Show>
      )}
    </For>
  );
}

/** Kinds whose controls bring names of their own. */
const MANY: readonly Kind["kind"][] = ["unit", "color", "thresholds", "mappings", "links", "set", "fields"];

export function OptionField(props: { option: Option; target: OptionTarget; around: Surroundings }) {
  const { option } = props;
  const stored = () => props.target.read(option.path);
  return (
    <Field name={option.name} hint={option.hint} inline={option.control.kind === "switch"} many={MANY.includes(option.control.kind)}>
      {(id) => (
        <Control
          id={id}
          name={option.name}
          control={option.control}
          value={valueOf(option, stored())}
          around={props.around}
          onChange={(value) => props.target.write(option.path, withValue(option, stored(), value))}
        />
      )}
    </Field>
  );
}
