import { createSignal, For, Show } from "solid-js";
import { placed } from "../base";
import { messageOf } from "../api/http";
import type { Annotation } from "../chart/annotation";
import { AnnotationTooltip } from "../chart/annotation-tooltip";
import type { Pin } from "../chart/pin";
import { Tooltip } from "../chart/tooltip";
import { type DataLink, dataLinks } from "../field/link";
import { timeField } from "../frame/frame";
import { object, text } from "../json";
import type { Note, Notes, PanelProps } from "./props";

interface PinSheetProps extends PanelProps {
  pin: Pin;
  hidden: (name: string) => boolean;
}

/** What a click leaves open: the values of the moment or what happened then, links, and a remark to be made. */
export function PinSheet(props: PinSheetProps) {
  const { pin } = props;
  const { annotation } = pin.pointed;
  if (annotation) return <AnnotationSheet annotation={annotation} pin={pin} notes={props.notes} utc={props.utc} />;
  const tooltip = object(props.panel.options.tooltip);
  return (
    <Tooltip
      set={pin.set}
      pointed={pin.pointed}
      multi={tooltip.mode === "multi"}
      sort={text(tooltip.sort, "none")}
      utc={props.utc}
      hidden={props.hidden}
      onClose={pin.close}
    >
      <Links links={linksAt(props)} />
      <Show when={props.notes}>{(notes) => <NoteForm pin={pin} notes={notes()} />}</Show>
    </Tooltip>
  );
}

function AnnotationSheet(props: { annotation: Annotation; pin: Pin; notes: Notes | undefined; utc: boolean }) {
  const remove = async (id: number) => {
    await props.notes?.remove(id);
    props.pin.close();
  };
  const id = () => props.notes && props.annotation.id;
  return (
    <AnnotationTooltip annotation={props.annotation} at={props.pin.pointed} utc={props.utc} onClose={props.pin.close}>
      <Show when={id()}>
        {(known) => (
          <button type="button" class="button tooltip-action" onClick={() => void remove(known())}>
            Delete
          </button>
        )}
      </Show>
    </AnnotationTooltip>
  );
}

/** The links of the curve next to the pointer, at its moment. */
function linksAt({ pin, frames, text }: PinSheetProps): DataLink[] {
  const curve = pin.set.curves[pin.pointed.nearest];
  const time = (pin.set.times[pin.pointed.index] ?? 0) * 1000;
  const row = curve && timeField(curve.frame)?.values.indexOf(time);
  if (!curve || row === undefined || row < 0) return [];
  return dataLinks({ field: curve.source, frame: curve.frame, frames, row }, text);
}

function Links(props: { links: DataLink[] }) {
  return (
    <For each={props.links}>
      {(link) => (
        <a class="tooltip-link" href={placed(link.url)} target={link.blank ? "_blank" : undefined} rel="noreferrer">
          {link.title || link.url}
        </a>
      )}
    </For>
  );
}

/** Takes a remark on the moment. */
function NoteForm(props: { pin: Pin; notes: Notes }) {
  const [open, setOpen] = createSignal(false);
  const [problem, setProblem] = createSignal("");
  const save = async (form: HTMLFormElement) => {
    const note = readNote(form, (props.pin.set.times[props.pin.pointed.index] ?? 0) * 1000);
    try {
      await props.notes.add(note);
      props.pin.close();
    } catch (cause) {
      setProblem(messageOf(cause));
    }
  };
  return (
    <Show
      when={open()}
      fallback={
        <button type="button" class="button tooltip-action" onClick={() => setOpen(true)}>
          Add annotation
        </button>
      }
    >
      <form
        class="note-form"
        onSubmit={(event) => {
          event.preventDefault();
          void save(event.currentTarget);
        }}
      >
        <label>
          Description
          <textarea name="text" rows="3" required ref={(element) => queueMicrotask(() => element.focus())} />
        </label>
        <label>
          Tags
          <input name="tags" placeholder="deploy, edge-1" />
        </label>
        <Show when={problem()}>
          <p role="alert">{problem()}</p>
        </Show>
        <button type="submit" class="button">
          Save
        </button>
      </form>
    </Show>
  );
}

function readNote(form: HTMLFormElement, time: number): Note {
  const data = new FormData(form);
  const field = (name: string) => String(data.get(name) ?? "").trim();
  const tags = field("tags")
    .split(",")
    .map((tag) => tag.trim())
    .filter(Boolean);
  return { from: time, to: time, text: field("text"), tags };
}
