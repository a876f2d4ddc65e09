import { createMemo, createSignal, Match, Show, Switch } from "solid-js";
import { createFolder, saveDashboard } from "../../../api/library";
import { ApiError, messageOf } from "../../../api/http";
import { navigate, place } from "../../../app/router";
import { diff } from "../../../edit/diff";
import { withCurrentTime, withCurrentValues } from "../../../edit/defaults";
import type { Document } from "../../../edit/document";
import { lossOnSaving, storedForm } from "../../../edit/stored-form";
import { type Json, text } from "../../../json";
import { resourceOf } from "../../../model/classic";
import { Dialog } from "../../../ui/dialog";
import { Notice } from "../../../ui/notice";
import { Changes } from "../changes";
import { Conflict } from "./conflict";
import { ReadOnly } from "./read-only";
import { SaveForm, type SaveChoice } from "./form";
import "./save.css";

interface SaveProps {
  document: Document;
  onClose: () => void;
  onSaved?: () => void;
}

/** Saves the dashboard, or a copy; says what kept it from being saved, and what can be done about that. */
export function SaveDialog(props: SaveProps) {
  const { document } = props;
  const { isNew, canSave } = document.meta();
  const [choice, setChoice] = createSignal<SaveChoice>({
    copy: isNew,
    title: text(document.json().title),
    folderUid: document.meta().folderUid,
    newFolder: undefined,
    message: "",
    withTime: false,
    withValues: false,
  });
  const [saving, setSaving] = createSignal(false);
  const [failure, setFailure] = createSignal<ApiError>();
  const toSave = createMemo(() => prepared(document, choice()));
  const changes = createMemo(() => diff(document.base(), toSave()));
  const save = async (overwrite: boolean) => {
    setSaving(true);
    setFailure(undefined);
    try {
      await put(document, toSave(), choice(), overwrite);
      props.onClose();
      props.onSaved?.();
    } catch (cause) {
      setFailure(cause instanceof ApiError ? cause : new ApiError(messageOf(cause), 0));
    }
    setSaving(false);
  };
  const conflict = () => (failure()?.status === 412 ? failure() : undefined);
  return (
    <Dialog title={choice().copy && !isNew ? "Save dashboard copy" : "Save dashboard"} onClose={props.onClose}>
      <Switch>
        <Match when={conflict()}>
          {(found) => (
            <Conflict failure={found()} document={document} onOverwrite={() => void save(true)} onCancel={() => setFailure(undefined)} />
          )}
        </Match>
        <Match when={!canSave && !choice().copy}>
          <ReadOnly document={document} onCopy={() => setChoice({ ...choice(), copy: true, title: `${choice().title} Copy` })} />
        </Match>
        <Match when={true}>
          <form
            class="save"
            onSubmit={(event) => {
              event.preventDefault();
              void save(false);
            }}
          >
            <SaveForm choice={choice()} document={document} onChange={(part) => setChoice({ ...choice(), ...part })} />
            <Show when={!isNew && changes().length}>
              <details>
                <summary>{changes().length === 1 ? "1 change" : `${changes().length} changes`}</summary>
                <Changes changes={changes()} />
              </details>
            </Show>
            <Show when={lossOnSaving(toSave(), document.meta().resource)}>
              {(loss) => <Notice kind="warning" title="Not all of this V2 dashboard is kept" text={loss()} />}
            </Show>
            <Show when={failure()}>{(found) => <Notice kind="error" title="It was not saved" text={found().message} />}</Show>
            <div class="dialog-actions">
              <button type="button" class="button" onClick={props.onClose}>
                Cancel
              </button>
              <Show when={!choice().copy}>
                <button
                  type="button"
                  class="button"
                  onClick={() => setChoice({ ...choice(), copy: true, title: `${choice().title} Copy` })}
                >
                  Save as copy
                </button>
              </Show>
              <button type="submit" class="button button-primary" disabled={saving() || !choice().title.trim()}>
                {saving() ? "Saving…" : "Save"}
              </button>
            </div>
          </form>
        </Match>
      </Switch>
    </Dialog>
  );
}

/** The dashboard as it will be sent. */
function prepared(document: Document, choice: SaveChoice): Json {
  const { query } = place();
  const timed = choice.withTime ? withCurrentTime(document.json(), query) : document.json();
  const json = choice.withValues ? withCurrentValues(timed, query) : timed;
  if (choice.copy) return { ...json, id: null, uid: document.meta().isNew ? json.uid : "", version: 0, title: choice.title.trim() };
  return { ...json, version: document.meta().version };
}

/** A copy opens in place of the dashboard, whose changes went into it. */
async function put(document: Document, dashboard: Json, choice: SaveChoice, overwrite: boolean): Promise<void> {
  const { isNew } = document.meta();
  const folder = choice.newFolder === undefined ? undefined : await createFolder(choice.newFolder.trim());
  const folderUid = folder?.uid ?? (choice.copy ? choice.folderUid : document.meta().folderUid);
  const kept = storedForm(dashboard, document.meta().resource);
  const saved = await saveDashboard({ dashboard: kept, folderUid, message: choice.message, overwrite });
  const { id, uid, version } = saved;
  const known = uid === document.base().uid;
  document.saved({ ...dashboard, id, uid, version }, { ...document.meta(), folderUid, version, isNew: false, resource: resourceOf(kept) });
  if (!known) navigate(saved.url, { replace: isNew });
}
