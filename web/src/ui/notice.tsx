import { Show } from "solid-js";
import { Icon } from "./icon";

/** A message in the page: what is wrong or missing, in words. */
export function Notice(props: { kind: "info" | "warning" | "error"; title: string; text?: string | undefined }) {
  return (
    <div class={`notice notice-${props.kind}`} role={props.kind === "error" ? "alert" : "status"}>
      <Icon name={props.kind === "info" ? "info" : "warning"} />
      <div>
        <strong>{props.title}</strong>
        <Show when={props.text}>
          <p>{props.text}</p>
        </Show>
      </div>
    </div>
  );
}
