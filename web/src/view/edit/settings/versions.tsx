import { createResource, createSignal, For, Show } from "solid-js";
import { loadDashboard } from "../../../api/grafana";
import { messageOf } from "../../../api/http";
import { listVersions, loadVersion, restoreVersion, type Version } from "../../../api/library";
import { type Change, diff } from "../../../edit/diff";
import type { Document } from "../../../edit/document";
import { text } from "../../../json";
import { dateTime } from "../../../time/clock";
import { Dialog } from "../../../ui/dialog";
import { Notice } from "../../../ui/notice";
import { Changes } from "../changes";

/** What was saved before: two versions are compared, an older one is restored. */
export function Versions(props: { document: Document }) {
  const uid = () => text(props.document.base().uid);
  const [versions, { refetch }] = createResource(uid, listVersions);
  const [chosen, setChosen] = createSignal<readonly number[]>([]);
  const [compared, setCompared] = createSignal<{ from: number; to: number; changes: Change[] }>();
  const [restoring, setRestoring] = createSignal<Version>();
  const [failure, setFailure] = createSignal("");
  const listed = () => (versions.error ? [] : (versions() ?? []));
  const choose = (version: number, on: boolean) =>
    setChosen(on ? [...chosen(), version].slice(-2) : chosen().filter((one) => one !== version));
  const attempt = async (work: () => Promise<void>) => {
    try {
      setFailure("");
      await work();
    } catch (cause) {
      setFailure(messageOf(cause));
    }
  };
  const compare = () =>
    attempt(async () => {
      const [from = 0, to = 0] = [...chosen()].sort((a, b) => a - b);
      const [before, after] = await Promise.all([loadVersion(uid(), from), loadVersion(uid(), to)]);
      setCompared({ from, to, changes: diff(before, after) });
    });
  const restore = (version: number) =>
    attempt(async () => {
      setRestoring(undefined);
      await restoreVersion(uid(), version);
      const { json, meta } = await loadDashboard(uid());
      props.document.saved(json, meta);
      setCompared(undefined);
      setChosen([]);
      await refetch();
    });
  return (
    <>
      <h2>Versions</h2>
      <Show when={versions.error}>
        {(cause) => <Notice kind="error" title="The versions cannot be listed" text={messageOf(cause())} />}
      </Show>
      <Show when={failure()}>{(reason) => <Notice kind="error" title="That failed" text={reason()} />}</Show>
      <div class="versions-scroll">
        <table class="versions">
          <thead>
            <tr>
              <th scope="col">
                <span class="sr-only">Compare</span>
              </th>
              <th scope="col">Version</th>
              <th scope="col">Date</th>
              <th scope="col">Updated by</th>
              <th scope="col">Notes</th>
              <th scope="col" />
            </tr>
          </thead>
          <tbody>
            <For each={listed()}>
              {(version, index) => (
                <tr>
                  <td>
                    <input
                      type="checkbox"
                      aria-label={`Compare version ${version.version}`}
                      checked={chosen().includes(version.version)}
                      onChange={(event) => choose(version.version, event.currentTarget.checked)}
                    />
                  </td>
                  <td>{version.version}</td>
                  <td class="figure">{dateTime(Date.parse(version.created))}</td>
                  <td>{version.createdBy}</td>
                  <td>{version.message}</td>
                  <td>
                    <Show when={index() > 0} fallback={<span class="tag">Latest</span>}>
                      <button type="button" class="button" onClick={() => setRestoring(version)}>
                        Restore
                      </button>
                    </Show>
                  </td>
                </tr>
              )}
            </For>
          </tbody>
        </table>
      </div>
      <div class="settings-bar">
        <button type="button" class="button" disabled={chosen().length !== 2} onClick={() => void compare()}>
          Compare versions
        </button>
      </div>
      <Show when={compared()}>
        {(found) => (
          <section aria-label="Differences">
            <h2>
              Changes from version {found().from} to {found().to}
            </h2>
            <Changes changes={found().changes} />
          </section>
        )}
      </Show>
      <Show when={restoring()}>
        {(version) => (
          <Dialog title="Restore version" onClose={() => setRestoring(undefined)}>
            <p>
              Are you sure you want to restore the dashboard to version {version().version}? All unsaved changes will be lost. The present
              version stays in the history.
            </p>
            <div class="dialog-actions">
              <button type="button" class="button" onClick={() => setRestoring(undefined)}>
                Cancel
              </button>
              <button type="button" class="button button-danger" onClick={() => void restore(version().version)}>
                Yes, restore to version {version().version}
              </button>
            </div>
          </Dialog>
        )}
      </Show>
    </>
  );
}
