import { createSignal, Show } from "solid-js";
import { createFolder, deleteFolder, type Folder, renameFolder } from "../../api/library";
import { Dialog } from "../../ui/dialog";
import { Icon } from "../../ui/icon";
import { Popover } from "../../ui/popover";
import { createActing } from "../people/act";
import { Confirm, Form, TextField } from "../people/form";

/** Makes a folder. */
export function NewFolder(props: { onChange: () => void }) {
  const [open, setOpen] = createSignal(false);
  return (
    <>
      <button type="button" class="button" onClick={() => setOpen(true)}>
        New folder
      </button>
      <Show when={open()}>
        <TitleDialog
          title="New folder"
          value=""
          submit="Create"
          onSave={(title) => createFolder(title).then(props.onChange)}
          onClose={() => setOpen(false)}
        />
      </Show>
    </>
  );
}

/** Renames and deletes a folder. */
export function FolderTools(props: { folder: Folder; onChange: () => void }) {
  const [open, setOpen] = createSignal<"rename" | "delete">();
  const close = () => setOpen(undefined);
  return (
    <>
      <Popover class="icon-button" name={`Folder ${props.folder.title}`} align="end" label={<Icon name="more" />}>
        {(shut) => (
          <ul class="menu">
            <li>
              <button type="button" onClick={() => (shut(), setOpen("rename"))}>
                <Icon name="edit" />
                Rename
              </button>
            </li>
            <li>
              <button type="button" onClick={() => (shut(), setOpen("delete"))}>
                <Icon name="trash" />
                Delete
              </button>
            </li>
          </ul>
        )}
      </Popover>
      <Show when={open() === "rename"}>
        <TitleDialog
          title="Rename folder"
          value={props.folder.title}
          submit="Rename"
          onSave={(title) => renameFolder({ ...props.folder, title }).then(props.onChange)}
          onClose={close}
        />
      </Show>
      <Show when={open() === "delete"}>
        <Confirm
          title={`Delete ${props.folder.title}?`}
          text="The folder goes with all dashboards in it."
          action="Delete"
          onConfirm={() => deleteFolder(props.folder.uid).then(props.onChange)}
          onClose={close}
        />
      </Show>
    </>
  );
}

interface TitleDialogProps {
  title: string;
  value: string;
  submit: string;
  onSave: (title: string) => Promise<void>;
  onClose: () => void;
}

function TitleDialog(props: TitleDialogProps) {
  const acting = createActing();
  const [title, setTitle] = createSignal(props.value);
  const save = () => void acting.act(() => props.onSave(title().trim())).then((made) => made && props.onClose());
  return (
    <Dialog title={props.title} onClose={props.onClose}>
      <Form acting={acting} submit={props.submit} onSubmit={save}>
        <TextField name="Name" value={title()} required onChange={setTitle} />
      </Form>
    </Dialog>
  );
}
