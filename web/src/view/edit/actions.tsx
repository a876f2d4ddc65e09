import { createSignal, onCleanup, Show } from "solid-js";
import { navigate, place, setQuery } from "../../app/router";
import { createShortcuts, isTyping } from "../../app/keys";
import type { Document } from "../../edit/document";
import { Dialog } from "../../ui/dialog";
import { Icon } from "../../ui/icon";
import { Popover } from "../../ui/popover";
import { AddMenu } from "./add";
import { SaveDialog } from "./save/dialog";
import "./actions.css";

/** The tools of a dashboard that is being edited. */
export default function EditActions(props: { document: Document }) {
  const { document } = props;
  const [saving, setSaving] = createSignal(false);
  const onGrid = () => !place().query.has("editPanel") && !place().query.has("editview");
  createShortcuts(() => [{ keys: "d s", does: "Settings", run: () => setQuery({ editview: "settings" }) }]);
  const keys = (event: KeyboardEvent) => {
    if (!(event.ctrlKey || event.metaKey) || window.document.querySelector("dialog[open]")) return;
    const run = event.key === "s" ? () => setSaving(true) : isTyping(event) ? undefined : undoOrRedo(event, document);
    if (!run) return;
    event.preventDefault();
    run();
  };
  window.addEventListener("keydown", keys);
  onCleanup(() => window.removeEventListener("keydown", keys));
  return (
    <div class="edit-actions" role="toolbar" aria-label="Editing">
      <Show when={onGrid()}>
        <Popover
          label={
            <>
              <Icon name="plus" />
              Add
            </>
          }
        >
          {(close) => <AddMenu document={document} close={close} />}
        </Popover>
        <button type="button" class="button" onClick={() => setQuery({ editview: "settings" })}>
          <Icon name="settings" />
          Settings
        </button>
      </Show>
      <button type="button" class="icon-button" aria-label="Undo" title="Undo" disabled={!document.canUndo()} onClick={document.undo}>
        <Icon name="undo" />
      </button>
      <button type="button" class="icon-button" aria-label="Redo" title="Redo" disabled={!document.canRedo()} onClick={document.redo}>
        <Icon name="redo" />
      </button>
      <button type="button" class="button button-primary" onClick={() => setSaving(true)}>
        <Icon name="save" />
        Save
      </button>
      <ExitButton document={document} />
      <Show when={saving()}>
        <SaveDialog document={document} onClose={() => setSaving(false)} />
      </Show>
    </div>
  );
}

function undoOrRedo(event: KeyboardEvent, document: Document): (() => void) | undefined {
  const key = event.key.toLowerCase();
  if (key === "y" || (key === "z" && event.shiftKey)) return document.redo;
  return key === "z" ? document.undo : undefined;
}

/** Ends editing; changes are thrown away only when that is confirmed. */
function ExitButton(props: { document: Document }) {
  const { document } = props;
  const [asking, setAsking] = createSignal(false);
  const leave = () => {
    setAsking(false);
    document.discard();
    if (document.meta().isNew) return navigate("/dashboards");
    document.setEditing(false);
    setQuery({ editPanel: null, editview: null });
  };
  return (
    <>
      <button type="button" class="button" onClick={() => (document.dirty() ? setAsking(true) : leave())}>
        {document.dirty() ? "Discard" : "Exit edit"}
      </button>
      <Show when={asking()}>
        <Dialog title="Discard changes to dashboard?" onClose={() => setAsking(false)}>
          <p>You have unsaved changes to this dashboard. Are you sure you want to discard them?</p>
          <div class="dialog-actions">
            <button type="button" class="button" onClick={() => setAsking(false)}>
              Cancel
            </button>
            <button type="button" class="button button-danger" onClick={leave}>
              Discard
            </button>
          </div>
        </Dialog>
      </Show>
    </>
  );
}
