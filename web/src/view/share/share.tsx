import { createSignal, Match, Show, Switch } from "solid-js";
import { mayEdit } from "../../app/session";
import type { Json } from "../../json";
import type { Panel } from "../../model/dashboard";
import { Dialog } from "../../ui/dialog";
import { Segments } from "../../ui/segments";
import type { Captured } from "./capture";
import { FileTab } from "./file";
import { LinkTab, PictureTab } from "./link";
import { SnapshotTab } from "./snapshot";
import "./share.css";

interface ShareProps {
  captured: Captured;
  /** The panel that is shared; the whole dashboard without one. */
  panel?: Panel | undefined;
  /** What the dashboard is kept as, where that is not the classic form. */
  resource: Json | undefined;
  onClose: () => void;
}

/** A dashboard or a panel for others: as a link, a snapshot, a picture or a file. */
export default function ShareDialog(props: ShareProps) {
  const isSaved = () => props.captured.context.dashboard.uid !== "";
  const tabs = () => [
    ...(isSaved() ? [{ id: "link", name: "Link" }] : []),
    ...(mayEdit() && !props.panel ? [{ id: "snapshot", name: "Snapshot" }] : []),
    ...(isSaved() ? [{ id: "picture", name: "Picture" }] : []),
    ...(props.panel ? [] : [{ id: "file", name: "Export" }]),
  ];
  const [tab, setTab] = createSignal(tabs()[0]?.id);
  return (
    <Dialog title={props.panel ? "Share panel" : "Share dashboard"} wide onClose={props.onClose}>
      <Show when={tabs().length > 1}>
        <Segments tabs={tabs()} chosen={tab()} onChoose={setTab} />
      </Show>
      <Switch fallback={<p class="muted">Save the dashboard before you share its panels.</p>}>
        <Match when={tab() === "link"}>
          <LinkTab context={props.captured.context} panel={props.panel} />
        </Match>
        <Match when={tab() === "snapshot"}>
          <SnapshotTab captured={props.captured} />
        </Match>
        <Match when={tab() === "picture"}>
          <PictureTab context={props.captured.context} panel={props.panel} />
        </Match>
        <Match when={tab() === "file"}>
          <FileTab json={props.captured.json} resource={props.resource} />
        </Match>
      </Switch>
    </Dialog>
  );
}
