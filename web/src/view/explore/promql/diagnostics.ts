/** What the server said about a query, shown where in the text it said so. */

import { type Diagnostic, forceLinting, linter } from "@codemirror/lint";
import { StateEffect, StateField } from "@codemirror/state";
import type { EditorView } from "@codemirror/view";
import { type Problem, wordEnd } from "../problem";

const setProblems = StateEffect.define<readonly Problem[]>();

/** The problems of the text as it is; a change of the text makes them void. */
const problems = StateField.define<readonly Problem[]>({
  create: () => [],
  update: (before, change) => {
    const effect = change.effects.find((one) => one.is(setProblems));
    if (effect) return effect.value as readonly Problem[];
    return change.docChanged ? [] : before;
  },
});

export const serverDiagnostics = [
  problems,
  linter((view) => toDiagnostics(view.state.field(problems), view.state.doc.toString()), {
    needsRefresh: (update) => update.startState.field(problems) !== update.state.field(problems),
  }),
];

export function showProblems(view: EditorView, found: readonly Problem[]): void {
  view.dispatch({ effects: setProblems.of(found) });
  forceLinting(view);
}

export function toDiagnostics(found: readonly Problem[], text: string): Diagnostic[] {
  return found.flatMap(({ offset, message, severity }) => {
    if (offset === undefined) return [];
    // A problem at the end of the text is shown under its last character.
    const from = Math.max(0, Math.min(offset, text.length - 1));
    return [{ from, to: Math.min(text.length, wordEnd(text, from)), message, severity }];
  });
}
