import { createSignal, Show } from "solid-js";
import { forSharing } from "../../edit/inputs";
import { type Json, text } from "../../json";
import { copyText } from "../../ui/clipboard";
import { Dialog } from "../../ui/dialog";
import { download } from "../dashboard/export";
import { Field, Toggle } from "./field";
import { createSources } from "./loaded";
import "./export.css";

/** A dashboard as a file, for oneself or for others. */
export default function ExportDialog(props: { json: Json; onClose: () => void }) {
  const [shared, setShared] = createSignal(false);
  const [copied, setCopied] = createSignal(false);
  const sources = createSources();
  const source = () => JSON.stringify(shared() ? forSharing(props.json, sources()) : props.json, null, 2);
  const name = () => `${text(props.json.title) || "dashboard"}-${Date.now()}.json`;
  return (
    <Dialog title="Export dashboard JSON" wide onClose={props.onClose}>
      <Field
        name="Export the dashboard to use in another instance"
        hint="Data sources and constants are replaced by inputs, which are asked for on import."
        inline
      >
        {(id) => <Toggle id={id} on={shared()} onChange={setShared} />}
      </Field>
      <pre class="export-json mono" tabindex="0">
        {source()}
      </pre>
      <div class="dialog-actions">
        <button type="button" class="button" onClick={() => void copyText(source()).then(() => setCopied(true))}>
          <Show when={copied()} fallback="Copy to clipboard">
            Copied
          </Show>
        </button>
        <button type="button" class="button button-primary" onClick={() => download(name(), "application/json", source())}>
          Download file
        </button>
      </div>
    </Dialog>
  );
}
