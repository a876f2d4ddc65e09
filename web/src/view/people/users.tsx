import { createMemo, createResource, createSignal, For, onMount, Show } from "solid-js";
import { messageOf } from "../../api/http";
import { addPerson, listPeople, type Person, setRole } from "../../api/people";
import { mayAdministerServer } from "../../app/session";
import { setTitle } from "../../app/title";
import { Dialog } from "../../ui/dialog";
import { Icon } from "../../ui/icon";
import { SearchBox } from "../../ui/search-box";
import { Notice } from "../../ui/notice";
import { Field } from "../edit/field";
import { createActing } from "./act";
import { Failure, Form, RoleSelect, TextField } from "./form";
import { UserMenu } from "./user-menu";

/** What the API says of who was never there. */
const NEVER = "10 years";

/** `/admin/users`: who may log in, and what they may do. */
export default function UsersPage() {
  const [people, { refetch }] = createResource(() => listPeople(mayAdministerServer()));
  const [wanted, setWanted] = createSignal("");
  const [adding, setAdding] = createSignal(false);
  const acting = createActing();
  onMount(() => {
    setTitle("Users");
  });
  const shown = createMemo(() => (people.error ? [] : (people.latest ?? [])).filter((person) => matches(person, wanted())));
  const change = (made: () => Promise<unknown>) => void acting.act(made).then(() => refetch());
  return (
    <div class="narrow">
      <div class="page-head">
        <h1>Users</h1>
        <SearchBox name="Filter users" hint="Filter by name or address" value={wanted()} onInput={setWanted} />
        <Show when={mayAdministerServer()}>
          <button type="button" class="button button-primary" onClick={() => setAdding(true)}>
            <Icon name="plus" />
            Add user
          </button>
        </Show>
      </div>
      <Show when={people.error}>{(cause) => <Notice kind="error" title="Users cannot be listed" text={messageOf(cause())} />}</Show>
      <Failure acting={acting} />
      <ul class="people-rows">
        <For each={shown()}>
          {(person) => (
            <li class="people-row" classList={{ "people-off": person.disabled }}>
              <span class="people-name">
                <strong>{person.login}</strong>
                <span class="muted">{[person.name, person.email].filter((text) => text && text !== person.login).join(" · ")}</span>
              </span>
              <span class="people-fact">
                <Show when={person.serverAdmin}>
                  <span class="tag">Server admin</span>
                </Show>
                <Show when={person.disabled}>
                  <span class="tag">Disabled</span>
                </Show>
                {person.seen === NEVER ? "never seen" : `seen ${person.seen} ago`}
              </span>
              <span class="people-end">
                <RoleSelect
                  name={`Role of ${person.login}`}
                  role={person.role}
                  disabled={acting.busy()}
                  onChange={(role) => change(() => setRole(person.id, role))}
                />
                <Show when={mayAdministerServer()}>
                  <UserMenu person={person} onChange={change} onChanged={() => void refetch()} />
                </Show>
              </span>
            </li>
          )}
        </For>
      </ul>
      <Show when={adding()}>
        <AddUser onClose={() => setAdding(false)} onAdded={() => void refetch()} />
      </Show>
    </div>
  );
}

function matches(person: Person, wanted: string): boolean {
  const text = [person.login, person.name, person.email].join(" ").toLowerCase();
  return text.includes(wanted.trim().toLowerCase());
}

function AddUser(props: { onClose: () => void; onAdded: () => void }) {
  const [person, setPerson] = createSignal({ login: "", name: "", email: "", password: "", role: "Viewer" });
  const acting = createActing();
  const change = (field: "login" | "name" | "email" | "password" | "role") => (value: string) =>
    setPerson((before) => ({ ...before, [field]: value }));
  const add = async () => {
    if (!(await acting.act(() => addPerson(person())))) return;
    props.onAdded();
    props.onClose();
  };
  return (
    <Dialog title="Add user" onClose={props.onClose}>
      <Form acting={acting} submit="Add user" onSubmit={() => void add()}>
        <TextField name="Username" required value={person().login} onChange={change("login")} />
        <TextField name="Name" value={person().name} onChange={change("name")} />
        <TextField name="Email" type="email" value={person().email} onChange={change("email")} />
        <TextField
          name="Password"
          type="password"
          autocomplete="new-password"
          required
          minlength={4}
          value={person().password}
          onChange={change("password")}
        />
        <Field name="Role">{(id) => <RoleSelect id={id} role={person().role} onChange={change("role")} />}</Field>
      </Form>
    </Dialog>
  );
}
