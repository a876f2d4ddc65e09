import { Index } from "solid-js";
import { replaced } from "../../../edit/path";
import { flag, type Json, objects, text } from "../../../json";
import { Icon } from "../../../ui/icon";
import { Toggle } from "../field";

/** Links with a title and an address; both may name variables and values. */
export function Links(props: { value: unknown; onChange: (value: Json[]) => void }) {
  const links = () => objects(props.value);
  const change = (index: number, part: Json) => props.onChange(replaced(links(), index, { ...links()[index], ...part }));
  return (
    <div class="rules">
      <Index each={links()}>
        {(link, index) => (
          <div class="rule-block">
            <div class="rule">
              <input
                class="rule-main"
                type="text"
                aria-label="Title of the link"
                placeholder="Title"
                value={text(link().title)}
                onInput={(event) => change(index, { title: event.currentTarget.value })}
              />
              <button
                type="button"
                class="icon-button"
                aria-label="Remove link"
                title="Remove"
                onClick={() => props.onChange(replaced(links(), index, undefined))}
              >
                <Icon name="trash" />
              </button>
            </div>
            <input
              type="text"
              aria-label="Address of the link"
              placeholder="https://example.com/?q=${__value.text}"
              value={text(link().url)}
              onInput={(event) => change(index, { url: event.currentTarget.value })}
            />
            <label class="rule">
              <span class="rule-main">Open in new tab</span>
              <Toggle on={flag(link().targetBlank)} onChange={(targetBlank) => change(index, { targetBlank })} />
            </label>
          </div>
        )}
      </Index>
      <button type="button" class="button" onClick={() => props.onChange([...links(), { title: "", url: "" }])}>
        <Icon name="plus" />
        Add link
      </button>
    </div>
  );
}
