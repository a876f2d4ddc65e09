import { createEffect, For, on, onCleanup, onMount } from "solid-js";
import type { EditorView } from "@codemirror/view";
import { Icon } from "../../ui/icon";
import { Popover } from "../../ui/popover";
import { readHistory } from "./history";
import type { Problem } from "./problem";
import { showProblems } from "./promql/diagnostics";
import { createEditor, setText } from "./promql/view";

export interface EditorProps {
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
      <EditorText {...props} />
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

function EditorText(props: EditorProps) {
  let box!: HTMLDivElement;
  let view: EditorView | undefined;
  onMount(() => {
    const root = box.attachShadow({ mode: "open" });
    view = createEditor({ root, value: props.value, onInput: (text) => props.onInput(text), onExecute: () => props.onExecute() });
  });
  createEffect(
    on(
      () => props.value,
      (text) => view && setText(view, text),
    ),
  );
  createEffect(
    on(
      () => props.problems,
      (found) => view && showProblems(view, found),
    ),
  );
  onCleanup(() => view?.destroy());
  return (
    <div
      class="editor-text"
      ref={(element) => {
        box = element;
      }}
    />
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
