import { createMemo, createSignal, For, Match, onMount, Show, Switch } from "solid-js";
import type { DataSource } from "../../../api/data-sources";
import { ApiError, messageOf } from "../../../api/http";
import { createFolder, saveDashboard } from "../../../api/library";
import { navigate } from "../../../app/router";
import { setTitle } from "../../../app/title";
import { fillInputs, type Input, parseDashboard, readInputs } from "../../../edit/inputs";
import { type Json, text } from "../../../json";
import { Notice } from "../../../ui/notice";
import { Field } from "../field";
import { createSources } from "../loaded";
import { FolderChoice } from "../save/form";
import "./import.css";

/** `/dashboard/import`: a dashboard from a file or from text, with what it asks for. */
export default function ImportPage() {
  const [found, setFound] = createSignal<Json>();
  onMount(() => {
    setTitle("Import dashboard");
  });
  return (
    <div class="narrow import">
      <div class="page-head">
        <h1>Import dashboard</h1>
      </div>
      <Show when={found()} keyed fallback={<Source onFound={setFound} />}>
        {(json) => <Options json={json} onBack={() => setFound(undefined)} />}
      </Show>
    </div>
  );
}

/** Bytes of a dashboard that are read; the server refuses larger ones. */
const FILE_MAX = 50 * 1024 * 1024;

function Source(props: { onFound: (json: Json) => void }) {
  const [typed, setTyped] = createSignal("");
  const [failure, setFailure] = createSignal("");
  const read = (source: string) => {
    try {
      setFailure("");
      props.onFound(parseDashboard(source));
    } catch (cause) {
      setFailure(messageOf(cause));
    }
  };
  const take = (file: File | undefined) => {
    if (!file) return;
    if (file.size > FILE_MAX) return void setFailure(`${file.name} is larger than 50 MB.`);
    void file.text().then(read);
  };
  return (
    <>
      <label
        class="import-file"
        onDragOver={(event) => event.preventDefault()}
        onDrop={(event) => {
          event.preventDefault();
          take(event.dataTransfer?.files[0]);
        }}
      >
        <input type="file" accept="application/json,.json,.txt" onChange={(event) => take(event.currentTarget.files?.[0])} />
        <strong>Upload dashboard JSON file</strong>
        <span class="muted">Drag and drop here or click to browse. Classic dashboards, V1 and V2 resources.</span>
      </label>
      <Field name="Import via dashboard JSON model">
        {(id) => <textarea id={id} class="mono" rows="12" value={typed()} onInput={(event) => setTyped(event.currentTarget.value)} />}
      </Field>
      <Show when={failure()}>{(reason) => <Notice kind="error" title="This cannot be imported" text={reason()} />}</Show>
      <div class="dialog-actions">
        <button type="button" class="button button-primary" disabled={!typed().trim()} onClick={() => read(typed())}>
          Load
        </button>
      </div>
    </>
  );
}

function Options(props: { json: Json; onBack: () => void }) {
  const inputs = readInputs(props.json);
  const sources = createSources();
  const [name, setName] = createSignal(text(props.json.title));
  const [uid, setUid] = createSignal(text(props.json.uid));
  const [folder, setFolder] = createSignal<{ uid: string; newFolder: string | undefined }>({ uid: "", newFolder: undefined });
  const [chosen, setChosen] = createSignal<ReadonlyMap<string, string>>(new Map());
  const [failure, setFailure] = createSignal<ApiError>();
  const [busy, setBusy] = createSignal(false);
  const values = createMemo(() => new Map(inputs.map((input) => [input.name, chosen().get(input.name) ?? preset(input, sources())])));
  const complete = () => name().trim() !== "" && [...values().values()].every((value) => value !== "");
  const save = async (overwrite: boolean) => {
    setBusy(true);
    setFailure(undefined);
    try {
      const { newFolder } = folder();
      const folderUid = newFolder === undefined ? folder().uid : (await createFolder(newFolder.trim())).uid;
      const dashboard = { ...fillInputs(props.json, values()), id: null, uid: uid().trim(), title: name().trim(), version: 0 };
      navigate((await saveDashboard({ dashboard, folderUid, message: "", overwrite })).url);
    } catch (cause) {
      setFailure(cause instanceof ApiError ? cause : new ApiError(messageOf(cause), 0));
    }
    setBusy(false);
  };
  return (
    <form
      class="import-options"
      onSubmit={(event) => {
        event.preventDefault();
        void save(false);
      }}
    >
      <Field name="Name">
        {(id) => <input id={id} type="text" required value={name()} onInput={(event) => setName(event.currentTarget.value)} />}
      </Field>
      <FolderChoice uid={folder().uid} newFolder={folder().newFolder} onChange={setFolder} />
      <Field name="Unique identifier (UID)" hint="Names the dashboard in addresses. Left empty, one is made up.">
        {(id) => <input id={id} type="text" maxlength="40" value={uid()} onInput={(event) => setUid(event.currentTarget.value)} />}
      </Field>
      <For each={inputs}>
        {(input) => (
          <InputField
            input={input}
            sources={sources()}
            value={values().get(input.name) ?? ""}
            onChange={(value) => setChosen(new Map([...chosen(), [input.name, value]]))}
          />
        )}
      </For>
      <Switch>
        <Match when={failure()?.status === 412}>
          <Notice kind="warning" title="There is such a dashboard already" text={failure()?.message} />
        </Match>
        <Match when={failure()}>{(found) => <Notice kind="error" title="It was not imported" text={found().message} />}</Match>
      </Switch>
      <div class="dialog-actions">
        <button type="button" class="button" onClick={props.onBack}>
          Cancel
        </button>
        <Show
          when={failure()?.status === 412}
          fallback={
            <button type="submit" class="button button-primary" disabled={busy() || !complete()}>
              Import
            </button>
          }
        >
          <button type="button" class="button button-danger" disabled={busy()} onClick={() => void save(true)}>
            Import (Overwrite)
          </button>
        </Show>
      </div>
    </form>
  );
}

/** A constant has its value; a data source is the default one of its type. */
function preset(input: Input, sources: readonly DataSource[]): string {
  if (input.kind === "constant") return input.value;
  const fitting = fittingSources(input, sources);
  return (fitting.find(({ isDefault }) => isDefault) ?? fitting[0])?.uid ?? "";
}

function fittingSources(input: Input, sources: readonly DataSource[]): readonly DataSource[] {
  const fitting = sources.filter(({ type }) => type === input.pluginId);
  return fitting.length ? fitting : sources;
}

interface InputProps {
  input: Input;
  sources: readonly DataSource[];
  value: string;
  onChange: (value: string) => void;
}

function InputField(props: InputProps) {
  return (
    <Field name={props.input.label} hint={props.input.description || undefined}>
      {(id) => (
        <Show
          when={props.input.kind === "datasource"}
          fallback={<input id={id} type="text" value={props.value} onInput={(event) => props.onChange(event.currentTarget.value)} />}
        >
          <select id={id} required onChange={(event) => props.onChange(event.currentTarget.value)}>
            <For each={fittingSources(props.input, props.sources)}>
              {(source) => (
                <option value={source.uid} selected={source.uid === props.value}>
                  {source.name}
                </option>
              )}
            </For>
          </select>
        </Show>
      )}
    </Field>
  );
}
