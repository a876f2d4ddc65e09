import { createSignal, Show } from "solid-js";
import { messageOf } from "../../../api/http";
import { deleteDashboard } from "../../../api/library";
import { navigate } from "../../../app/router";
import type { Document } from "../../../edit/document";
import { GENERAL, TIME } from "../../../edit/option/dashboard";
import { text, texts } from "../../../json";
import { Dialog } from "../../../ui/dialog";
import { Notice } from "../../../ui/notice";
import { Field } from "../field";
import { OptionList } from "../option/list";
import { FolderChoice } from "../save/form";
import { documentTarget, NO_SURROUNDINGS } from "./target";

/** Title, tags, folder and time of a dashboard, and its end. */
export function General(props: { document: Document }) {
  const { document } = props;
  const target = documentTarget(document);
  const tags = () => texts(document.json().tags).join(", ");
  return (
    <div class="settings-form">
      <h2>General</h2>
      <OptionList options={GENERAL} target={target} around={NO_SURROUNDINGS} />
      <Field name="Tags" hint="Separated by commas">
        {(id) => (
          <input
            id={id}
            type="text"
            value={tags()}
            onChange={(event) =>
              target.write(
                "tags",
                event.currentTarget.value
                  .split(",")
                  .map((tag) => tag.trim())
                  .filter(Boolean),
              )
            }
          />
        )}
      </Field>
      <Show when={!document.meta().isNew}>
        <FolderChoice uid={document.meta().folderUid} existing onChange={({ uid, title }) => document.moveTo(uid, title)} />
      </Show>
      <h2>Time options</h2>
      <OptionList options={TIME} target={target} around={NO_SURROUNDINGS} />
      <Show when={document.meta().canDelete}>
        <DeleteDashboard document={document} />
      </Show>
    </div>
  );
}

function DeleteDashboard(props: { document: Document }) {
  const [asking, setAsking] = createSignal(false);
  const [failure, setFailure] = createSignal("");
  const title = () => text(props.document.base().title);
  const remove = async () => {
    try {
      await deleteDashboard(text(props.document.base().uid));
      props.document.discard();
      navigate("/dashboards");
    } catch (cause) {
      setFailure(messageOf(cause));
    }
  };
  return (
    <>
      <div>
        <button type="button" class="button button-danger" onClick={() => setAsking(true)}>
          Delete dashboard
        </button>
      </div>
      <Show when={asking()}>
        <Dialog title="Delete dashboard" onClose={() => setAsking(false)}>
          <p>Do you want to delete “{title()}” with all its versions?</p>
          <Show when={failure()}>
            <Notice kind="error" title="It was not deleted" text={failure()} />
          </Show>
          <div class="dialog-actions">
            <button type="button" class="button" onClick={() => setAsking(false)}>
              Cancel
            </button>
            <button type="button" class="button button-danger" onClick={() => void remove()}>
              Delete
            </button>
          </div>
        </Dialog>
      </Show>
    </>
  );
}
