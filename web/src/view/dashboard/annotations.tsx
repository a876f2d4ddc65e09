import { createEffect, createSignal, For, on, onCleanup, Show, untrack, type Accessor } from "solid-js";
import type { DataSource } from "../../api/data-sources";
import { mode } from "../../app/theme";
import type { Annotation } from "../../chart/annotation";
import { addAnnotation, changeAnnotation, deleteAnnotation } from "../../api/annotations";
import type { AnnotationQuery, Dashboard, Panel } from "../../model/dashboard";
import type { Notes } from "../../panel/props";
import { loadAnnotations } from "../../query/annotations";
import { namedColor } from "../../theme/palette";
import type { TimeRange } from "../../time/range";
import type { Scope } from "../../variable/interpolate";

export interface Annotations {
  /** What happened within the range. */
  shown: Accessor<readonly Annotation[]>;
  /** The queries that the reader may switch, and which of them are on. */
  switches: readonly AnnotationQuery[];
  isOn: (query: AnnotationQuery) => boolean;
  toggle: (query: AnnotationQuery) => void;
  /** Asks anew, after one was made or deleted. */
  refresh: () => void;
}

interface Inputs {
  dashboard: Dashboard;
  range: Accessor<TimeRange>;
  ready: Accessor<boolean>;
  scope: Scope;
  sources: readonly DataSource[];
  /** What a snapshot keeps; nothing is asked then. */
  frozen: readonly Annotation[] | undefined;
}

export function createAnnotations({ dashboard, range, ready, scope, sources, frozen }: Inputs): Annotations {
  if (frozen) return { shown: () => frozen, switches: [], isOn: () => true, toggle: () => undefined, refresh: () => undefined };
  const [active, setActive] = createSignal<ReadonlySet<AnnotationQuery>>(new Set(dashboard.annotations.filter((query) => query.enable)));
  const [shown, setShown] = createSignal<readonly Annotation[]>([]);
  const [changes, setChanges] = createSignal(0);
  createEffect(
    on([range, ready, active, mode, changes], ([span, start, queries]) => {
      if (!start || queries.size === 0) return void setShown([]);
      const abort = new AbortController();
      onCleanup(() => abort.abort());
      // A query that fails marks nothing; panels are not held up by it.
      const loads = [...queries].map((query) =>
        loadAnnotations(
          query,
          { range: span, sources, scope: (name) => untrack(() => scope(name)), dashboardUid: dashboard.uid },
          abort.signal,
        )
          .then((found) => found.map((one) => ({ ...one, color: namedColor(mode(), query.color) })))
          .catch(() => []),
      );
      void Promise.all(loads).then((found) => !abort.signal.aborted && setShown(found.flat()));
    }),
  );
  return {
    shown,
    switches: dashboard.annotations.filter((query) => !query.hide),
    isOn: (query) => active().has(query),
    toggle: (query) => {
      const next = new Set(active());
      if (!next.delete(query)) next.add(query);
      setActive(next);
    },
    refresh: () => setChanges(changes() + 1),
  };
}

/** What a panel may do to the annotations of its dashboard. */
export function panelNotes(dashboardUid: string, panel: Panel, refresh: () => void): Notes {
  return {
    add: async (note) => {
      await addAnnotation({ ...note, dashboardUid, panelId: Number(panel.id) || 0 });
      refresh();
    },
    change: async (id, remark) => {
      await changeAnnotation(id, remark);
      refresh();
    },
    remove: async (id) => {
      await deleteAnnotation(id);
      refresh();
    },
  };
}

/** Switches for the annotations, beside the variables. */
export function AnnotationSwitches(props: { annotations: Annotations }) {
  return (
    <Show when={props.annotations.switches.length}>
      <div class="variables" role="group" aria-label="Annotations">
        <For each={props.annotations.switches}>
          {(query) => (
            <label class="annotation-switch">
              <input type="checkbox" checked={props.annotations.isOn(query)} onChange={() => props.annotations.toggle(query)} />
              {query.name}
            </label>
          )}
        </For>
      </div>
    </Show>
  );
}
