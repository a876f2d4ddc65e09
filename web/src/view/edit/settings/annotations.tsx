import { Show } from "solid-js";
import type { Document } from "../../../edit/document";
import { ANNOTATION, ANNOTATION_QUERY } from "../../../edit/option/dashboard";
import { type Json, object, objects, text } from "../../../json";
import { Field } from "../field";
import { OptionList } from "../option/list";
import { ItemList } from "./item-list";
import { SourceField } from "./source-field";
import { itemTarget, NO_SURROUNDINGS } from "./target";

/** The annotation queries of a dashboard. */
export function Annotations(props: { document: Document }) {
  const annotations = () => object(props.document.json().annotations);
  return (
    <>
      <h2>Annotations</h2>
      <ItemList
        what="annotation query"
        items={objects(annotations().list)}
        name={(item) => text(item.name)}
        says={(item) => text(item.expr) || text(object(item.target).expr)}
        create={() => ({
          name: "New annotation",
          enable: true,
          iconColor: "red",
          datasource: { type: "prometheus", uid: "prometheus" },
          expr: "",
        })}
        onChange={(list, what) => props.document.change({ ...props.document.json(), annotations: { ...annotations(), list } }, what)}
        form={(item, change) => <AnnotationForm item={item()} change={change} />}
      />
    </>
  );
}

function AnnotationForm(props: { item: Json; change: (next: Json, what: string) => void }) {
  const target = itemTarget(
    () => props.item,
    (next, what) => props.change(next, what),
  );
  // Newer versions of Grafana keep the expression in a target.
  const path = () => (object(props.item.target).expr === undefined ? "expr" : "target.expr");
  return (
    <>
      <OptionList options={ANNOTATION} target={target} around={NO_SURROUNDINGS} />
      <Show when={!props.item.builtIn}>
        <SourceField item={props.item} target={target} />
        <Field name="Query" hint="Where the expression is not zero, something happened.">
          {(id) => (
            <textarea
              id={id}
              class="mono"
              rows="2"
              value={text(target.read(path()))}
              onChange={(event) => target.write(path(), event.currentTarget.value)}
            />
          )}
        </Field>
        <OptionList options={ANNOTATION_QUERY} target={target} around={NO_SURROUNDINGS} />
      </Show>
    </>
  );
}
