import { createResource, createSignal, For, onMount, Show } from "solid-js";
import { messageOf } from "../../api/http";
import { addServiceAccount, changeServiceAccount, deleteServiceAccount, listServiceAccounts, type ServiceAccount } from "../../api/people";
import { setTitle } from "../../app/title";
import { Dialog } from "../../ui/dialog";
import { Icon } from "../../ui/icon";
import { Notice } from "../../ui/notice";
import { Field } from "../edit/field";
import { createActing } from "./act";
import { Confirm, DeleteButton, Failure, Form, RoleSelect, TextField } from "./form";
import { Tokens } from "./tokens";

/** `/org/serviceaccounts`: programs that may log in, and their tokens. */
export default function ServiceAccountsPage() {
  const [accounts, { refetch }] = createResource(listServiceAccounts);
  const [adding, setAdding] = createSignal(false);
  const [tokensOf, setTokensOf] = createSignal<ServiceAccount>();
  const [deleting, setDeleting] = createSignal<ServiceAccount>();
  const acting = createActing();
  onMount(() => {
    setTitle("Service accounts");
  });
  const change = (made: () => Promise<unknown>) => void acting.act(made).then(() => refetch());
  const listed = () => (accounts.error ? [] : (accounts.latest ?? []));
  return (
    <div class="narrow">
      <div class="page-head">
        <h1>Service accounts</h1>
        <button type="button" class="button button-primary" onClick={() => setAdding(true)}>
          <Icon name="plus" />
          Add service account
        </button>
      </div>
      <p class="muted people-about">Programs log in with a token in place of a password: Authorization: Bearer glsa_…</p>
      <Show when={accounts.error}>
        {(cause) => <Notice kind="error" title="Service accounts cannot be listed" text={messageOf(cause())} />}
      </Show>
      <Failure acting={acting} />
      <Show when={accounts.state === "ready" && listed().length === 0}>
        <Notice kind="info" title="No service accounts yet" text="Add one for a backup, a provisioning tool or a script." />
      </Show>
      <ul class="people-rows">
        <For each={listed()}>
          {(account) => (
            <li class="people-row" classList={{ "people-off": account.disabled }}>
              <span class="people-name">
                <strong>{account.name}</strong>
                <Show when={account.disabled}>
                  <span class="tag">Disabled</span>
                </Show>
              </span>
              <span class="people-end people-wide">
                <RoleSelect
                  name={`Role of ${account.name}`}
                  role={account.role}
                  disabled={acting.busy()}
                  onChange={(role) => change(() => changeServiceAccount(account.id, { role }))}
                />
                <button type="button" class="button" onClick={() => setTokensOf(account)}>
                  Tokens <span class="count">{account.tokens}</span>
                </button>
                <button
                  type="button"
                  class="button"
                  disabled={acting.busy()}
                  onClick={() => change(() => changeServiceAccount(account.id, { isDisabled: !account.disabled }))}
                >
                  {account.disabled ? "Enable" : "Disable"}
                </button>
                <DeleteButton name={account.name} onClick={() => setDeleting(account)} />
              </span>
            </li>
          )}
        </For>
      </ul>
      <Show when={adding()}>
        <AddServiceAccount onClose={() => setAdding(false)} onAdded={() => void refetch()} />
      </Show>
      <Show when={tokensOf()}>
        {(account) => <Tokens account={account()} onClose={() => setTokensOf()} onChange={() => void refetch()} />}
      </Show>
      <Show when={deleting()}>
        {(account) => (
          <Confirm
            title="Delete service account"
            text={`Deletes ${account().name}. Programs that use its tokens are refused from then on.`}
            action="Delete"
            onClose={() => setDeleting()}
            onConfirm={async () => {
              await deleteServiceAccount(account().id);
              void refetch();
            }}
          />
        )}
      </Show>
    </div>
  );
}

function AddServiceAccount(props: { onClose: () => void; onAdded: () => void }) {
  const [name, setName] = createSignal("");
  const [role, setRole] = createSignal("Viewer");
  const acting = createActing();
  const add = async () => {
    if (!(await acting.act(() => addServiceAccount(name(), role())))) return;
    props.onAdded();
    props.onClose();
  };
  return (
    <Dialog title="Add service account" onClose={props.onClose}>
      <Form acting={acting} submit="Add service account" onSubmit={() => void add()}>
        <TextField name="Name" required value={name()} onChange={setName} />
        <Field name="Role">{(id) => <RoleSelect id={id} role={role()} onChange={setRole} />}</Field>
      </Form>
    </Dialog>
  );
}
