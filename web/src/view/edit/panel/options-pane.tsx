import { createSignal, For, Show } from "solid-js";
import { PANEL_TYPES, panelTypeOf, sectionsOf } from "../../../edit/option/types";
import { asType, type Remembered, remember } from "../../../edit/switch-type";
import { type Json, object, text } from "../../../json";
import { Icon } from "../../../ui/icon";
import { SearchBox } from "../../../ui/search-box";
import { Overrides } from "../option/overrides";
import { Fold, Sections } from "../option/sections";
import type { OptionTarget, Surroundings } from "../option/target";

interface PaneProps {
  panel: Json;
  target: OptionTarget;
  around: Surroundings;
  onChange: (panel: Json) => void;
}

/** The panel's type and all its options. */
export function OptionsPane(props: PaneProps) {
  const [search, setSearch] = createSignal("");
  const type = () => text(props.panel.type);
  const overrides = () => object(props.panel.fieldConfig).overrides;
  return (
    <aside class="options-pane" aria-label="Options">
      <Visualizations panel={props.panel} onChange={props.onChange} />
      <SearchBox name="Search options" value={search()} onInput={setSearch} />
      <Sections sections={sectionsOf(type())} target={props.target} around={props.around} search={search()} />
      <Show when={panelTypeOf(type())?.fields && "overrides".includes(search().trim().toLowerCase())}>
        <Fold name="Overrides">
          {() => (
            <Overrides
              type={type()}
              value={overrides()}
              around={props.around}
              onChange={(next) => props.target.write("fieldConfig.overrides", next)}
            />
          )}
        </Fold>
      </Show>
    </aside>
  );
}

/** The type that the panel has, and all it could have. */
function Visualizations(props: { panel: Json; onChange: (panel: Json) => void }) {
  const [open, setOpen] = createSignal(false);
  const [typed, setTyped] = createSignal("");
  let known: Remembered = new Map();
  const type = () => text(props.panel.type);
  const name = () => panelTypeOf(type())?.name ?? type();
  const found = () => PANEL_TYPES.filter((one) => `${one.name} ${one.says}`.toLowerCase().includes(typed().trim().toLowerCase()));
  const pick = (id: string) => {
    setOpen(false);
    setTyped("");
    if (id === type()) return;
    known = remember(known, props.panel);
    props.onChange(asType(props.panel, id, known));
  };
  return (
    <>
      <button type="button" class="button" aria-expanded={open()} aria-label={`Visualization: ${name()}`} onClick={() => setOpen(!open())}>
        <Icon name="explore" />
        {name()}
        <Icon name={open() ? "up" : "down"} />
      </button>
      <Show when={open()}>
        <SearchBox name="Search visualizations" onInput={setTyped} />
        <div class="visualizations">
          <For each={found()}>
            {(one) => (
              <button type="button" aria-pressed={one.id === type()} onClick={() => pick(one.id)}>
                <strong>{one.name}</strong>
                <span class="muted">{one.says}</span>
              </button>
            )}
          </For>
        </div>
      </Show>
    </>
  );
}
