import { createSignal, For, Match, Switch } from "solid-js";
import { deletePerson, logPersonOut, type Person, setDisabled, setPassword, setServerAdmin } from "../../api/people";
import { Dialog } from "../../ui/dialog";
import { Icon } from "../../ui/icon";
import { Popover } from "../../ui/popover";
import { createActing } from "./act";
import { Confirm, createNewPassword, Form, PASSWORDS_DIFFER } from "./form";

interface Change {
  name: string;
  danger?: boolean;
  run: () => void;
}

/** What can be done to a user. */
export function UserMenu(props: { person: Person; onChange: (made: () => Promise<unknown>) => void; onChanged: () => void }) {
  const [open, setOpen] = createSignal<"password" | "delete">();
  const changes = (): Change[] => {
    const { id, serverAdmin, disabled } = props.person;
    return [
      { name: "Set password", run: () => setOpen("password") },
      {
        name: serverAdmin ? "Take server admin away" : "Make server admin",
        run: () => props.onChange(() => setServerAdmin(id, !serverAdmin)),
      },
      { name: disabled ? "Enable" : "Disable", run: () => props.onChange(() => setDisabled(id, !disabled)) },
      { name: "Log out everywhere", run: () => props.onChange(() => logPersonOut(id)) },
      { name: "Delete", danger: true, run: () => setOpen("delete") },
    ];
  };
  return (
    <>
      <Popover label={<Icon name="more" />} name={`Change ${props.person.login}`} class="icon-button" align="end">
        {(close) => (
          <div class="people-menu">
            <For each={changes()}>
              {(change) => (
                <button
                  type="button"
                  classList={{ "people-danger": change.danger }}
                  onClick={() => {
                    close();
                    change.run();
                  }}
                >
                  {change.name}
                </button>
              )}
            </For>
          </div>
        )}
      </Popover>
      <Switch>
        <Match when={open() === "password"}>
          <SetPassword person={props.person} onClose={() => setOpen(undefined)} />
        </Match>
        <Match when={open() === "delete"}>
          <Confirm
            title="Delete user"
            text={`Deletes ${props.person.login} and ends all sessions. Dashboards stay.`}
            action="Delete"
            onClose={() => setOpen(undefined)}
            onConfirm={async () => {
              await deletePerson(props.person.id);
              props.onChanged();
            }}
          />
        </Match>
      </Switch>
    </>
  );
}

function SetPassword(props: { person: Person; onClose: () => void }) {
  const next = createNewPassword();
  const acting = createActing();
  const set = async () => {
    const made = await acting.act(async () => {
      if (next.differs()) throw new Error(PASSWORDS_DIFFER);
      await setPassword(props.person.id, next.value());
    });
    if (made) props.onClose();
  };
  return (
    <Dialog title={`Password of ${props.person.login}`} onClose={props.onClose}>
      <Form acting={acting} submit="Set password" onSubmit={() => void set()}>
        {next.fields()}
      </Form>
      <p class="muted">All sessions of {props.person.login} end.</p>
    </Dialog>
  );
}
