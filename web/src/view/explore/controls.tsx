import { createSignal, For, Show } from "solid-js";
import { dateTime } from "../../time/clock";
import { formatDuration, parseDuration } from "../../time/duration";
import { resolveTime } from "../../time/range";
import { Icon } from "../../ui/icon";
import { autoStepMs, type QueryState } from "./address";

interface ControlProps {
  state: QueryState;
  onChange: (change: Partial<QueryState>) => void;
}

const RANGES = ["1m", "5m", "15m", "30m", "1h", "2h", "6h", "12h", "1d", "2d", "7d", "30d", "90d"];

/** Range, end and resolution of a graph. */
export function GraphControls(props: ControlProps) {
  const choices = () => {
    const written = formatDuration(props.state.rangeMs);
    return RANGES.includes(written) ? RANGES : [...RANGES, written];
  };
  return (
    <>
      <label class="inline">
        Range
        <select
          value={formatDuration(props.state.rangeMs)}
          onChange={(event) => props.onChange({ rangeMs: parseDuration(event.currentTarget.value) ?? props.state.rangeMs })}
        >
          <For each={choices()}>{(range) => <option value={range}>{range}</option>}</For>
        </select>
      </label>
      <TimeField label="End" value={props.state.endMs} stepMs={props.state.rangeMs / 2} onChange={(endMs) => props.onChange({ endMs })} />
      <label class="inline">
        Resolution
        <input
          class="short"
          value={props.state.stepMs === undefined ? "" : formatDuration(props.state.stepMs)}
          placeholder={`auto (${formatDuration(autoStepMs(props.state.rangeMs))})`}
          onChange={(event) => props.onChange({ stepMs: parseDuration(event.currentTarget.value) || undefined })}
        />
      </label>
      <button
        type="button"
        class="button"
        aria-pressed={props.state.stacked}
        onClick={() => props.onChange({ stacked: !props.state.stacked })}
      >
        {props.state.stacked ? "Stacked" : "Lines"}
      </button>
      <button
        type="button"
        class="button"
        aria-pressed={props.state.exemplars}
        onClick={() => props.onChange({ exemplars: !props.state.exemplars })}
      >
        Exemplars
      </button>
    </>
  );
}

/** The moment of a table. */
export function MomentControl(props: ControlProps) {
  return (
    <TimeField
      label="Time"
      value={props.state.momentMs}
      stepMs={props.state.rangeMs / 2}
      onChange={(momentMs) => props.onChange({ momentMs })}
    />
  );
}

/** A moment: now, or one that is typed, with steps to either side. */
function TimeField(props: { label: string; value: number | undefined; stepMs: number; onChange: (ms: number | undefined) => void }) {
  const [wrong, setWrong] = createSignal(false);
  const move = (ms: number) => props.onChange((props.value ?? Date.now()) + ms);
  const read = (source: string) => {
    const ms = source.trim() ? resolveTime(source, Date.now(), false) : undefined;
    setWrong(source.trim() !== "" && ms === undefined);
    if (source.trim() === "" || ms !== undefined) props.onChange(ms);
  };
  return (
    <span class="time-field">
      <button type="button" class="icon-button" aria-label={`${props.label} earlier`} onClick={() => move(-props.stepMs)}>
        <Icon name="left" />
      </button>
      <input
        aria-label={props.label}
        aria-invalid={wrong()}
        placeholder={`${props.label}: now`}
        value={props.value === undefined ? "" : dateTime(props.value)}
        onChange={(event) => read(event.currentTarget.value)}
      />
      <button type="button" class="icon-button" aria-label={`${props.label} later`} onClick={() => move(props.stepMs)}>
        <Icon name="right" />
      </button>
      <Show when={props.value !== undefined}>
        <button type="button" class="icon-button" aria-label={`${props.label} now`} title="Now" onClick={() => props.onChange(undefined)}>
          <Icon name="close" />
        </button>
      </Show>
    </span>
  );
}
