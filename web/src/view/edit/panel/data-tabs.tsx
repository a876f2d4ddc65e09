import { createSignal, For, Match, Switch } from "solid-js";
import { type Json, objects, text } from "../../../json";
import { needsNoData } from "../../../panel/registry";
import type { DashboardContext } from "../../dashboard/context";
import type { PanelData } from "../../dashboard/loader";
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

/** What the panel asks, and what is made of the answers. */
export function DataTabs(props: DataProps) {
  const [tab, setTab] = createSignal<"queries" | "transformations">("queries");
  const tabs = () =>
    [
      { id: "queries", name: "Queries", count: objects(props.panel.targets).length },
      { id: "transformations", name: "Transformations", count: objects(props.panel.transformations).length },
    ] as const;
  return (
    <Switch>
      <Match when={!needsNoData(text(props.panel.type))}>
        <section class="data-tabs" aria-label="Data">
          <div class="tabs" role="tablist">
            <For each={tabs()}>
              {(one) => (
                <button type="button" role="tab" aria-selected={tab() === one.id} onClick={() => setTab(one.id)}>
                  {one.name} <span class="muted">{one.count}</span>
                </button>
              )}
            </For>
          </div>
          <Switch fallback={<Queries {...props} />}>
            <Match when={tab() === "transformations"}>
              <Transformations {...props} />
            </Match>
          </Switch>
        </section>
      </Match>
    </Switch>
  );
}
