import { For, Show, Suspense } from "solid-js";
import type { Document } from "../../../edit/document";
import { VARIABLE_TYPES, variableOptions } from "../../../edit/option/dashboard";
import { isObject, type Json, object, objects, text } from "../../../json";
import { Field } from "../field";
import { OptionList } from "../option/list";
import { ItemList } from "./item-list";
import { SourceField } from "./source-field";
import { NO_SURROUNDINGS, documentTarget, itemTarget } from "./target";
import { VariablePreview } from "./variable-preview";

/** The variables of a dashboard. */
export function Variables(props: { document: Document }) {
  const target = documentTarget(props.document);
  const list = () => objects(object(props.document.json().templating).list);
  const freeName = (wanted: string) => {
    const taken = list().map(({ name }) => name);
    let name = wanted;
    for (let at = 1; taken.includes(name); at += 1) name = `${wanted}${at}`;
    return name;
  };
  return (
    <>
      <h2>Variables</h2>
      <ItemList
        what="variable"
        items={list()}
        name={(item) => text(item.name)}
        says={queryText}
        create={() => ({
          type: "query",
          name: freeName("query"),
          query: { query: "", refId: "PrometheusVariableQueryEditor-VariableQuery" },
          refresh: 1,
        })}
        copy={(item) => ({ ...item, name: freeName(`copy_of_${text(item.name)}`) })}
        onChange={(items, what) => {
          if (what) props.document.change(withList(props.document.json(), items), what);
          else target.write("templating.list", items);
        }}
        form={(item, change) => <VariableForm item={item()} document={props.document} change={change} />}
      />
    </>
  );
}

function withList(json: Json, list: Json[]): Json {
  return { ...json, templating: { ...object(json.templating), list } };
}

function queryText(item: Json): string {
  return isObject(item.query) ? text(item.query.query) : text(item.query);
}

function VariableForm(props: { item: Json; document: Document; change: (next: Json, what: string) => void }) {
  const type = () => text(props.item.type, "query");
  const options = () => variableOptions(type());
  const target = itemTarget(
    () => props.item,
    (next, what) => props.change(next, what),
  );
  const asksSource = () => type() === "query" || type() === "adhoc";
  const setQuery = (query: string) => {
    const stored = isObject(props.item.query) ? { ...props.item.query, query } : query;
    props.change({ ...props.item, query: stored, definition: query }, "query");
  };
  // The values of one type mean nothing to another.
  const setType = (next: string) => {
    const query =
      next === "query" ? { query: "", refId: "PrometheusVariableQueryEditor-VariableQuery" } : next === "datasource" ? "prometheus" : "";
    const { definition: _definition, options: _options, ...rest } = props.item;
    props.change({ ...rest, type: next, query, current: {} }, "type");
  };
  return (
    <>
      <Field name="Variable type">
        {(id) => (
          <select id={id} onChange={(event) => setType(event.currentTarget.value)}>
            <For each={VARIABLE_TYPES}>
              {(one) => (
                <option value={one.id} selected={one.id === type()}>
                  {one.name}
                </option>
              )}
            </For>
          </select>
        )}
      </Field>
      <OptionList options={options().naming} target={target} around={NO_SURROUNDINGS} />
      <Show when={asksSource()}>
        <SourceField item={props.item} target={target} />
      </Show>
      <Show when={type() === "query"}>
        <Field name="Query" hint="label_values(metric, label), label_names(), metrics(regex), query_result(query)">
          {(id) => (
            <textarea
              id={id}
              class="mono"
              rows="2"
              value={queryText(props.item)}
              onInput={(event) => setQuery(event.currentTarget.value)}
            />
          )}
        </Field>
      </Show>
      <OptionList options={options().own} target={target} around={NO_SURROUNDINGS} />
      <Suspense>
        <VariablePreview item={props.item} document={props.document} />
      </Suspense>
    </>
  );
}
