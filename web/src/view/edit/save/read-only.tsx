import { createSignal, Show } from "solid-js";
import type { Document } from "../../../edit/document";
import { storedForm } from "../../../edit/stored-form";
import { text } from "../../../json";
import { copyText } from "../../../ui/clipboard";
import { Notice } from "../../../ui/notice";
import { download } from "../../dashboard/export";

/** Why a dashboard cannot be saved, and what can be done with its changes instead. */
export function ReadOnly(props: { document: Document; onCopy: () => void }) {
  const [copied, setCopied] = createSignal(false);
  const meta = props.document.meta();
  const source = () => JSON.stringify(storedForm(props.document.json(), meta.resource), null, 2);
  const reason = () =>
    meta.provisioned
      ? `It stands in a file${meta.provisionedFile ? `, ${meta.provisionedFile}` : ""}, and is shown as it stands there. Save a copy, or put the JSON into that file.`
      : "You do not have permission to save it. A copy may go into another folder.";
  return (
    <div class="save">
      <Notice kind="warning" title="This dashboard cannot be saved from here" text={reason()} />
      <div class="dialog-actions">
        <button type="button" class="button" onClick={() => void copyText(source()).then(() => setCopied(true))}>
          <Show when={copied()} fallback="Copy JSON">
            Copied
          </Show>
        </button>
        <button
          type="button"
          class="button"
          onClick={() => download(`${text(props.document.json().title) || "dashboard"}.json`, "application/json", source())}
        >
          Save JSON to file
        </button>
        <button type="button" class="button button-primary" onClick={props.onCopy}>
          Save as copy
        </button>
      </div>
    </div>
  );
}
