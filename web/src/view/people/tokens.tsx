import { createResource, createSignal, For, Show } from "solid-js";
import { messageOf } from "../../api/http";
import { addToken, deleteToken, listTokens, type ServiceAccount, type Token } from "../../api/people";
import { ago, dateTime } from "../../time/clock";
import { copyText } from "../../ui/clipboard";
import { Dialog } from "../../ui/dialog";
import { Icon } from "../../ui/icon";
import { Notice } from "../../ui/notice";
import { Field } from "../edit/field";
import { createActing } from "./act";
import { DeleteButton, Failure, Form, TextField } from "./form";

const DAY_S = 86_400;

/** How long a new token lasts, in seconds; 0 is without end. */
const LIFETIMES = [
  { seconds: 0, name: "No expiration" },
  { seconds: 7 * DAY_S, name: "7 days" },
  { seconds: 30 * DAY_S, name: "30 days" },
  { seconds: 90 * DAY_S, name: "90 days" },
  { seconds: 365 * DAY_S, name: "1 year" },
] as const;

/** The tokens of a service account; the secret of a new one is shown once. */
export function Tokens(props: { account: ServiceAccount; onClose: () => void; onChange: () => void }) {
  const [tokens, { refetch }] = createResource(() => listTokens(props.account.id));
  const [secret, setSecret] = createSignal("");
  const acting = createActing();
  const changed = async () => {
    await refetch();
    props.onChange();
  };
  const shown = (key: string) => {
    setSecret(key);
    void changed();
  };
  const remove = (token: Token) => void acting.act(() => deleteToken(props.account.id, token.id)).then(changed);
  return (
    <Dialog title={`Tokens of ${props.account.name}`} onClose={props.onClose}>
      <Show when={secret()}>{(key) => <Secret secret={key()} />}</Show>
      <Show when={tokens.error}>{(cause) => <Notice kind="error" title="Tokens cannot be listed" text={messageOf(cause())} />}</Show>
      <ul class="people-rows">
        <For each={tokens.error ? [] : tokens.latest}>
          {(token) => (
            <li class="people-row people-pair" classList={{ "people-off": token.ended }}>
              <span class="people-name">
                <strong>{token.name}</strong>
                <span class="muted">
                  {token.usedMs === undefined ? "never used" : `used ${ago(token.usedMs, Date.now())}`}
                  {" · "}
                  {lifetime(token)}
                </span>
              </span>
              <span class="people-end">
                <DeleteButton name={token.name} disabled={acting.busy()} onClick={() => remove(token)} />
              </span>
            </li>
          )}
        </For>
      </ul>
      <Failure acting={acting} />
      <AddToken account={props.account} onAdded={shown} />
    </Dialog>
  );
}

function lifetime(token: Token): string {
  if (token.endsMs === undefined) return "no expiration";
  return `${token.ended ? "expired" : "expires"} ${dateTime(token.endsMs)}`;
}

function Secret(props: { secret: string }) {
  const [copied, setCopied] = createSignal(false);
  return (
    <div class="people-secret" role="status">
      <p>
        <strong>Copy the token now.</strong> It is not shown again.
      </p>
      <code>{props.secret}</code>
      <button type="button" class="button" onClick={() => void copyText(props.secret).then(() => setCopied(true))}>
        <Icon name={copied() ? "check" : "copy"} />
        {copied() ? "Copied" : "Copy"}
      </button>
    </div>
  );
}

function AddToken(props: { account: ServiceAccount; onAdded: (secret: string) => void }) {
  const [name, setName] = createSignal("");
  const [seconds, setSeconds] = createSignal(0);
  const acting = createActing();
  const add = async () => {
    const made = await acting.act(async () => props.onAdded(await addToken(props.account.id, name(), seconds())));
    if (made) setName("");
  };
  return (
    <Form acting={acting} submit="Add token" onSubmit={() => void add()}>
      <TextField name="Name of a new token" required value={name()} onChange={setName} />
      <Field name="Expiration">
        {(id) => (
          <select id={id} value={seconds()} onChange={(event) => setSeconds(Number(event.currentTarget.value))}>
            <For each={LIFETIMES}>{(one) => <option value={one.seconds}>{one.name}</option>}</For>
          </select>
        )}
      </Field>
    </Form>
  );
}
