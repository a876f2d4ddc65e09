import { createSignal, For, Show } from "solid-js";
import { dateTime } from "../../time/clock";
import { QUICK_RANGES, type RawRange, resolveTime, type TimeRange } from "../../time/range";

export interface RangeFormProps {
  raw: RawRange;
  range: TimeRange;
  utc: boolean;
  onRange: (raw: RawRange) => void;
}

/** Quick ranges, and two fields for any other. */
export function RangeForm(props: RangeFormProps) {
  const written = (source: string, ms: number) => (source.startsWith("now") ? source : dateTime(ms, props.utc));
  const [from, setFrom] = createSignal(written(props.raw.from, props.range.from));
  const [to, setTo] = createSignal(written(props.raw.to, props.range.to));
  const [failure, setFailure] = createSignal("");

  const apply = (event: SubmitEvent) => {
    event.preventDefault();
    const next = readRange(from(), to(), props.utc);
    if (typeof next === "string") setFailure(next);
    else props.onRange(next);
  };
  return (
    <div class="range-form">
      <form onSubmit={apply}>
        <label>
          From
          <input value={from()} spellcheck={false} autocomplete="off" onInput={(event) => setFrom(event.currentTarget.value)} />
        </label>
        <label>
          To
          <input value={to()} spellcheck={false} autocomplete="off" onInput={(event) => setTo(event.currentTarget.value)} />
        </label>
        <Show when={failure()}>
          <p class="form-failure" role="alert">
            {failure()}
          </p>
        </Show>
        <button type="submit" class="button button-primary">
          Apply
        </button>
        <p class="muted">Such as now-2h, now/d or 2026-01-31 14:00{props.utc ? ", in UTC" : ""}.</p>
      </form>
      <ul class="quick" aria-label="Quick ranges">
        <For each={QUICK_RANGES}>
          {(quick) => (
            <li>
              <button
                type="button"
                aria-current={quick.from === props.raw.from && quick.to === props.raw.to}
                onClick={() => props.onRange({ from: quick.from, to: quick.to })}
              >
                {quick.label}
              </button>
            </li>
          )}
        </For>
      </ul>
    </div>
  );
}

/** Relative ends stay as written, others become epoch milliseconds; a text says what is wrong. */
function readRange(from: string, to: string, utc: boolean): RawRange | string {
  const now = Date.now();
  const start = resolveTime(from, now, false, utc);
  const end = resolveTime(to, now, true, utc);
  if (start === undefined) return `“${from}” is not a time`;
  if (end === undefined) return `“${to}” is not a time`;
  if (start >= end) return "From must lie before To";
  const written = (source: string, ms: number) => (source.trim().startsWith("now") ? source.trim() : String(ms));
  return { from: written(from, start), to: written(to, end) };
}
