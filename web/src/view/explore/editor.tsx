import { createMemo, For, Show } from "solid-js";
import { Icon } from "../../ui/icon";
import { Popover } from "../../ui/popover";
import { readHistory } from "./history";
import { type Problem, wordEnd } from "./problem";

export interface EditorProps {
  value: string;
  problems: readonly Problem[];
  onInput: (value: string) => void;
  onExecute: () => void;
}

/** The text of a query, with the places of problems underlined. */
export function Editor(props: EditorProps) {
  const mark = createMemo(() => {
    const problem = props.problems.find((one) => one.offset !== undefined);
    if (problem?.offset === undefined) return undefined;
    // A problem at the end is shown under a blank.
    const text = `${props.value} `;
    const end = wordEnd(text, problem.offset);
    return {
      before: text.slice(0, problem.offset),
      marked: text.slice(problem.offset, end),
      after: text.slice(end),
      severity: problem.severity,
    };
  });
  return (
    <div class="editor">
      <div class="editor-text">
        <pre aria-hidden="true">
          <Show when={mark()} fallback={`${props.value} `}>
            {(place) => (
              <>
                {place().before}
                <mark class={`mark-${place().severity}`}>{place().marked}</mark>
                {place().after}
              </>
            )}
          </Show>
        </pre>
        <textarea
          aria-label="Expression"
          placeholder="Expression, such as up or rate(process_cpu_seconds_total[5m])"
          spellcheck={false}
          autocapitalize="off"
          autocomplete="off"
          rows="1"
          value={props.value}
          aria-invalid={props.problems.some((problem) => problem.severity === "error")}
          onInput={(event) => props.onInput(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey || event.shiftKey)) return;
            event.preventDefault();
            props.onExecute();
          }}
        />
      </div>
      <History onPick={props.onInput} />
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
