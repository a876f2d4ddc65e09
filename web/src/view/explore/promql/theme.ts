/** How the editor looks: the page's own colours, which reach into its shadow root as custom properties. */

import { HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import type { Extension } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { tags } from "@lezer/highlight";

const looks = EditorView.theme({
  "&": { background: "transparent", color: "var(--ink)", fontSize: "13.5px" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "20px", maxHeight: "320px" },
  ".cm-content": { padding: "8px 4px", caretColor: "var(--ink)" },
  ".cm-cursor": { borderLeftColor: "var(--ink)" },
  ".cm-placeholder": { color: "var(--ink-faint)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
    background: "var(--accent-soft)",
  },
  ".cm-matchingBracket, &.cm-focused .cm-matchingBracket": { background: "var(--accent-soft)", outline: "1px solid var(--line-strong)" },
  ".cm-nonmatchingBracket, &.cm-focused .cm-nonmatchingBracket": { background: "var(--down-soft)" },
  ".cm-tooltip": {
    border: "1px solid var(--line-strong)",
    borderRadius: "var(--radius)",
    background: "var(--raised)",
    color: "var(--ink)",
    boxShadow: "var(--shadow)",
    fontFamily: "var(--face)",
    fontSize: "13px",
    overflow: "hidden",
  },
  ".cm-tooltip.cm-tooltip-autocomplete > ul": { fontFamily: "var(--mono)", maxHeight: "240px", maxWidth: "min(620px, 88vw)" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li": { padding: "3px 8px" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]": { background: "var(--accent-soft)", color: "var(--ink)" },
  ".cm-completionMatchedText": { color: "var(--accent-ink)", textDecoration: "none", fontWeight: "600" },
  ".cm-completionDetail": { color: "var(--ink-faint)", fontStyle: "normal", fontFamily: "var(--face)" },
  ".cm-tooltip.cm-completionInfo": { padding: "6px 10px", maxWidth: "340px" },
  ".cm-diagnostic": { padding: "4px 10px", borderLeft: "3px solid var(--down)", maxWidth: "min(560px, 88vw)" },
  ".cm-diagnostic-warning, .cm-diagnostic-info": { borderLeftColor: "var(--warn)" },
  ".cm-lintRange": {
    backgroundImage: "none",
    textDecoration: "underline wavy var(--down)",
    textDecorationSkipInk: "none",
    textUnderlineOffset: "3px",
  },
  ".cm-lintRange-warning, .cm-lintRange-info": { textDecorationColor: "var(--warn)" },
  ".cm-docs": { padding: "6px 10px", maxWidth: "min(480px, 88vw)" },
  ".cm-docs code": { fontFamily: "var(--mono)", color: "var(--accent-ink)" },
  ".cm-docs p": { margin: "4px 0 0", color: "var(--ink-soft)" },
});

const colours = HighlightStyle.define([
  { tag: [tags.keyword, tags.operatorKeyword, tags.modifier], color: "var(--accent-ink)" },
  { tag: [tags.function(tags.variableName), tags.standard(tags.name)], color: "var(--link)" },
  { tag: [tags.string, tags.special(tags.string)], color: "var(--up)" },
  { tag: [tags.number, tags.literal], color: "var(--warn)" },
  { tag: tags.labelName, color: "var(--ink-soft)" },
  { tag: tags.comment, color: "var(--ink-faint)" },
  { tag: tags.invalid, color: "var(--down)" },
]);

export const theme: Extension = [looks, syntaxHighlighting(colours)];
