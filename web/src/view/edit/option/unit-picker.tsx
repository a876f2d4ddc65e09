import { createMemo, createSignal, For, Show } from "solid-js";
import { findUnits, unitName } from "../../../edit/option/units";
import { Icon } from "../../../ui/icon";
import { Popover } from "../../../ui/popover";

/** Units by name; what is typed and is none becomes a suffix. */
export function UnitPicker(props: { name: string; value: string; onChange: (value: string | undefined) => void }) {
  const [typed, setTyped] = createSignal("");
  const found = createMemo(() => findUnits(typed()));
  const heading = (index: number) => (found()[index - 1]?.category === found()[index]?.category ? undefined : found()[index]?.category);
  const shown = () => (props.value ? unitName(props.value) : "Choose");
  return (
    <Popover
      name={`${props.name}: ${shown()}`}
      label={
        <>
          <span class="variable-value">{shown()}</span>
          <Icon name="down" />
        </>
      }
    >
      {(close) => {
        const pick = (id: string | undefined) => {
          props.onChange(id);
          setTyped("");
          close();
        };
        return (
          <div class="options units">
            <input
              type="search"
              placeholder="Search units"
              aria-label="Search units"
              autofocus
              onInput={(event) => setTyped(event.currentTarget.value)}
            />
            <ul aria-label="Units">
              <Show when={props.value}>
                <li>
                  <button type="button" onClick={() => pick(undefined)}>
                    No unit
                  </button>
                </li>
              </Show>
              <Show when={typed().trim()}>
                <li>
                  <button type="button" onClick={() => pick(`suffix:${typed().trim()}`)}>
                    Custom unit: {typed().trim()}
                  </button>
                </li>
              </Show>
              <For each={found()}>
                {(unit, index) => (
                  <>
                    <Show when={heading(index())}>{(category) => <li class="units-category">{category()}</li>}</Show>
                    <li>
                      <button type="button" aria-pressed={unit.id === props.value} onClick={() => pick(unit.id)}>
                        {unit.name}
                      </button>
                    </li>
                  </>
                )}
              </For>
            </ul>
          </div>
        );
      }}
    </Popover>
  );
}
