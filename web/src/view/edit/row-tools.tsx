import { createSignal, For, Show } from "solid-js";
import type { Document } from "../../edit/document";
import { findPanel, moveRow, putPanel, removeRow } from "../../edit/panels";
import { setPath } from "../../edit/path";
import type { Panel, Variable } from "../../model/dashboard";
import { Dialog } from "../../ui/dialog";
import { Field } from "./field";
import { Tool } from "../../ui/tool";

interface ToolsProps {
  row: Panel;
  document: Document;
  variables: readonly Variable[];
}

/** What can be done with a row: its title and repeat, its place, its end. */
export function RowTools(props: ToolsProps) {
  const { document } = props;
  const { id } = props.row;
  const [open, setOpen] = createSignal<"options" | "remove">();
  const name = () => props.row.title || "the row";
  return (
    <span class="edit-tools">
      <Tool icon="settings" name={`Options of ${name()}`} onClick={() => setOpen("options")} />
      <Tool icon="up" name={`Move ${name()} up`} onClick={() => document.change(moveRow(document.json(), id, "up"))} />
      <Tool icon="down" name={`Move ${name()} down`} onClick={() => document.change(moveRow(document.json(), id, "down"))} />
      <Tool icon="trash" name={`Remove ${name()}`} onClick={() => setOpen("remove")} />
      <Show when={open() === "options"}>
        <RowOptions {...props} onClose={() => setOpen(undefined)} />
      </Show>
      <Show when={open() === "remove"}>
        <RemoveRow {...props} onClose={() => setOpen(undefined)} />
      </Show>
    </span>
  );
}

function RowOptions(props: ToolsProps & { onClose: () => void }) {
  const change = (path: string, value: unknown) => {
    const json = props.document.json();
    const row = findPanel(json, props.row.id);
    if (row) props.document.change(putPanel(json, setPath(row, path, value)), `row ${props.row.id} ${path}`);
  };
  return (
    <Dialog title="Row options" onClose={props.onClose}>
      <Field name="Title">
        {(id) => <input id={id} type="text" value={props.row.title} onInput={(event) => change("title", event.currentTarget.value)} />}
      </Field>
      <Field name="Repeat for" hint="The row is repeated for each value of this variable.">
        {(id) => (
          <select id={id} value={props.row.repeat} onChange={(event) => change("repeat", event.currentTarget.value || undefined)}>
            <option value="">No repeat</option>
            <For each={props.variables}>
              {(variable) => (
                <option value={variable.name} selected={variable.name === props.row.repeat}>
                  {variable.label}
                </option>
              )}
            </For>
          </select>
        )}
      </Field>
    </Dialog>
  );
}

function RemoveRow(props: ToolsProps & { onClose: () => void }) {
  const remove = (keepPanels: boolean) => {
    props.onClose();
    props.document.change(removeRow(props.document.json(), props.row.id, keepPanels));
  };
  return (
    <Dialog title="Delete row" onClose={props.onClose}>
      <p>Are you sure you want to remove this row and all its panels?</p>
      <div class="dialog-actions">
        <button type="button" class="button button-danger" onClick={() => remove(false)}>
          Delete row and panels
        </button>
        <button type="button" class="button" onClick={() => remove(true)}>
          Delete row only
        </button>
        <button type="button" class="button" onClick={props.onClose}>
          Cancel
        </button>
      </div>
    </Dialog>
  );
}
