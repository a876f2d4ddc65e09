import { createSignal, For, onCleanup, Show } from "solid-js";
import { addSnapshot } from "../../api/snapshots";
import { placed } from "../../base";
import { text } from "../../json";
import { createActing } from "../people/act";
import { Field } from "../edit/field";
import { Failure } from "../people/form";
import { capture, type Captured } from "./capture";
import { Address } from "./link";

const HOUR_S = 3600;

/** How long a snapshot is kept, in seconds; 0 is for ever. */
const LIFETIMES = [
  { seconds: HOUR_S, name: "1 hour" },
  { seconds: 24 * HOUR_S, name: "1 day" },
  { seconds: 7 * 24 * HOUR_S, name: "1 week" },
  { seconds: 0, name: "Never" },
] as const;

/** Keeps what the dashboard shows, for whoever gets the link. */
export function SnapshotTab(props: { captured: Captured }) {
  const [name, setName] = createSignal(text(props.captured.json.title));
  const [seconds, setSeconds] = createSignal(7 * 24 * HOUR_S);
  const [key, setKey] = createSignal("");
  const acting = createActing();
  const abort = new AbortController();
  onCleanup(() => abort.abort());
  const publish = () =>
    acting.act(async () => setKey(await addSnapshot(await capture(props.captured, abort.signal), name().trim(), seconds())));
  return (
    <Show
      when={key()}
      fallback={
        <form
          class="share-form"
          onSubmit={(event) => {
            event.preventDefault();
            void publish();
          }}
        >
          <p class="muted">
            A snapshot keeps what all panels show now, without their queries and links to data sources. Whoever has its link sees it, logged
            in or not.
          </p>
          <Field name="Snapshot name">
            {(id) => <input id={id} type="text" required value={name()} onInput={(event) => setName(event.currentTarget.value)} />}
          </Field>
          <Field name="Expire">
            {(id) => (
              <select id={id} value={seconds()} onChange={(event) => setSeconds(Number(event.currentTarget.value))}>
                <For each={LIFETIMES}>{(one) => <option value={one.seconds}>{one.name}</option>}</For>
              </select>
            )}
          </Field>
          <Failure acting={acting} />
          <div class="dialog-actions">
            <a class="button" href={placed("/dashboard/snapshots")}>
              All snapshots
            </a>
            <button type="submit" class="button button-primary" disabled={acting.busy()}>
              {acting.busy() ? "Taking the snapshot…" : "Publish snapshot"}
            </button>
          </div>
        </form>
      }
    >
      {(made) => (
        <>
          <p role="status">The snapshot is there. Anybody who has this link can look at it.</p>
          <Address name="Link of the snapshot" address={`${window.location.origin}${placed(`/dashboard/snapshot/${made()}`)}`} />
        </>
      )}
    </Show>
  );
}
