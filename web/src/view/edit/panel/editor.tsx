import { createEffect, createMemo, createSignal, on, onMount, Show } from "solid-js";
import { setQuery } from "../../../app/router";
import type { Document } from "../../../edit/document";
import { findPanel, putPanel } from "../../../edit/panels";
import { getPath, setPath } from "../../../edit/path";
import { displayName } from "../../../frame/name";
import { type Json, objects, text } from "../../../json";
import { modernPanel } from "../../../model/modern";
import { readPanel } from "../../../model/read";
import { Icon } from "../../../ui/icon";
import { Notice } from "../../../ui/notice";
import type { DashboardContext } from "../../dashboard/context";
import type { PanelData } from "../../dashboard/loader";
import { PanelFrame } from "../../dashboard/panel-frame";
import type { OptionTarget, Surroundings } from "../option/target";
import { DataTabs } from "./data-tabs";
import { OptionsPane } from "./options-pane";
import "./editor.css";

interface EditorProps {
  id: string;
  document: Document;
  context: DashboardContext;
}

/** `?editPanel=ID`: one panel with its queries, transformations and options. What is changed shows at once. */
export default function PanelEditor(props: EditorProps) {
  const { document } = props;
  const source = createMemo(() => findPanel(document.json(), Number(props.id)));
  onMount(() => document.setEditing(true));
  return (
    <Show when={source()} fallback={<Notice kind="warning" title="There is no such panel" text={`None has the id ${props.id}.`} />}>
      {(found) => <OpenPanel {...props} source={found()} />}
    </Show>
  );
}

function OpenPanel(props: EditorProps & { source: Json }) {
  const { document } = props;
  const [atStart, setAtStart] = createSignal(props.source);
  createEffect(on(document.base, () => setAtStart(props.source), { defer: true }));
  const json = createMemo(() => modernPanel(props.source));
  const panel = createMemo(() => readPanel(json(), 0));
  const [data, setData] = createSignal<PanelData>();
  const put = (next: Json, what?: string) => document.change(putPanel(document.json(), next), what && `${props.id} ${what}`);
  const target: OptionTarget = {
    read: (path) => getPath(json(), path),
    write: (path, value) => put(setPath(json(), path, value), path),
  };
  const around: Surroundings = {
    fields: createMemo(() => fieldNames(data())),
    refIds: () => objects(json().targets).map((one) => text(one.refId)),
    variables: props.context.dashboard.variables.map(({ name }) => name),
  };
  return (
    <div class="panel-editor">
      <div class="panel-editor-bar">
        <button type="button" class="button" onClick={() => setQuery({ editPanel: null })}>
          <Icon name="left" />
          Back to dashboard
        </button>
        <Show when={props.source !== atStart()}>
          <button type="button" class="button" onClick={() => put(atStart())}>
            Discard panel changes
          </button>
        </Show>
      </div>
      <div class="panel-editor-preview">
        <PanelFrame panel={panel()} place={{ x: 0, y: 0, w: 24, h: 10 }} context={{ ...props.context, edit: undefined }} onData={setData} />
      </div>
      <DataTabs panel={json()} data={data()} target={target} around={around} context={props.context} onChange={put} />
      <OptionsPane panel={json()} target={target} around={around} onChange={put} />
    </div>
  );
}

/** The names that options and overrides can point at. */
function fieldNames(data: PanelData | undefined): string[] {
  const frames = data?.frames ?? [];
  return [...new Set(frames.flatMap((frame) => frame.fields.map((field) => displayName(field, frame, frames))))].slice(0, 500);
}
