import { Match, Switch } from "solid-js";
import type { ApiError } from "../../../api/http";
import type { Document } from "../../../edit/document";
import { Notice } from "../../../ui/notice";

interface ConflictProps {
  failure: ApiError;
  document: Document;
  onOverwrite: () => void;
  onCancel: () => void;
}

/** Somebody else was quicker, or the name is taken. */
export function Conflict(props: ConflictProps) {
  const reload = () => {
    props.document.discard();
    window.location.reload();
  };
  return (
    <div class="save">
      <Switch fallback={<Notice kind="warning" title="It was not saved" text={props.failure.message} />}>
        <Match when={props.failure.kind === "version-mismatch"}>
          <Notice
            kind="warning"
            title="Someone else has updated this dashboard"
            text="Would you still like to save it? Overwriting keeps their version in the history; reloading gives up your changes."
          />
        </Match>
        <Match when={props.failure.kind === "name-exists"}>
          <Notice
            kind="warning"
            title="A dashboard with the same name in the selected folder already exists"
            text="Would you still like to save this one over it?"
          />
        </Match>
      </Switch>
      <div class="dialog-actions">
        <button type="button" class="button" onClick={props.onCancel}>
          Cancel
        </button>
        <button type="button" class="button" onClick={reload}>
          Discard and reload
        </button>
        <button type="button" class="button button-danger" onClick={props.onOverwrite}>
          Save and overwrite
        </button>
      </div>
    </div>
  );
}
