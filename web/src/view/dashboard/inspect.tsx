import { createMemo, createSignal, For, Match, Show, Switch } from "solid-js";
import { type Frame, rowCount } from "../../frame/frame";
import { displayName } from "../../frame/name";
import type { Panel } from "../../model/dashboard";
import { dateTime } from "../../time/clock";
import { spokenDuration } from "../../time/duration";
import { copyText } from "../../ui/clipboard";
import { Dialog } from "../../ui/dialog";
import { Icon } from "../../ui/icon";
import { Segments } from "../../ui/segments";
import { download, plainText, toCsv } from "./export";
import type { PanelData } from "./loader";
import "./inspect.css";

const TABS = [
  { id: "data", name: "Data" },
  { id: "query", name: "Queries" },
  { id: "json", name: "Panel JSON" },
] as const;

/** What is behind a panel: its data, what was asked, and its JSON. */
export function Inspect(props: { panel: Panel; title: string; data: PanelData | undefined; utc: boolean; onClose: () => void }) {
  const [tab, setTab] = createSignal<(typeof TABS)[number]["id"]>("data");
  return (
    <Dialog title={`Inspect: ${props.title || "panel"}`} wide onClose={props.onClose}>
      <Segments tabs={TABS} chosen={tab()} onChoose={setTab} />
      <Switch>
        <Match when={tab() === "data"}>
          <Data frames={props.data?.frames ?? []} title={props.title} />
        </Match>
        <Match when={tab() === "query"}>
          <Queries data={props.data} utc={props.utc} />
        </Match>
        <Match when={tab() === "json"}>
          <Source json={JSON.stringify(props.panel.source, null, 2)} />
        </Match>
      </Switch>
    </Dialog>
  );
}

/** Rows that are put into the page. */
const ROWS_MAX = 500;

function Data(props: { frames: readonly Frame[]; title: string }) {
  const [chosen, setChosen] = createSignal(0);
  const frame = () => props.frames[chosen()] ?? props.frames[0];
  const rows = createMemo(() => Math.min(ROWS_MAX, frame() ? rowCount(frame() as Frame) : 0));
  const save = () => {
    const one = frame();
    if (one) download(`${props.title || "panel"}.csv`, "text/csv", toCsv(one, props.frames));
  };
  return (
    <Show when={frame()} fallback={<p class="muted">There are no data.</p>}>
      {(one) => (
        <>
          <div class="inspect-bar">
            <Show when={props.frames.length > 1}>
              <select aria-label="Series" onChange={(event) => setChosen(event.currentTarget.selectedIndex)}>
                <For each={props.frames}>{(frame) => <option>{titleOf(frame, props.frames)}</option>}</For>
              </select>
            </Show>
            <span class="muted">{rowCount(one())} rows</span>
            <button type="button" class="button" onClick={save}>
              Download CSV
            </button>
          </div>
          <div class="inspect-scroll" tabindex="0" role="region" aria-label="Data">
            <table>
              <thead>
                <tr>
                  <For each={one().fields}>{(field) => <th scope="col">{displayName(field, one(), props.frames)}</th>}</For>
                </tr>
              </thead>
              <tbody>
                <For each={Array.from({ length: rows() }, (_, row) => row)}>
                  {(row) => (
                    <tr>
                      <For each={one().fields}>{(field) => <td class="figure">{plainText(field, field.values[row] ?? null)}</td>}</For>
                    </tr>
                  )}
                </For>
              </tbody>
            </table>
          </div>
          <Show when={rowCount(one()) > rows()}>
            <p class="muted">The first {rows()} rows are shown; the file has all of them.</p>
          </Show>
        </>
      )}
    </Show>
  );
}

function titleOf(frame: Frame, frames: readonly Frame[]): string {
  const field = frame.fields.find(({ type }) => type !== "time");
  return frame.name ?? (field ? displayName(field, frame, frames) : frame.refId);
}

function Queries(props: { data: PanelData | undefined; utc: boolean }) {
  return (
    <div class="inspect-scroll">
      <For each={props.data?.asked ?? []} fallback={<p class="muted">Nothing was asked.</p>}>
        {(request) => (
          <section class="inspect-query">
            <h3>
              {request.target.refId}
              <span class="muted">
                {" "}
                {request.kind === "instant"
                  ? `at ${dateTime(request.to, props.utc)}`
                  : `${dateTime(request.from, props.utc)} – ${dateTime(request.to, props.utc)}, step ${spokenDuration(request.stepMs)}`}
              </span>
            </h3>
            <pre class="mono">{request.expr}</pre>
          </section>
        )}
      </For>
      <For each={props.data?.errors ?? []}>{(error) => <p class="inspect-error">{error}</p>}</For>
    </div>
  );
}

function Source(props: { json: string }) {
  const [copied, setCopied] = createSignal(false);
  const copy = () => void copyText(props.json).then(() => setCopied(true));
  return (
    <>
      <div class="inspect-bar">
        <button type="button" class="button" onClick={copy}>
          <Show when={copied()} fallback="Copy">
            <Icon name="check" /> Copied
          </Show>
        </button>
      </div>
      <pre class="inspect-scroll mono" tabindex="0">
        {props.json}
      </pre>
    </>
  );
}
