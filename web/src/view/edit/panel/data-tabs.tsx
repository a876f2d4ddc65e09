import { createSignal, For, Match, Switch } from "solid-js";
import { isObject, type Json, objects, text } from "../../../json";
import { needsNoData } from "../../../panel/registry";
import type { DashboardContext } from "../../dashboard/context";
import type { PanelData } from "../../dashboard/loader";
import { JsonField } from "../option/json-field";
import type { OptionTarget, Surroundings } from "../option/target";
import { Queries } from "./queries";
import { Transformations } from "./transformations";

export interface DataProps {
  panel: Json;
  data: PanelData | undefined;
  target: OptionTarget;
  around: Surroundings;
  context: DashboardContext;
  onChange: (panel: Json, what?: string) => void;
}

/** What the panel asks, what is made of the answers, and the panel as it is stored. */
export function DataTabs(props: DataProps) {
  const asks = () => !needsNoData(text(props.panel.type));
  const [tab, setTab] = createSignal(asks() ? "queries" : "json");
  const shown = () => (asks() ? tab() : "json");
  const tabs = () => [
    ...(asks()
      ? [
          { id: "queries", name: "Queries", count: objects(props.panel.targets).length },
          { id: "transformations", name: "Transformations", count: objects(props.panel.transformations).length },
        ]
      : []),
    { id: "json", name: "JSON", count: undefined },
  ];
  // A panel keeps its id, by which the editor finds it.
  const replace = (next: unknown) => isObject(next) && props.onChange({ ...next, id: props.panel.id });
  return (
    <section class="data-tabs" aria-label="Data">
      <div class="tabs" role="tablist">
        <For each={tabs()}>
          {(one) => (
            <button type="button" role="tab" aria-selected={shown() === one.id} onClick={() => setTab(one.id)}>
              {one.name} <span class="muted">{one.count}</span>
            </button>
          )}
        </For>
      </div>
      <Switch>
        <Match when={shown() === "queries"}>
          <Queries {...props} />
        </Match>
        <Match when={shown() === "transformations"}>
          <Transformations {...props} />
        </Match>
        <Match when={shown() === "json"}>
          <JsonField name="Panel JSON" rows={20} value={props.panel} onChange={replace} />
        </Match>
      </Switch>
    </section>
  );
}
