import { createMemo, For, Index, Show } from "solid-js";
import { overridable } from "../../../edit/option/types";
import { DEFAULTS } from "../../../edit/option/spec";
import { replaced } from "../../../edit/path";
import { type Json, object, objects, text } from "../../../json";
import { AddingSelect } from "../../../ui/adding-select";
import { Icon } from "../../../ui/icon";
import { JsonField } from "./json-field";
import { OptionList } from "./list";
import { MATCHERS, Matcher } from "./matcher";
import type { OptionTarget, Surroundings } from "./target";

interface OverridesProps {
  type: string;
  value: unknown;
  around: Surroundings;
  onChange: (overrides: Json[]) => void;
}

/** Options that hold for some fields only. */
export function Overrides(props: OverridesProps) {
  const overrides = () => objects(props.value);
  const add = (id: string) => {
    const matcher = MATCHERS.find((one) => one.id === id);
    if (matcher) props.onChange([...overrides(), { matcher: { id, options: matcher.options }, properties: [] }]);
  };
  return (
    <div class="rules">
      <Index each={overrides()}>
        {(override, index) => (
          <Override
            {...props}
            number={index + 1}
            override={override()}
            onChange={(next) => props.onChange(replaced(overrides(), index, next))}
          />
        )}
      </Index>
      <select
        aria-label="Add field override"
        onChange={(event) => {
          add(event.currentTarget.value);
          event.currentTarget.value = "";
        }}
      >
        <option value="">Add field override…</option>
        <For each={MATCHERS}>{(matcher) => <option value={matcher.id}>{matcher.name}</option>}</For>
      </select>
    </div>
  );
}

interface OverrideProps {
  type: string;
  around: Surroundings;
  number: number;
  override: Json;
  /** `undefined` removes it. */
  onChange: (override: Json | undefined) => void;
}

function Override(props: OverrideProps) {
  const properties = () => objects(props.override.properties);
  const known = createMemo(() => overridable(props.type));
  const free = () => [...known()].filter(([path]) => properties().every(({ id }) => id !== path.slice(DEFAULTS.length)));
  const put = (next: readonly Json[]) => props.onChange({ ...props.override, properties: [...next] });
  return (
    <div class="rule-block">
      <div class="rule">
        <strong class="rule-main">Override {props.number}</strong>
        <button
          type="button"
          class="icon-button"
          aria-label={`Remove override ${props.number}`}
          title="Remove override"
          onClick={() => props.onChange(undefined)}
        >
          <Icon name="trash" />
        </button>
      </div>
      <Matcher
        matcher={object(props.override.matcher)}
        around={props.around}
        onChange={(matcher) => props.onChange({ ...props.override, matcher })}
      />
      <Index each={properties()}>
        {(property, index) => (
          <Property
            type={props.type}
            around={props.around}
            property={property()}
            onChange={(next) => put(replaced(properties(), index, next))}
          />
        )}
      </Index>
      <AddingSelect
        name="Add override property"
        choices={free().map(([path, { name }]) => ({ id: path.slice(DEFAULTS.length), name }))}
        onAdd={(id) => put([...properties(), { id }])}
      />
    </div>
  );
}

interface PropertyProps {
  type: string;
  around: Surroundings;
  property: Json;
  onChange: (property: Json | undefined) => void;
}

/** One property under the control of its option; what has none is edited as JSON. */
function Property(props: PropertyProps) {
  const id = () => text(props.property.id);
  const option = createMemo(() => overridable(props.type).get(DEFAULTS + id()));
  const target: OptionTarget = {
    read: (path) => (path === DEFAULTS + id() ? props.property.value : undefined),
    write: (_, value) => props.onChange({ ...props.property, value }),
  };
  return (
    <div class="override-property">
      <div class="override-control">
        <Show
          when={option()}
          fallback={
            <JsonField name={id()} value={props.property.value} onChange={(value) => props.onChange({ ...props.property, value })} />
          }
        >
          {(found) => <OptionList options={found().options} target={target} around={props.around} />}
        </Show>
      </div>
      <button
        type="button"
        class="icon-button"
        aria-label={`Remove property ${id()}`}
        title="Remove property"
        onClick={() => props.onChange(undefined)}
      >
        <Icon name="close" />
      </button>
    </div>
  );
}
