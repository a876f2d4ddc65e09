import { For } from "solid-js";
import { navigate, setQuery } from "../../app/router";
import type { Document } from "../../edit/document";
import { newPanel } from "../../edit/new";
import { addPanel, addRow } from "../../edit/panels";
import { isObject, type Json } from "../../json";
import { Icon, type IconName } from "../../ui/icon";
import { copiedPanel } from "./copied";
import "./add.css";

interface Choice {
  icon: IconName;
  name: string;
  says: string;
  run: () => void;
}

function choices(document: Document): Choice[] {
  const put = (panel: Json, open: boolean) => {
    const { json, id } = addPanel(document.json(), panel);
    document.change(json);
    if (open) setQuery({ editPanel: String(id) });
  };
  const copied = copiedPanel();
  return [
    { icon: "plus", name: "Visualization", says: "A panel that draws what a query answers", run: () => put(newPanel("timeseries"), true) },
    {
      icon: "down",
      name: "Row",
      says: "A heading that folds the panels below it",
      run: () => document.change(addRow(document.json()).json),
    },
    { icon: "format", name: "Text", says: "Markdown or HTML", run: () => put(newPanel("text"), true) },
    ...(isObject(copied)
      ? [{ icon: "clipboard" as const, name: "Paste panel", says: "The panel that was copied last", run: () => put(copied, false) }]
      : []),
  ];
}

/** The list of what can be added. */
export function AddMenu(props: { document: Document; close: () => void }) {
  return (
    <ul class="menu">
      <For each={choices(props.document)}>
        {(choice) => (
          <li>
            <button
              type="button"
              onClick={() => {
                props.close();
                choice.run();
              }}
            >
              <Icon name={choice.icon} />
              {choice.name}
            </button>
          </li>
        )}
      </For>
    </ul>
  );
}

/** What a dashboard without panels offers. */
export function AddPanels(props: { document: Document }) {
  const importing: Choice = {
    icon: "download",
    name: "Import dashboard",
    says: "From a file or from text",
    run: () => navigate("/dashboard/import"),
  };
  const offered = () => [...choices(props.document), ...(props.document.meta().isNew ? [importing] : [])];
  return (
    <div class="add-panels">
      <For each={offered()}>
        {(choice) => (
          <button type="button" onClick={choice.run}>
            <Icon name={choice.icon} />
            <strong>{choice.name}</strong>
            <span class="muted">{choice.says}</span>
          </button>
        )}
      </For>
    </div>
  );
}
