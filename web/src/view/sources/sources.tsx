import { createResource, createSignal, For, Match, onMount, Show, Switch } from "solid-js";
import { deleteDataSource, listDataSourceJson, loadDataSourceJson } from "../../api/data-sources";
import { messageOf } from "../../api/http";
import { setTitle } from "../../app/title";
import { flag, type Json, text } from "../../json";
import { Icon } from "../../ui/icon";
import { Notice } from "../../ui/notice";
import { Confirm } from "../people/form";
import { SourceForm } from "./source-form";
import "./sources.css";

type Open = { what: "edit"; json: Json } | { what: "delete"; source: Json };

/** `/connections/datasources`: the servers that panels ask. */
export default function SourcesPage() {
  const [sources, { refetch }] = createResource(listDataSourceJson);
  const [open, setOpen] = createSignal<Open>();
  const [failure, setFailure] = createSignal("");
  onMount(() => {
    setTitle("Data sources");
  });
  const close = () => setOpen(undefined);
  const edit = async (uid: string) => {
    setFailure("");
    await loadDataSourceJson(uid).then(
      (json) => setOpen({ what: "edit", json }),
      (cause: unknown) => setFailure(messageOf(cause)),
    );
  };
  return (
    <div class="narrow">
      <div class="page-head">
        <h1>Data sources</h1>
        <button
          type="button"
          class="button button-primary"
          onClick={() => setOpen({ what: "edit", json: { jsonData: { timeInterval: "15s" } } })}
        >
          <Icon name="plus" />
          Add data source
        </button>
      </div>
      <Show when={sources.error}>{(cause) => <Notice kind="error" title="Data sources cannot be listed" text={messageOf(cause())} />}</Show>
      <Show when={failure()}>{(text) => <Notice kind="error" title={text()} />}</Show>
      <ul class="people-rows">
        <For each={sources.error ? [] : (sources.latest ?? [])}>
          {(source) => (
            <SourceRow source={source} onEdit={() => void edit(text(source.uid))} onDelete={() => setOpen({ what: "delete", source })} />
          )}
        </For>
      </ul>
      <Switch>
        <Match when={editing(open())} keyed>
          {(json) => <SourceForm json={json} onClose={close} onSaved={() => void refetch()} />}
        </Match>
        <Match when={deleting(open())} keyed>
          {(source) => (
            <Confirm
              title="Delete data source"
              text={`Deletes ${text(source.name)}. Panels that name it ask the default one then.`}
              action="Delete"
              onClose={close}
              onConfirm={() => deleteDataSource(text(source.uid)).then(() => refetch())}
            />
          )}
        </Match>
      </Switch>
    </div>
  );
}

function editing(open: Open | undefined): Json | undefined {
  return open?.what === "edit" ? open.json : undefined;
}

function deleting(open: Open | undefined): Json | undefined {
  return open?.what === "delete" ? open.source : undefined;
}

function SourceRow(props: { source: Json; onEdit: () => void; onDelete: () => void }) {
  const name = () => text(props.source.name);
  return (
    <li class="people-row">
      <span class="people-name">
        <strong>{name()}</strong>
        <span class="muted">{flag(props.source.isOwn) ? "the store of this server" : text(props.source.url)}</span>
      </span>
      <span class="people-fact">
        <span>{text(props.source.type)}</span>
        <Show when={flag(props.source.isDefault)}>
          <span class="tag">Default</span>
        </Show>
      </span>
      <span class="people-end">
        <Show
          when={!flag(props.source.readOnly)}
          fallback={<span class="muted">{flag(props.source.isOwn) ? "Built in" : "Provisioned"}</span>}
        >
          <button type="button" class="button" onClick={() => props.onEdit()}>
            <Icon name="edit" />
            Edit
          </button>
          <button
            type="button"
            class="icon-button"
            aria-label={`Delete ${name()}`}
            title={`Delete ${name()}`}
            onClick={() => props.onDelete()}
          >
            <Icon name="trash" />
          </button>
        </Show>
      </span>
    </li>
  );
}
