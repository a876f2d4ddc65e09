import { For, Show, type ParentProps } from "solid-js";
import { listFolders } from "../../../api/library";
import { place } from "../../../app/router";
import { withCurrentTime, withCurrentValues } from "../../../edit/defaults";
import type { Document } from "../../../edit/document";
import { Field } from "../field";
import { createLoaded } from "../loaded";

export interface SaveChoice {
  /** Whether a new dashboard is made. */
  copy: boolean;
  title: string;
  folderUid: string;
  /** Title of a folder that is made for it. */
  newFolder: string | undefined;
  message: string;
  withTime: boolean;
  withValues: boolean;
}

interface FormProps {
  choice: SaveChoice;
  document: Document;
  onChange: (part: Partial<SaveChoice>) => void;
}

/** What is asked before a dashboard is saved. */
export function SaveForm(props: FormProps) {
  const json = props.document.json;
  const timeMoved = () => withCurrentTime(json(), place().query) !== json();
  const valuesMoved = () => withCurrentValues(json(), place().query) !== json();
  return (
    <>
      <Show when={props.choice.copy}>
        <Field name="Title">
          {(id) => (
            <input
              id={id}
              type="text"
              required
              value={props.choice.title}
              onInput={(event) => props.onChange({ title: event.currentTarget.value })}
            />
          )}
        </Field>
        <FolderChoice
          uid={props.choice.folderUid}
          newFolder={props.choice.newFolder}
          onChange={({ uid, newFolder }) => props.onChange({ folderUid: uid, newFolder })}
        />
      </Show>
      <Show when={timeMoved()}>
        <SaveOption on={props.choice.withTime} onChange={(withTime) => props.onChange({ withTime })}>
          Save current time range as dashboard default
        </SaveOption>
      </Show>
      <Show when={valuesMoved()}>
        <SaveOption on={props.choice.withValues} onChange={(withValues) => props.onChange({ withValues })}>
          Save current variable values as dashboard default
        </SaveOption>
      </Show>
      <Field name="Message">
        {(id) => (
          <textarea
            id={id}
            placeholder="Add a note to describe your changes (optional)"
            value={props.choice.message}
            onInput={(event) => props.onChange({ message: event.currentTarget.value })}
          />
        )}
      </Field>
    </>
  );
}

function SaveOption(props: ParentProps<{ on: boolean; onChange: (on: boolean) => void }>) {
  return (
    <label class="save-option">
      <input type="checkbox" checked={props.on} onChange={(event) => props.onChange(event.currentTarget.checked)} />
      {props.children}
    </label>
  );
}

const NEW = "\u0000new";

interface FolderProps {
  uid: string;
  newFolder?: string | undefined;
  /** Whether only folders that there are can be chosen. */
  existing?: boolean;
  onChange: (choice: { uid: string; title: string; newFolder: string | undefined }) => void;
}

/** The folders, with one to be made at the end. */
export function FolderChoice(props: FolderProps) {
  const folders = createLoaded(listFolders, []);
  const pick = (value: string) => {
    if (value === NEW) return props.onChange({ uid: "", title: "", newFolder: "" });
    props.onChange({ uid: value, title: folders().find(({ uid }) => uid === value)?.title ?? "Dashboards", newFolder: undefined });
  };
  return (
    <>
      <Field name="Folder">
        {(id) => (
          <select id={id} onChange={(event) => pick(event.currentTarget.value)}>
            <option value="" selected={props.uid === "" && props.newFolder === undefined}>
              Dashboards
            </option>
            <For each={folders().filter(({ uid }) => uid)}>
              {(folder) => (
                <option value={folder.uid} selected={folder.uid === props.uid}>
                  {folder.title}
                </option>
              )}
            </For>
            <Show when={!props.existing}>
              <option value={NEW} selected={props.newFolder !== undefined}>
                New folder…
              </option>
            </Show>
          </select>
        )}
      </Field>
      <Show when={props.newFolder !== undefined}>
        <Field name="New folder">
          {(id) => (
            <input
              id={id}
              type="text"
              required
              value={props.newFolder}
              onInput={(event) => props.onChange({ uid: "", title: event.currentTarget.value, newFolder: event.currentTarget.value })}
            />
          )}
        </Field>
      </Show>
    </>
  );
}
