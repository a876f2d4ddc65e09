import { createSignal } from "solid-js";
import { forSharing } from "../../edit/inputs";
import { storedForm } from "../../edit/stored-form";
import { type Json, text } from "../../json";
import { download } from "../dashboard/export";
import { Field, Toggle } from "../edit/field";
import { createSources } from "../edit/loaded";
import { CopyButton } from "./copy-button";

/** A dashboard as a file, for oneself or for others. */
export function FileTab(props: { json: Json; resource: Json | undefined }) {
  const [shared, setShared] = createSignal(false);
  const sources = createSources();
  const source = () => JSON.stringify(shared() ? forSharing(props.json, sources()) : storedForm(props.json, props.resource), null, 2);
  const name = () => `${text(props.json.title) || "dashboard"}-${Date.now()}.json`;
  return (
    <>
      <Field
        name="Export the dashboard to use in another instance"
        hint="Data sources and constants are replaced by inputs, which are asked for on import."
        inline
      >
        {(id) => <Toggle id={id} on={shared()} onChange={setShared} />}
      </Field>
      <pre class="share-json mono" tabindex="0">
        {source()}
      </pre>
      <div class="dialog-actions">
        <CopyButton name="Copy to clipboard" text={source()} />
        <button type="button" class="button button-primary" onClick={() => download(name(), "application/json", source())}>
          Download file
        </button>
      </div>
    </>
  );
}
