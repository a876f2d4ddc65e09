import { createResource, Show } from "solid-js";
import { messageOf } from "../../api/http";
import { expiryMs, loadSnapshot, type Snapshot } from "../../api/snapshots";
import { createDocument } from "../../edit/document";
import { readClassic } from "../../model/read";
import { dateTime } from "../../time/clock";
import { Notice } from "../../ui/notice";
import { DashboardView } from "../dashboard/dashboard-view";
import { NEW } from "../dashboard/meta";
import "../dashboard/dashboard.css";
import "./snapshot.css";

/** `/dashboard/snapshot/KEY`: a dashboard with the data that it showed. */
export default function SnapshotPage(props: { snapshotKey: string }) {
  const [loaded] = createResource(() => props.snapshotKey, loadSnapshot);
  return (
    <Show when={!loaded.error} fallback={<Notice kind="error" title="This snapshot cannot be opened" text={messageOf(loaded.error)} />}>
      <Show when={loaded()} keyed>
        {(found) => <OpenSnapshot snapshot={found} />}
      </Show>
    </Show>
  );
}

function OpenSnapshot(props: { snapshot: Snapshot }) {
  const { json, created } = props.snapshot;
  const ends = expiryMs(props.snapshot);
  const said = `Snapshot of ${dateTime(Date.parse(created))}${ends === undefined ? "" : `, kept until ${dateTime(ends)}`}`;
  return (
    <>
      <p class="snapshot-note">{said}</p>
      <DashboardView
        dashboard={readClassic({ ...json, uid: "" })}
        document={createDocument(json, { ...NEW, isNew: false })}
        sources={[]}
        frozen
      />
    </>
  );
}
