import { createResource, createSignal, For, onMount, Show } from "solid-js";
import { messageOf } from "../../api/http";
import { deleteSnapshot, expiryMs, listSnapshots, type SnapshotEntry } from "../../api/snapshots";
import { setTitle } from "../../app/title";
import { placed } from "../../base";
import { dateTime } from "../../time/clock";
import { Notice } from "../../ui/notice";
import { Confirm, DeleteButton } from "../people/form";

/** `/dashboard/snapshots`: what was kept for others, and until when. */
export default function SnapshotsPage() {
  const [snapshots, { refetch }] = createResource(listSnapshots);
  const [deleting, setDeleting] = createSignal<SnapshotEntry>();
  onMount(() => {
    setTitle("Snapshots");
  });
  const listed = () => (snapshots.error ? [] : (snapshots.latest ?? []));
  return (
    <div class="narrow">
      <div class="page-head">
        <h1>Snapshots</h1>
      </div>
      <p class="muted people-about">Dashboards with the data that they showed. Whoever has a snapshot's link sees it, logged in or not.</p>
      <Show when={snapshots.error}>{(cause) => <Notice kind="error" title="Snapshots cannot be listed" text={messageOf(cause())} />}</Show>
      <Show when={snapshots.state === "ready" && listed().length === 0}>
        <Notice kind="info" title="No snapshots yet" text="Share a dashboard to make one." />
      </Show>
      <ul class="people-rows">
        <For each={listed()}>
          {(snapshot) => (
            <li class="people-row people-pair">
              <span class="people-name">
                <a href={placed(`/dashboard/snapshot/${snapshot.key}`)}>{snapshot.name}</a>
                <span class="muted">{lifetime(snapshot)}</span>
              </span>
              <span class="people-end">
                <DeleteButton name={snapshot.name} onClick={() => setDeleting(snapshot)} />
              </span>
            </li>
          )}
        </For>
      </ul>
      <Show when={deleting()}>
        {(snapshot) => (
          <Confirm
            title="Delete snapshot"
            text={`Deletes ${snapshot().name}. Its link leads nowhere from then on.`}
            action="Delete"
            onClose={() => setDeleting()}
            onConfirm={async () => {
              await deleteSnapshot(snapshot().key);
              void refetch();
            }}
          />
        )}
      </Show>
    </div>
  );
}

function lifetime(snapshot: SnapshotEntry): string {
  const ends = expiryMs(snapshot);
  return `${dateTime(Date.parse(snapshot.created))} · ${ends === undefined ? "kept until it is deleted" : `kept until ${dateTime(ends)}`}`;
}
