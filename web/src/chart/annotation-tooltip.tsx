import { For, Show } from "solid-js";
import { dateTime } from "../time/clock";
import type { Annotation } from "./annotation";
import { TooltipBox } from "./tooltip";

/** What happened, and when. */
export function AnnotationTooltip(props: { annotation: Annotation; at: { left: number; top: number }; utc: boolean }) {
  const { from, to } = props.annotation;
  const head = from === to ? dateTime(from, props.utc) : `${dateTime(from, props.utc)} – ${dateTime(to, props.utc)}`;
  return (
    <TooltipBox at={props.at} head={head}>
      <div>{props.annotation.title}</div>
      <Show when={props.annotation.text}>
        <div class="tooltip-more">{props.annotation.text}</div>
      </Show>
      <For each={props.annotation.tags}>{(tag) => <span class="tag">{tag}</span>}</For>
    </TooltipBox>
  );
}
