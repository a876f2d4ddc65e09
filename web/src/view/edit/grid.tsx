import { createMemo, createSignal, For, Show } from "solid-js";
import type { Document } from "../../edit/document";
import { duplicatePanel, itemsOf, placePanels, removePanel, toggleRow } from "../../edit/panels";
import { type Item, moveItem, resizeItem, stepItem } from "../../edit/place";
import type { Panel } from "../../model/dashboard";
import { layOut, type Placed, type RepeatValues } from "../../model/grid";
import { createNarrow } from "../../ui/narrow";
import type { DashboardContext } from "../dashboard/context";
import { PanelFrame } from "../dashboard/panel-frame";
import { RowHead } from "../dashboard/row-head";
import { AddPanels } from "./add";
import { copyPanel } from "./copied";
import { createDrag, gridUnits } from "./drag";
import { PanelTools, ResizeHandle } from "./panel-tools";
import { RowTools } from "./row-tools";
import "./grid.css";

interface GridProps {
  document: Document;
  context: DashboardContext;
  panels: readonly Panel[];
  repeatValues: RepeatValues;
}

/** A panel on the grid; `copy` for all but the first of those that a repeat makes of one. */
interface Shown extends Placed {
  key: string;
  copy: boolean;
}

/**
 * The grid while it is edited: panels are moved by their heads, resized by their corners, both by the keyboard too. What a
 * repeat adds is drawn as readers will see it, and changes with its original.
 */
export default function EditGrid(props: GridProps) {
  const { document } = props;
  let box!: HTMLDivElement;
  const items = createMemo(() => itemsOf(document.json()));
  const [draft, setDraft] = createSignal<Item[]>();
  const [said, setSaid] = createSignal("");
  const narrow = createNarrow();

  const places = createMemo(() => new Map((draft() ?? items()).map((item) => [item.id, item])));
  const shown = createMemo(() => told(layOut(at(props.panels, places()), (row) => row.collapsed, props.repeatValues)));
  const byKey = createMemo(() => new Map(shown().map((one) => [one.key, one])));
  const put = (next: readonly Item[], id: number) => {
    document.change(placePanels(document.json(), next), `place ${id}`);
    const item = next.find((one) => one.id === id);
    if (item) setSaid(`Column ${item.x + 1}, row ${item.y + 1}, ${item.w} wide, ${item.h} high`);
  };
  const drag = createDrag({
    units: () => gridUnits(box),
    onMove: ({ id, kind, from, dx, dy }) => {
      const to = { x: from.x + dx, y: from.y + dy };
      setDraft(kind === "move" ? moveItem(items(), id, to) : resizeItem(items(), id, { w: from.w + dx, h: from.h + dy }));
    },
    onEnd: (id, keep) => {
      const next = draft();
      setDraft(undefined);
      if (keep && next) put(next, id);
    },
  });
  const key = (event: KeyboardEvent, id: number, resizes: boolean) => {
    const next = byArrow(event, items(), id, resizes);
    if (!next) return;
    event.preventDefault();
    put(next, id);
  };
  const duplicate = (id: number) => document.change(duplicatePanel(document.json(), id).json);

  return (
    <>
      <div
        class="grid editing"
        classList={{ "grid-narrow": narrow(), "grid-dragged": draft() !== undefined }}
        ref={(element) => {
          box = element;
        }}
      >
        <For each={shown().map(({ key }) => key)}>
          {(key) => {
            const first = byKey().get(key) as Shown;
            const now = () => byKey().get(key) ?? first;
            if (first.panel.type === "row") return rowHead(now);
            return first.copy ? <PanelFrame panel={now().panel} place={now().place} context={props.context} /> : frame(now);
          }}
        </For>
      </div>
      <Show when={items().length === 0}>
        <AddPanels document={document} />
      </Show>
      <div class="sr-only" role="status">
        {said()}
      </div>
    </>
  );

  function frame(shown: () => Shown) {
    const panel = () => shown().panel;
    const { id } = panel();
    const start = (kind: "move" | "resize") => (event: PointerEvent) => {
      const item = places().get(id);
      if (item && !narrow()) drag(event, kind, item);
    };
    return (
      <PanelFrame
        panel={panel()}
        place={shown().place}
        context={props.context}
        tools={
          <PanelTools
            panel={panel()}
            onDrag={start("move")}
            onKey={(event) => key(event, id, event.shiftKey)}
            onStep={narrow() ? (direction) => put(stepItem(items(), id, direction), id) : undefined}
            onEdit={() => props.context.edit?.(panel())}
            onDuplicate={() => duplicate(id)}
            onCopy={() => copyPanel(panel().source)}
            onRemove={() => document.change(removePanel(document.json(), id))}
          />
        }
        corner={<ResizeHandle title={panel().title} onDrag={start("resize")} onKey={(event) => key(event, id, true)} />}
      />
    );
  }

  function rowHead(shown: () => Shown) {
    const row = () => shown().panel;
    return (
      <RowHead
        panel={row()}
        place={shown().place}
        folded={row().collapsed}
        context={props.context}
        onToggle={() => document.change(toggleRow(document.json(), row().id))}
        tools={
          <Show when={!shown().copy}>{<RowTools row={row()} document={document} variables={props.context.dashboard.variables} />}</Show>
        }
      />
    );
  }
}

/** The panels where they are while one of them is dragged. */
function at(panels: readonly Panel[], places: ReadonlyMap<number, Item>): Panel[] {
  return panels.map((panel) => {
    const item = places.get(panel.id);
    const { x, y, w, h } = item ?? panel.gridPos;
    const same = panel.gridPos.x === x && panel.gridPos.y === y && panel.gridPos.w === w && panel.gridPos.h === h;
    return same ? panel : { ...panel, gridPos: { x, y, w, h } };
  });
}

/** The originals, each under the same key whatever its variable holds, and the copies. */
function told(placed: readonly Placed[]): Shown[] {
  const seen = new Set<number>();
  return placed.map(({ panel, place }) => {
    const copy = seen.has(panel.id);
    seen.add(panel.id);
    return { panel, place, copy, key: copy ? panel.key : `panel ${panel.id}` };
  });
}

/** What an arrow makes of the places; nothing for other keys. */
function byArrow(event: KeyboardEvent, items: readonly Item[], id: number, resizes: boolean): Item[] | undefined {
  const item = items.find((one) => one.id === id);
  const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
  if (!item || !step) return undefined;
  const [dx = 0, dy = 0] = step;
  if (resizes) return resizeItem(items, id, { w: item.w + dx, h: item.h + dy });
  return dy ? stepItem(items, id, dy < 0 ? "up" : "down") : moveItem(items, id, { x: item.x + dx, y: item.y });
}
