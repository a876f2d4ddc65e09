import { createSignal, onCleanup, Show } from "solid-js";
import { guardLeaving, navigate } from "../../app/router";
import type { Document } from "../../edit/document";
import { Dialog } from "../../ui/dialog";
import { SaveDialog } from "./save/dialog";

/** Asks before unsaved changes are left behind, by a link or by closing the page. */
export default function LeaveGuard(props: { document: Document }) {
  const [wanted, setWanted] = createSignal<string>();
  const [saving, setSaving] = createSignal(false);
  const release = guardLeaving((next) => {
    if (!props.document.dirty()) return true;
    setWanted(next);
    return false;
  });
  const warn = (event: BeforeUnloadEvent) => event.preventDefault();
  window.addEventListener("beforeunload", warn);
  onCleanup(() => {
    release();
    window.removeEventListener("beforeunload", warn);
  });
  const go = () => {
    const next = wanted();
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
