import { createEffect, createMemo, createSignal, For, Show } from "solid-js";
import type { Panel } from "../../model/dashboard";
import { layOut, type Placed } from "../../model/grid";
import { createNarrow } from "../../ui/narrow";
import { Notice } from "../../ui/notice";
import type { DashboardContext } from "./context";
import { PanelFrame } from "./panel-frame";
import { viewedPanel } from "./panel-menu";
import { RowHead } from "./row-head";

/** The panel that the address shows alone, over the whole page; all panels without one. */
function alone(placed: readonly Placed[]): Placed[] {
  const id = viewedPanel();
  const found = id === undefined ? undefined : placed.find(({ panel }) => panel.type !== "row" && String(panel.id) === id);
  return found
    ? [{ panel: found.panel, place: { x: 0, y: 0, w: 24, h: Math.max(8, Math.floor((window.innerHeight - 150) / 38)) } }]
    : [...placed];
}

interface GridProps {
  panels: readonly Panel[];
  context: DashboardContext;
  repeatValues: (name: string) => string[];
  /** The last wish to open or fold all rows. */
  foldAll: { folded: boolean } | undefined;
}

/** The panels, each at its place. */
export function Grid(props: GridProps) {
  createEffect(() => {
    const wish = props.foldAll;
    if (wish) setToggled(new Set(props.panels.filter((row) => row.type === "row" && row.collapsed !== wish.folded).map((row) => row.key)));
  });
  const [toggled, setToggled] = createSignal<ReadonlySet<string>>(new Set());
  const narrow = createNarrow();
  const isFolded = (row: Panel) => row.collapsed !== toggled().has(row.key);
  const toggle = (row: Panel) => {
    const next = new Set(toggled());
    if (!next.delete(row.key)) next.add(row.key);
    setToggled(next);
  };
  const placed = createMemo(() => alone(layOut(props.panels, viewedPanel() ? () => false : isFolded, props.repeatValues)));
  const byKey = createMemo(() => new Map(placed().map((one) => [one.panel.key, one])));
  return (
    <div class="grid" classList={{ "grid-narrow": narrow() }}>
      <For each={placed().map((one) => one.panel.key)}>
        {(key) => {
          // Keys are unique and stay the same, so a panel keeps its picture when others move.
          const first = byKey().get(key) as Placed;
          const now = () => byKey().get(key) ?? first;
          return first.panel.type === "row" ? (
            <RowHead
              panel={now().panel}
              place={now().place}
              folded={isFolded(now().panel)}
              context={props.context}
              onToggle={() => toggle(now().panel)}
            />
          ) : (
            <PanelFrame panel={now().panel} place={now().place} context={props.context} />
          );
        }}
      </For>
      <Show when={placed().length === 0}>
        <Notice kind="info" title="This dashboard has no panels" />
      </Show>
    </div>
  );
}
