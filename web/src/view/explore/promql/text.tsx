import { createEffect, on, onCleanup, onMount } from "solid-js";
import type { EditorView } from "@codemirror/view";
import { OWN_API } from "../../../api/data-sources";
import type { Problem } from "../problem";
import { showProblems } from "./diagnostics";
import { createEditor, setText } from "./view";
import "./text.css";

export interface PromqlTextProps {
  value: string;
  problems: readonly Problem[];
  /** Path of the API that knows the names; that of the own store where none is given. */
  api?: string;
  /** Whether the text may name variables, which PromQL by itself does not know. */
  variables?: boolean;
  onInput: (value: string) => void;
  onExecute: () => void;
  onLeave?: () => void;
}

/** The text of a PromQL query, with completion, explanations, and the places of problems underlined. */
export function PromqlText(props: PromqlTextProps) {
  let box!: HTMLDivElement;
  let view: EditorView | undefined;
  onMount(() => {
    const root = box.attachShadow({ mode: "open" });
    view = createEditor({
      root,
      value: props.value,
      api: props.api ?? OWN_API,
      check: !props.variables,
      onInput: (text) => props.onInput(text),
      onExecute: () => props.onExecute(),
    });
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
      onFocusOut={() => props.onLeave?.()}
      ref={(element) => {
        box = element;
      }}
    />
  );
}
