import { createEffect, createSignal, on, Show } from "solid-js";
import { messageOf } from "../../../api/http";
import type { Document } from "../../../edit/document";
import { parseDashboard } from "../../../edit/inputs";
import { copyText } from "../../../ui/clipboard";
import { Notice } from "../../../ui/notice";

/** The dashboard as it is stored, to be read and changed as text. */
export function JsonModel(props: { document: Document }) {
  const written = () => JSON.stringify(props.document.json(), null, 2);
  const [typed, setTyped] = createSignal(written());
  const [failure, setFailure] = createSignal("");
  const [copied, setCopied] = createSignal(false);
  createEffect(on(props.document.json, () => setTyped(written()), { defer: true }));
  const apply = () => {
    try {
      props.document.change(parseDashboard(typed()));
      setFailure("");
    } catch (cause) {
      setFailure(messageOf(cause));
    }
  };
  return (
    <>
      <h2>JSON Model</h2>
      <p class="muted">The model behind the dashboard: its settings, panels, queries and layout.</p>
      <textarea
        class="json-model mono"
        aria-label="JSON Model"
        spellcheck={false}
        value={typed()}
        onInput={(event) => setTyped(event.currentTarget.value)}
      />
      <Show when={failure()}>
        <Notice kind="error" title="The JSON cannot be used" text={failure()} />
      </Show>
      <div class="settings-bar">
        <button type="button" class="button button-primary" disabled={typed() === written()} onClick={apply}>
          Apply changes
        </button>
        <button type="button" class="button" onClick={() => void copyText(typed()).then(() => setCopied(true))}>
          {copied() ? "Copied" : "Copy"}
        </button>
      </div>
    </>
  );
}
