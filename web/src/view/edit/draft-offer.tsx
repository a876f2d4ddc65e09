import { createSignal, Show } from "solid-js";
import { login } from "../../app/session";
import type { Document } from "../../edit/document";
import { type Draft, dropDraft } from "../../edit/draft";
import { dateTime } from "../../time/clock";
import { Notice } from "../../ui/notice";
import "./draft-offer.css";

/** Offers the changes that an earlier page did not save. */
export default function DraftOffer(props: { draft: Draft; document: Document }) {
  const { draft, document } = props;
  const [open, setOpen] = createSignal(true);
  const changed = () => document.meta().version !== draft.version;
  const restore = () => {
    setOpen(false);
    document.setEditing(true);
    document.change(draft.json);
  };
  const discard = () => {
    setOpen(false);
    dropDraft(draft.uid, login());
  };
  return (
    <Show when={open() && !document.dirty()}>
      <div class="draft-offer">
        <Notice
          kind="info"
          title="You have unsaved changes to this dashboard"
          text={`They were made on ${dateTime(draft.at)}.${changed() ? " The dashboard was saved since then; what was saved would be replaced by them." : ""}`}
        />
        <button type="button" class="button" onClick={discard}>
          Discard
        </button>
        <button type="button" class="button button-primary" onClick={restore}>
          Restore
        </button>
      </div>
    </Show>
  );
}
