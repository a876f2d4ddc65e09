import { createMemo, createSignal, For, Show } from "solid-js";
import type { Document } from "../../edit/document";
import { duplicatePanel, itemsOf, placePanels, removePanel, toggleRow } from "../../edit/panels";
import { type Item, moveItem, resizeItem, stepItem } from "../../edit/place";
import type { Panel } from "../../model/dashboard";
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
}

/** The grid while it is edited: panels are moved by their heads, resized by their corners, both by the keyboard too. */
export default function EditGrid(props: GridProps) {
  const { document } = props;
  let box!: HTMLDivElement;
  const items = createMemo(() => itemsOf(document.json()));
  const [draft, setDraft] = createSignal<Item[]>();
  const [said, setSaid] = createSignal("");
  const narrow = createNarrow();

  const byId = createMemo(() => new Map(props.panels.map((panel) => [panel.id, panel])));
  const places = createMemo(() => new Map((draft() ?? items()).map((item) => [item.id, item])));
  const ids = createMemo(() => items().map(({ id }) => id), [], { equals: (a, b) => a.join() === b.join() });
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
    const next = byKey(event, items(), id, resizes);
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
        <For each={ids()}>
          {(id) => (
            <Show when={byId().get(id)?.type === "row"} fallback={<Show when={byId().get(id)}>{(panel) => frame(panel)}</Show>}>
              <Show when={byId().get(id)}>{(row) => rowHead(row)}</Show>
            </Show>
          )}
        </For>
      </div>
      <Show when={ids().length === 0}>
        <AddPanels document={document} />
      </Show>
      <div class="sr-only" role="status">
        {said()}
      </div>
    </>
  );

  function frame(panel: () => Panel) {
    const { id } = panel();
    const place = () => places().get(id) ?? panel().gridPos;
    const start = (kind: "move" | "resize") => (event: PointerEvent) => {
      const item = places().get(id);
      if (item && !narrow()) drag(event, kind, item);
    };
    return (
      <PanelFrame
        panel={panel()}
        place={place()}
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

  function rowHead(row: () => Panel) {
    const { id } = row();
    return (
      <RowHead
        panel={row()}
        place={places().get(id) ?? row().gridPos}
        folded={row().collapsed}
        context={props.context}
        onToggle={() => document.change(toggleRow(document.json(), id))}
        tools={<RowTools row={row()} document={document} variables={props.context.dashboard.variables} />}
      />
    );
  }
}

/** What an arrow makes of the places; nothing for other keys. */
function byKey(event: KeyboardEvent, items: readonly Item[], id: number, resizes: boolean): Item[] | undefined {
  const item = items.find((one) => one.id === id);
  const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
  if (!item || !step) return undefined;
  const [dx = 0, dy = 0] = step;
  if (resizes) return resizeItem(items, id, { w: item.w + dx, h: item.h + dy });
  return dy ? stepItem(items, id, dy < 0 ? "up" : "down") : moveItem(items, id, { x: item.x + dx, y: item.y });
}
