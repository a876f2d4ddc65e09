import { For, Show } from "solid-js";
import { Icon } from "../../ui/icon";
import { Popover } from "../../ui/popover";
import { markdownToHtml } from "../../text/markdown";
import { sanitized } from "../../text/sanitize";

/** The marks in a panel's head: what it is about, what failed, what to take with care. */
export function PanelHints(props: { description: string; errors: readonly string[]; notices: readonly string[] }) {
  return (
    <>
      <Show when={props.description.trim()}>
        <Popover class="panel-hint" name="About this panel" align="end" label={<Icon name="info" />}>
          {() => <div class="prose" ref={(element) => element.append(sanitized(markdownToHtml(props.description)))} />}
        </Popover>
      </Show>
      <Show when={props.notices.length}>
        <Popover class="panel-hint panel-hint-notice" name="Notices" align="end" label={<Icon name="info" />}>
          {() => <Messages items={props.notices} />}
        </Popover>
      </Show>
      <Show when={props.errors.length}>
        <Popover class="panel-hint panel-hint-error" name="What failed" align="end" label={<Icon name="warning" />}>
          {() => <Messages items={props.errors} />}
        </Popover>
      </Show>
    </>
  );
}

function Messages(props: { items: readonly string[] }) {
  return (
    <ul class="messages">
      <For each={props.items}>{(item) => <li>{item}</li>}</For>
    </ul>
  );
}
