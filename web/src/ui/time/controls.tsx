import { For } from "solid-js";
import { describeRange } from "../../time/clock";
import { movedRange, zoomedOut, type RawRange, type TimeRange } from "../../time/range";
import { Icon } from "../icon";
import { Popover } from "../popover";
import { RangeForm } from "./range-form";
import "./time.css";

const REFRESH_CHOICES = ["", "5s", "10s", "30s", "1m", "5m", "15m", "30m", "1h", "2h", "1d"];

export interface TimeControlsProps {
  raw: RawRange;
  range: TimeRange;
  utc: boolean;
  refresh: string;
  onRange: (raw: RawRange) => void;
  onRefresh: (every: string) => void;
  onTick: () => void;
}

/** Time range, zoom out and refresh. */
export function TimeControls(props: TimeControlsProps) {
  const move = (share: number) => props.onRange(movedRange(props.range, share));
  const zoomOut = () => props.onRange(zoomedOut(props.range));
  const choices = () => (REFRESH_CHOICES.includes(props.refresh) ? REFRESH_CHOICES : [...REFRESH_CHOICES, props.refresh]);
  return (
    <div class="time-controls" role="group" aria-label="Time">
      <button type="button" class="icon-button time-move" aria-label="Earlier" title="Earlier" onClick={() => move(-0.5)}>
        <Icon name="left" />
      </button>
      <Popover
        class="button time-range"
        name={`Time range: ${describeRange(props.raw, props.utc)}`}
        align="end"
        label={
          <>
            <Icon name="clock" />
            <span>{describeRange(props.raw, props.utc)}</span>
          </>
        }
      >
        {(close) => (
          <RangeForm
            raw={props.raw}
            range={props.range}
            utc={props.utc}
            onRange={(raw) => {
              props.onRange(raw);
              close();
            }}
          />
        )}
      </Popover>
      <button type="button" class="icon-button time-move" aria-label="Later" title="Later" onClick={() => move(0.5)}>
        <Icon name="right" />
      </button>
      <button type="button" class="icon-button" aria-label="Zoom out" title="Zoom out" onClick={zoomOut}>
        <Icon name="out" />
      </button>
      <span class="joined">
        <button type="button" class="icon-button" aria-label="Refresh" title="Refresh" onClick={() => props.onTick()}>
          <Icon name="refresh" />
        </button>
        <select
          class="refresh-choice"
          aria-label="Refresh every"
          value={props.refresh}
          onChange={(event) => props.onRefresh(event.currentTarget.value)}
        >
          <For each={choices()}>{(every) => <option value={every}>{every || "Off"}</option>}</For>
        </select>
      </span>
    </div>
  );
}
