import { createSignal, For, Show } from "solid-js";
import { placed } from "../base";
import type { Annotation } from "../chart/annotation";
import { AnnotationTooltip } from "../chart/annotation-tooltip";
import type { Pin, Region } from "../chart/pin";
import { Tooltip, TooltipBox } from "../chart/tooltip";
import { type DataLink, dataLinks } from "../field/link";
import { timeField } from "../frame/frame";
import { object, text } from "../json";
import { dateTime } from "../time/clock";
import { NoteForm } from "./note-form";
import type { Notes, PanelProps } from "./props";

interface PinSheetProps extends PanelProps {
  pin: Pin;
  hidden: (name: string) => boolean;
}

/** What a click leaves open: the values of the moment or what happened then, links, and a remark to be made. */
export function PinSheet(props: PinSheetProps) {
  const { pin } = props;
  const { annotation } = pin.pointed;
  if (annotation) return <AnnotationSheet annotation={annotation} pin={pin} notes={props.notes} utc={props.utc} />;
  if (pin.region && props.notes) return <RegionSheet region={pin.region} pin={pin} notes={props.notes} utc={props.utc} />;
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
      <Show when={props.notes}>{(notes) => <MomentForm pin={pin} notes={notes()} />}</Show>
    </Tooltip>
  );
}

/** What happened, which those may change or delete who may make remarks. */
function AnnotationSheet(props: { annotation: Annotation; pin: Pin; notes: Notes | undefined; utc: boolean }) {
  const [editing, setEditing] = createSignal(false);
  const remove = async (id: number) => {
    await props.notes?.remove(id);
    props.pin.close();
  };
  const own = () => {
    const { id } = props.annotation;
    return props.notes && id !== undefined ? { id, notes: props.notes } : undefined;
  };
  return (
    <AnnotationTooltip annotation={props.annotation} at={props.pin.pointed} utc={props.utc} onClose={props.pin.close}>
      <Show when={own()}>
        {(known) => (
          <Show
            when={editing()}
            fallback={
              <>
                <button type="button" class="button tooltip-action" onClick={() => setEditing(true)}>
                  Edit
                </button>
                <button type="button" class="button tooltip-action" onClick={() => void remove(known().id)}>
                  Delete
                </button>
              </>
            }
          >
            <NoteForm
              remark={{ text: props.annotation.title, tags: props.annotation.tags }}
              save={(remark) => known().notes.change(known().id, remark)}
              onSaved={props.pin.close}
            />
          </Show>
        )}
      </Show>
    </AnnotationTooltip>
  );
}

/** A span that was dragged or tapped out, to be remarked on. */
function RegionSheet(props: { region: Region; pin: Pin; notes: Notes; utc: boolean }) {
  const { from, to } = props.region;
  return (
    <TooltipBox at={props.pin.pointed} head={`${dateTime(from, props.utc)} – ${dateTime(to, props.utc)}`} onClose={props.pin.close}>
      <NoteForm save={(remark) => props.notes.add({ from, to, ...remark })} onSaved={props.pin.close} />
    </TooltipBox>
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

/** Takes a remark on the moment, or on a span that begins with it. */
function MomentForm(props: { pin: Pin; notes: Notes }) {
  const [open, setOpen] = createSignal(false);
  const time = () => (props.pin.set.times[props.pin.pointed.index] ?? 0) * 1000;
  return (
    <Show
      when={open()}
      fallback={
        <>
          <button type="button" class="button tooltip-action" onClick={() => setOpen(true)}>
            Add annotation
          </button>
          <button type="button" class="button tooltip-action" onClick={() => props.pin.startRegion(time())}>
            Add region
          </button>
        </>
      }
    >
      <NoteForm save={(remark) => props.notes.add({ from: time(), to: time(), ...remark })} onSaved={props.pin.close} />
    </Show>
  );
}
