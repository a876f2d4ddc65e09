import { lazy, Show, Suspense } from "solid-js";
import { starred, toggleStar } from "../../app/bookmarks";
import type { Document } from "../../edit/document";
import { Icon } from "../../ui/icon";
import { TimeControls } from "../../ui/time/controls";
import type { Clock } from "./clock";
import type { DashboardContext } from "./context";
import { DashboardLinks } from "./links";

const EditActions = lazy(() => import("../edit/actions"));

interface ToolbarProps {
  context: DashboardContext;
  clock: Clock;
  document: Document;
  mayChange: boolean;
}

/** A dashboard's name, and what can be done with the whole of it. */
export function Toolbar(props: ToolbarProps) {
  const { context, clock } = props;
  const { dashboard, frozen } = context;
  return (
    <div class="toolbar">
      <h1 title={dashboard.description || undefined}>{dashboard.title}</h1>
      <Show when={dashboard.uid} fallback={<span class="star" />}>
        <StarButton uid={dashboard.uid} />
      </Show>
      <DashboardLinks links={dashboard.links} context={context} />
      <Show when={props.mayChange}>
        <EditButton document={props.document} />
      </Show>
      <Show when={context.share}>
        {(share) => (
          <button type="button" class="icon-button" aria-label="Share" title="Share" onClick={() => share()()}>
            <Icon name="share" />
          </button>
        )}
      </Show>
      <TimeControls
        raw={clock.raw()}
        range={clock.range()}
        utc={dashboard.utc}
        refresh={frozen ? "" : clock.refresh()}
        onRange={clock.setRange}
        onRefresh={clock.setRefresh}
        onTick={clock.tick}
      />
    </div>
  );
}

/** Leads into editing; the tools for it are fetched then. */
function EditButton(props: { document: Document }) {
  const { document } = props;
  return (
    <Show
      when={document.editing() || document.dirty()}
      fallback={
        <button type="button" class="button" onClick={() => document.setEditing(true)}>
          <Icon name="edit" />
          Edit
        </button>
      }
    >
      <Suspense>
        <EditActions document={document} />
      </Suspense>
    </Show>
  );
}

function StarButton(props: { uid: string }) {
  const on = () => starred().includes(props.uid);
  const name = () => (on() ? "Take the star away" : "Star this dashboard");
  return (
    <button
      type="button"
      class="icon-button star"
      classList={{ "star-on": on() }}
      aria-pressed={on()}
      aria-label={name()}
      title={name()}
      onClick={() => toggleStar(props.uid)}
    >
      <Icon name="star" />
    </button>
  );
}
