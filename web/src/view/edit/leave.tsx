import { createEffect, createSignal, on, onCleanup, Show } from "solid-js";
import { guardLeaving, navigate } from "../../app/router";
import { login } from "../../app/session";
import type { Document } from "../../edit/document";
import { dropDraft, keepDraft } from "../../edit/draft";
import { text } from "../../json";
import { Dialog } from "../../ui/dialog";
import { SaveDialog } from "./save/dialog";

/** How long after a change it is kept in the browser, ms: typing is not written letter by letter. */
const KEEP_MS = 400;

/** Asks before unsaved changes are left behind, by a link or by closing the page, and keeps them for that case. */
export default function LeaveGuard(props: { document: Document }) {
  const [wanted, setWanted] = createSignal<string>();
  const [saving, setSaving] = createSignal(false);
  const release = guardLeaving((next) => {
    if (!props.document.dirty()) return true;
    setWanted(next);
    return false;
  });
  const who = login();
  const uid = text(props.document.base().uid);
  const keep = () => {
    const { version } = props.document.meta();
    keepDraft({ uid, login: who, version, at: Date.now(), json: props.document.json() });
  };
  const warn = (event: BeforeUnloadEvent) => {
    event.preventDefault();
    keep();
  };
  window.addEventListener("beforeunload", warn);
  createEffect(
    on(props.document.json, () => {
      const timer = window.setTimeout(keep, KEEP_MS);
      onCleanup(() => window.clearTimeout(timer));
    }),
  );
  onCleanup(() => {
    if (!props.document.dirty()) dropDraft(uid, who);
    release();
    window.removeEventListener("beforeunload", warn);
  });
  const go = () => {
    const next = wanted();
    dropDraft(uid, who);
    release();
    if (next) navigate(next);
  };
  return (
    <>
      <Show when={wanted() && !saving()}>
        <Dialog title="Unsaved changes" onClose={() => !saving() && setWanted(undefined)}>
          <p>Do you want to save your changes?</p>
          <div class="dialog-actions">
            <button type="button" class="button" onClick={() => setWanted(undefined)}>
              Cancel
            </button>
            <button type="button" class="button button-danger" onClick={go}>
              Discard
            </button>
            <button type="button" class="button button-primary" onClick={() => setSaving(true)}>
              Save dashboard
            </button>
          </div>
        </Dialog>
      </Show>
      <Show when={saving()}>
        <SaveDialog
          document={props.document}
          onSaved={go}
          onClose={() => {
            setSaving(false);
            setWanted(undefined);
          }}
        />
      </Show>
    </>
  );
}
