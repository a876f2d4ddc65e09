import type { Document } from "../../../edit/document";
import { LINK } from "../../../edit/option/dashboard";
import { type Json, objects, text, texts } from "../../../json";
import { Field } from "../field";
import { OptionList } from "../option/list";
import { ItemList } from "./item-list";
import { itemTarget, NO_SURROUNDINGS } from "./target";

/** The links above a dashboard. */
export function Links(props: { document: Document }) {
  return (
    <>
      <h2>Links</h2>
      <ItemList
        what="link"
        items={objects(props.document.json().links)}
        name={(item) => text(item.title) || "Link"}
        says={(item) => (item.type === "dashboards" ? texts(item.tags).join(", ") : text(item.url))}
        create={() => ({ title: "New link", type: "link", url: "", tags: [], icon: "external link", targetBlank: false })}
        copy={(item) => item}
        onChange={(links, what) => props.document.change({ ...props.document.json(), links }, what)}
        form={(item, change) => <LinkForm item={item()} change={change} />}
      />
    </>
  );
}

function LinkForm(props: { item: Json; change: (next: Json, what: string) => void }) {
  const target = itemTarget(
    () => props.item,
    (next, what) => props.change(next, what),
  );
  const put = (typed: string) =>
    target.write(
      "tags",
      typed
        .split(",")
        .map((tag) => tag.trim())
        .filter(Boolean),
    );
  return (
    <>
      <OptionList options={LINK} target={target} around={NO_SURROUNDINGS} />
      <Field name="Tags" hint="Of the dashboards that a link of that type leads to; separated by commas">
        {(id) => (
          <input id={id} type="text" value={texts(props.item.tags).join(", ")} onChange={(event) => put(event.currentTarget.value)} />
        )}
      </Field>
    </>
  );
}
