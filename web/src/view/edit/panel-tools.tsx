import { Show } from "solid-js";
import type { Panel } from "../../model/dashboard";
import { Tool } from "../../ui/tool";

interface ToolsProps {
  panel: Panel;
  onDrag: (event: PointerEvent) => void;
  onKey: (event: KeyboardEvent) => void;
  /** Given where panels stand one below the other and cannot be dragged. */
  onStep: ((direction: "up" | "down") => void) | undefined;
  onEdit: () => void;
  onDuplicate: () => void;
  onCopy: () => void;
  onRemove: () => void;
}

/** What a panel's head offers while the grid is edited; the head itself is the handle. */
export function PanelTools(props: ToolsProps) {
  const name = () => props.panel.title || "the panel";
  return (
    <>
      <button
        type="button"
        class="edit-drag"
        aria-label={`Move ${name()}`}
        title="Drag to move. Arrow keys move, with Shift they resize."
        onPointerDown={(event) => props.onDrag(event)}
        onKeyDown={(event) => props.onKey(event)}
        onDblClick={() => props.onEdit()}
      />
      <Show when={props.panel.repeat}>
        <span class="edit-repeat" title={`Repeated for each value of ${props.panel.repeat}`}>
          ${props.panel.repeat}
        </span>
      </Show>
      <span class="edit-tools">
        <Show when={props.onStep}>
          {(step) => (
            <>
              <Tool icon="up" name={`Move ${name()} up`} onClick={() => step()("up")} />
              <Tool icon="down" name={`Move ${name()} down`} onClick={() => step()("down")} />
            </>
          )}
        </Show>
        <Tool icon="edit" name={`Edit ${name()}`} onClick={props.onEdit} />
        <Tool icon="copy" name={`Duplicate ${name()}`} onClick={props.onDuplicate} />
        <Tool icon="clipboard" name={`Copy ${name()}, to paste it into another dashboard`} onClick={props.onCopy} />
        <Tool icon="trash" name={`Remove ${name()}`} onClick={props.onRemove} />
      </span>
    </>
  );
}

interface HandleProps {
  title: string;
  onDrag: (event: PointerEvent) => void;
  onKey: (event: KeyboardEvent) => void;
}

/** The corner by which a panel is resized. */
export function ResizeHandle(props: HandleProps) {
  return (
    <button
      type="button"
      class="edit-resize"
      aria-label={`Resize ${props.title || "the panel"}`}
      title="Drag to resize"
      onPointerDown={(event) => props.onDrag(event)}
      onKeyDown={(event) => props.onKey(event)}
    />
  );
}
