import { createEffect } from "solid-js";
import { markdownToHtml } from "../text/markdown";
import { sanitized } from "../text/sanitize";
import { text } from "../json";
import type { PanelProps } from "./props";
import "./text.css";

/** Markdown or HTML, cleaned of everything that could run or fetch. */
export function TextPanel(props: PanelProps) {
  let box!: HTMLDivElement;
  createEffect(() => {
    const source = props.text(text(props.panel.options.content));
    const kind = text(props.panel.options.mode, "markdown");
    if (kind === "code") box.replaceChildren(Object.assign(document.createElement("pre"), { textContent: source }));
    else box.replaceChildren(sanitized(kind === "html" ? source : markdownToHtml(source)));
  });
  return (
    <div
      class="text-panel"
      ref={(element) => {
        box = element;
      }}
    />
  );
}
