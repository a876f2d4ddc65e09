import { For, Show, type ParentProps } from "solid-js";
import { dateTime } from "../time/clock";
import type { Annotation } from "./annotation";
import { TooltipBox } from "./tooltip";

/** What happened, and when. */
export function AnnotationTooltip(
  props: ParentProps<{ annotation: Annotation; at: { left: number; top: number }; utc: boolean; onClose?: (() => void) | undefined }>,
) {
  const { from, to } = props.annotation;
  const head = from === to ? dateTime(from, props.utc) : `${dateTime(from, props.utc)} – ${dateTime(to, props.utc)}`;
  return (
    <TooltipBox at={props.at} head={head} onClose={props.onClose}>
      <div>{props.annotation.title}</div>
      <Show when={props.annotation.text}>
        <div class="tooltip-more">{props.annotation.text}</div>
      </Show>
      <For each={props.annotation.tags}>{(tag) => <span class="tag">{tag}</span>}</For>
      {props.children}
    </TooltipBox>
  );
}
