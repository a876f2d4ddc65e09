import { createSignal, Index, Show } from "solid-js";
import { saveDataSource, testDataSource } from "../../api/data-sources";
import { messageOf } from "../../api/http";
import { type Json, object, text } from "../../json";
import { Dialog } from "../../ui/dialog";
import { Icon } from "../../ui/icon";
import { Field, Toggle } from "../edit/field";
import { createActing } from "../people/act";
import { Form, TextField } from "../people/form";
import { type Header, newHeader, readSettings, type Settings, writeSettings } from "./settings";

interface FormProps {
  /** As the server has it; without a uid it is a new one. */
  json: Json;
  onClose: () => void;
  onSaved: () => void;
}

/** Sets a data source, and asks it when it is saved. */
export function SourceForm(props: FormProps) {
  const [json, setJson] = createSignal(props.json);
  const [settings, setSettings] = createSignal<Settings>(readSettings(props.json));
  const [tested, setTested] = createSignal<{ works: boolean; text: string }>();
  const acting = createActing();
  const put = (change: Partial<Settings>) => setSettings({ ...settings(), ...change });
  const save = async () => {
    setTested(undefined);
    const saved = await acting.act(async () => {
      const answer = object(object(await saveDataSource(writeSettings(json(), settings()))).datasource);
      setJson(answer);
      setSettings(readSettings(answer));
    });
    if (!saved) return;
    props.onSaved();
    const uid = text(json().uid);
    setTested(
      await testDataSource(uid).then(
        (said) => ({ works: true, text: said }),
        (cause: unknown) => ({ works: false, text: messageOf(cause) }),
      ),
    );
  };
  return (
    <Dialog title={text(props.json.uid) ? "Edit data source" : "Add data source"} onClose={props.onClose}>
      <Form acting={acting} submit="Save & test" onSubmit={() => void save()}>
        <TextField name="Name" required value={settings().name} onChange={(name) => put({ name })} />
        <TextField name="URL, without /api/v1" required value={settings().url} onChange={(url) => put({ url })} />
        <Field name="Default" inline hint="Panels that name no data source ask this one.">
          {(id) => <Toggle id={id} on={settings().isDefault} onChange={(isDefault) => put({ isDefault })} />}
        </Field>
        <TextField name="Scrape interval" value={settings().interval} onChange={(interval) => put({ interval })} />
        <Access settings={settings()} put={put} />
        <details>
          <summary>More</summary>
          <More settings={settings()} put={put} />
        </details>
        <Show when={tested()}>
          {(result) => (
            <p class={result().works ? "people-done" : "field-failed"} role="status">
              {result().text}
            </p>
          )}
        </Show>
      </Form>
    </Dialog>
  );
}

interface PartProps {
  settings: Settings;
  put: (change: Partial<Settings>) => void;
}

/** Who asks, and whom it trusts. */
function Access(props: PartProps) {
  return (
    <>
      <Field name="Basic authentication" inline>
        {(id) => <Toggle id={id} on={props.settings.basicAuth} onChange={(basicAuth) => props.put({ basicAuth })} />}
      </Field>
      <Show when={props.settings.basicAuth}>
        <TextField name="User" required value={props.settings.user} onChange={(user) => props.put({ user })} />
        <TextField
          name={props.settings.passwordKept ? "Password (kept; type to replace it)" : "Password"}
          type="password"
          autocomplete="new-password"
          value={props.settings.password}
          onChange={(password) => props.put({ password })}
        />
      </Show>
      <Field name="Skip TLS certificate validation" inline>
        {(id) => <Toggle id={id} on={props.settings.skipVerify} onChange={(skipVerify) => props.put({ skipVerify })} />}
      </Field>
      <Field name="Own certificate authority" inline>
        {(id) => <Toggle id={id} on={props.settings.ownAuthority} onChange={(ownAuthority) => props.put({ ownAuthority })} />}
      </Field>
      <Show when={props.settings.ownAuthority}>
        <Field name={props.settings.authorityKept ? "Certificate (kept; paste to replace it)" : "Certificate"}>
          {(id) => (
            <textarea
              id={id}
              class="mono"
              rows="4"
              placeholder="-----BEGIN CERTIFICATE-----"
              value={props.settings.authority}
              onInput={(event) => props.put({ authority: event.currentTarget.value })}
            />
          )}
        </Field>
      </Show>
    </>
  );
}

function More(props: PartProps) {
  const change = (index: number, header: Partial<Header>) =>
    props.put({ headers: props.settings.headers.map((one, at) => (at === index ? { ...one, ...header } : one)) });
  return (
    <div class="source-more">
      <Field name="HTTP method">
        {(id) => (
          <select
            id={id}
            value={props.settings.method}
            onChange={(event) => props.put({ method: event.currentTarget.value === "GET" ? "GET" : "POST" })}
          >
            <option>POST</option>
            <option>GET</option>
          </select>
        )}
      </Field>
      <TextField name="Timeout in seconds" value={props.settings.timeout} onChange={(timeout) => props.put({ timeout })} />
      <TextField name="Custom query parameters" value={props.settings.parameters} onChange={(parameters) => props.put({ parameters })} />
      <Index each={props.settings.headers}>
        {(header, index) => (
          <div class="source-header">
            <TextField name={`Header ${header().number}`} value={header().name} onChange={(name) => change(index, { name })} />
            <TextField
              name={header().kept ? "Value (kept; type to replace it)" : "Value"}
              type="password"
              value={header().value}
              onChange={(value) => change(index, { value })}
            />
          </div>
        )}
      </Index>
      <div>
        <button
          type="button"
          class="button"
          onClick={() => props.put({ headers: [...props.settings.headers, newHeader(props.settings.headers)] })}
        >
          <Icon name="plus" />
          Add header
        </button>
      </div>
    </div>
  );
}
