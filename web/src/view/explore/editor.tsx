import { For, Show } from "solid-js";
import { Icon } from "../../ui/icon";
import { Popover } from "../../ui/popover";
import { readHistory } from "./history";
import type { Problem } from "./problem";
import { PromqlText } from "./promql/text";

export interface EditorProps {
  /** Path of the API that knows the names. */
  api: string;
  value: string;
  problems: readonly Problem[];
  onInput: (value: string) => void;
  onFormat: () => void;
  onExecute: () => void;
}

/** The text of a query, with completion, explanations, and the places of problems underlined. */
export function Editor(props: EditorProps) {
  return (
    <div class="editor">
      <Show when={props.api} keyed>
        {(api) => <PromqlText {...props} api={api} />}
      </Show>
      <History onPick={props.onInput} />
      <button type="button" class="icon-button" aria-label="Format expression" title="Format" onClick={() => props.onFormat()}>
        <Icon name="format" />
      </button>
      <button type="button" class="button button-primary" title="Ctrl+Enter" onClick={() => props.onExecute()}>
        Execute
      </button>
    </div>
  );
}

function History(props: { onPick: (expr: string) => void }) {
  return (
    <Popover class="icon-button" name="History" align="end" label={<Icon name="history" />}>
      {(close) => (
        <ul class="history">
          <For each={readHistory()} fallback={<li class="muted">Nothing was run here yet.</li>}>
            {(expr) => (
              <li>
                <button
                  type="button"
                  class="mono"
                  onClick={() => {
                    props.onPick(expr);
                    close();
                  }}
                >
                  {expr}
                </button>
              </li>
            )}
          </For>
        </ul>
      )}
    </Popover>
  );
}
