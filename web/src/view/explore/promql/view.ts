/** The editor of a query: CodeMirror with Prometheus's language. */

import { acceptCompletion, autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, insertNewline } from "@codemirror/commands";
import { bracketMatching } from "@codemirror/language";
import { EditorState, Prec } from "@codemirror/state";
import { EditorView, drawSelection, keymap, placeholder } from "@codemirror/view";
import { PromQLExtension } from "@prometheus-io/codemirror-promql";
import { requestRaw } from "../../../api/http";
import { serverDiagnostics } from "./diagnostics";
import { hoverDocs } from "./hover";
import { theme } from "./theme";

export interface EditorOptions {
  /** A shadow root: the page's policy allows no style elements, and there the editor does without. */
  root: ShadowRoot;
  value: string;
  /** Path of the API that completions come from. */
  api: string;
  /** Whether the text is to be PromQL as it stands. */
  check: boolean;
  onInput: (value: string) => void;
  onExecute: () => void;
}

/** How far back names for completion are looked for. */
const NAMES_WITHIN_MS = 12 * 3_600_000;
/** How long they are taken as true. */
const NAMES_KEPT_MS = 60_000;

export function createEditor(options: EditorOptions): EditorView {
  const promql = new PromQLExtension().activateLinter(options.check).setComplete({
    remote: {
      url: "",
      apiPrefix: options.api,
      httpMethod: "GET",
      fetchFn: requestRaw,
      lookbackInterval: NAMES_WITHIN_MS,
      cache: { maxAge: NAMES_KEPT_MS },
    },
  });
  const execute = {
    run: () => {
      options.onExecute();
      return true;
    },
  };
  return new EditorView({
    root: options.root,
    parent: options.root,
    state: EditorState.create({
      doc: options.value,
      extensions: [
        history(),
        drawSelection(),
        bracketMatching(),
        closeBrackets(),
        autocompletion({ icons: false, activateOnTyping: true }),
        promql.asExtension(),
        serverDiagnostics,
        hoverDocs,
        theme,
        EditorView.lineWrapping,
        placeholder("Expression, such as up or rate(process_cpu_seconds_total[5m])"),
        EditorView.contentAttributes.of({ "aria-label": "Expression", autocapitalize: "off", spellcheck: "false" }),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) options.onInput(update.state.doc.toString());
        }),
        Prec.highest(
          keymap.of([
            { key: "Enter", ...execute },
            { key: "Mod-Enter", ...execute },
            { key: "Shift-Enter", run: insertNewline },
            { key: "Tab", run: acceptCompletion },
          ]),
        ),
        keymap.of([...closeBracketsKeymap, ...defaultKeymap, ...historyKeymap, ...completionKeymap]),
      ],
    }),
  });
}

/** Replaces the text from outside; the cursor goes to its end. */
export function setText(view: EditorView, value: string): void {
  const { doc } = view.state;
  if (doc.toString() === value) return;
  view.dispatch({ changes: { from: 0, to: doc.length, insert: value }, selection: { anchor: value.length } });
}
