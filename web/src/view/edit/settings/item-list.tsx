import { createSignal, Index, Show, type JSX } from "solid-js";
import { moved, replaced } from "../../../edit/path";
import type { Json } from "../../../json";
import { Icon } from "../../../ui/icon";
import { Tool } from "../../../ui/tool";

interface ListProps {
  /** What one item is called. */
  what: string;
  items: readonly Json[];
  name: (item: Json) => string;
  says: (item: Json) => string;
  create: () => Json;
  /** Without it items cannot be copied. */
  copy?: (item: Json) => Json;
  onChange: (items: Json[], what?: string) => void;
  form: (item: () => Json, change: (next: Json, what: string) => void) => JSX.Element;
}

/** Items in their order; one is opened to be edited. */
export function ItemList(props: ListProps) {
  const [open, setOpen] = createSignal<number>();
  const opened = () => (open() === undefined ? undefined : props.items[open() ?? 0]);
  const add = () => {
    props.onChange([...props.items, props.create()]);
    setOpen(props.items.length - 1);
  };
  return (
    <Show
      when={opened()}
      fallback={
        <>
          <ul class="settings-list">
            <Index each={props.items} fallback={<p class="muted">There are none yet.</p>}>
              {(item, index) => (
                <li>
                  <button type="button" class="settings-item" onClick={() => setOpen(index)}>
                    <strong>{props.name(item())}</strong>
                    <span class="mono">{props.says(item())}</span>
                  </button>
                  <span class="edit-tools">
                    <Tool
                      icon="up"
                      name={`Move ${props.name(item())} up`}
                      disabled={index === 0}
                      onClick={() => props.onChange(moved(props.items, index, index - 1))}
                    />
                    <Tool
                      icon="down"
                      name={`Move ${props.name(item())} down`}
                      disabled={index === props.items.length - 1}
                      onClick={() => props.onChange(moved(props.items, index, index + 1))}
                    />
                    <Show when={props.copy}>
                      {(copy) => (
                        <Tool
                          icon="copy"
                          name={`Duplicate ${props.name(item())}`}
                          onClick={() =>
                            props.onChange([...props.items.slice(0, index + 1), copy()(item()), ...props.items.slice(index + 1)])
                          }
                        />
                      )}
                    </Show>
                    <Tool
                      icon="trash"
                      name={`Remove ${props.name(item())}`}
                      onClick={() => props.onChange(replaced(props.items, index, undefined))}
                    />
                  </span>
                </li>
              )}
            </Index>
          </ul>
          <div>
            <button type="button" class="button" onClick={add}>
              <Icon name="plus" />
              New {props.what}
            </button>
          </div>
        </>
      }
    >
      {(item) => (
        <div class="settings-form">
          <div class="settings-bar">
            <button type="button" class="button" onClick={() => setOpen(undefined)}>
              <Icon name="left" />
              Back to list
            </button>
          </div>
          {props.form(item, (next, what) => props.onChange(replaced(props.items, open() ?? 0, next), `${props.what} ${open()} ${what}`))}
        </div>
      )}
    </Show>
  );
}
