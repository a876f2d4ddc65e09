import { createEffect, createSignal, For, on, onCleanup, Show, untrack, type Accessor } from "solid-js";
import { mode } from "../../app/theme";
import type { Annotation } from "../../chart/annotation";
import type { AnnotationQuery, Dashboard } from "../../model/dashboard";
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
}

interface Inputs {
  dashboard: Dashboard;
  range: Accessor<TimeRange>;
  ready: Accessor<boolean>;
  scope: Scope;
}

export function createAnnotations({ dashboard, range, ready, scope }: Inputs): Annotations {
  const [active, setActive] = createSignal<ReadonlySet<AnnotationQuery>>(new Set(dashboard.annotations.filter((query) => query.enable)));
  const [shown, setShown] = createSignal<readonly Annotation[]>([]);
  createEffect(
    on([range, ready, active, mode], ([span, start, queries]) => {
      if (!start || queries.size === 0) return void setShown([]);
      const abort = new AbortController();
      onCleanup(() => abort.abort());
      // A query that fails marks nothing; panels are not held up by it.
      const loads = [...queries].map((query) =>
        loadAnnotations(query, span, (name) => untrack(() => scope(name)), abort.signal)
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
