import { createEffect, createMemo, createSignal, For, Match, on, Show, Switch } from "solid-js";
import { placed } from "../../base";
import { apiOf, type DataSource } from "../../api/data-sources";
import { messageOf } from "../../api/http";
import { formatQuery } from "../../api/prometheus";
import { findSource, sourcesOfKind } from "../../query/source";
import { spokenDuration } from "../../time/duration";
import { copyText } from "../../ui/clipboard";
import { Icon } from "../../ui/icon";
import { Notice } from "../../ui/notice";
import { type QueryState, type Tab, writeQueries } from "./address";
import { Editor } from "./editor";
import { ExplainView } from "./explain-view";
import { GraphView } from "./graph-view";
import { GraphControls, MomentControl } from "./controls";
import { type Problem, readProblem } from "./problem";
import { createRun, type Outcome } from "./run";
import { TableView } from "./table-view";

export interface QueryPanelProps {
  state: QueryState;
  /** Its place on the page, from one. */
  number: number;
  removable: boolean;
  sources: readonly DataSource[];
  onChange: (change: Partial<QueryState>) => void;
  onRemove: () => void;
}

const TABS: readonly { id: Tab; name: string }[] = [
  { id: "table", name: "Table" },
  { id: "graph", name: "Graph" },
  { id: "explain", name: "Explain" },
];

/** One query: its text, and its result as a table or a graph. */
export function QueryPanel(props: QueryPanelProps) {
  const [text, setText] = createSignal(props.state.expr);
  const [again, setAgain] = createSignal(0);
  const source = createMemo(() => findSource(props.state.dataSource, props.sources, () => undefined));
  const queryable = () => sourcesOfKind("prometheus", props.sources);
  // What a query cost is told by the own store only.
  const tabs = () => TABS.filter(({ id }) => id !== "explain" || source().isOwn);
  createEffect(on(() => props.state.expr, setText));
  const { outcome, running } = createRun(() => props.state, source, again);
  const execute = () => {
    if (text() === props.state.expr) setAgain(again() + 1);
    else props.onChange({ expr: text() });
  };
  const edit = (next: string) => {
    setText(next);
    setUnformatted(undefined);
  };
  const [unformatted, setUnformatted] = createSignal<Problem>();
  const format = async () => {
    const before = text();
    try {
      setText(await formatQuery(before));
      setUnformatted(undefined);
    } catch (cause) {
      setUnformatted(readProblem(messageOf(cause), before, "error"));
    }
  };
  const shown = createMemo(() => [unformatted(), ...(outcome()?.problems ?? [])].filter((one) => one !== undefined));
  const problems = createMemo(() => (outcome()?.query.expr === text() || unformatted() ? shown() : []));
  return (
    <section class="query" aria-label={`Query ${props.number}`} aria-busy={running()}>
      <Show when={queryable().length > 1}>
        <label class="query-source">
          <span class="sr-only">Data source</span>
          <select onChange={(event) => props.onChange({ dataSource: event.currentTarget.value, tab: sourceTab(props.state.tab) })}>
            <For each={queryable()}>
              {(one) => (
                <option value={one.uid} selected={one.uid === source().uid}>
                  {one.name}
                </option>
              )}
            </For>
          </select>
        </label>
      </Show>
      <Editor
        api={apiOf(source())}
        value={text()}
        problems={problems()}
        onInput={edit}
        onFormat={() => void format()}
        onExecute={execute}
      />
      <div class="query-bar">
        <div class="segments" role="tablist">
          <For each={tabs()}>
            {(tab) => (
              <button type="button" role="tab" aria-selected={props.state.tab === tab.id} onClick={() => props.onChange({ tab: tab.id })}>
                {tab.name}
              </button>
            )}
          </For>
        </div>
        <Show when={props.state.tab === "graph"} fallback={<MomentControl state={props.state} onChange={props.onChange} />}>
          <GraphControls state={props.state} onChange={props.onChange} />
        </Show>
        <span class="query-cost muted" role="status">
          {running() ? "Running…" : cost(outcome())}
        </span>
        <ShareButton state={props.state} />
        <Show when={props.removable}>
          <button type="button" class="icon-button" aria-label="Remove query" title="Remove query" onClick={() => props.onRemove()}>
            <Icon name="close" />
          </button>
        </Show>
      </div>
      <For each={shown()}>{(problem) => <Notice kind={problem.severity} title={problem.message} />}</For>
      <Show when={outcome()?.result && outcome()}>
        {(done) => (
          <Switch fallback={<TableView outcome={done()} />}>
            <Match when={done().query.tab === "graph"}>
              <GraphView outcome={done()} onZoom={(from, to) => props.onChange({ endMs: to, rangeMs: Math.max(1000, to - from) })} />
            </Match>
            <Match when={done().query.tab === "explain"}>
              <ExplainView outcome={done()} />
            </Match>
          </Switch>
        )}
      </Show>
    </section>
  );
}

/** The tab after a change of the data source: another one may not have all of them. */
function sourceTab(tab: Tab): Tab {
  return tab === "explain" ? "table" : tab;
}

function cost(outcome: Outcome | undefined): string {
  if (!outcome?.result) return "";
  const { type, series } = outcome.result;
  const count = type === "scalar" || type === "string" ? type : `${series.length} series`;
  const step = outcome.query.tab === "graph" ? ` · step ${spokenDuration(outcome.stepMs)}` : "";
  return `${count} · ${spokenDuration(outcome.tookMs)}${step}`;
}

/** How long the button says that the link was copied, ms. */
const COPIED_MS = 2000;

/** Copies an address that shows this query alone, at the moment that is shown now. */
function ShareButton(props: { state: QueryState }) {
  const [copied, setCopied] = createSignal(false);
  const copy = async () => {
    const { state } = props;
    const moment = state.tab === "graph" ? { endMs: state.endMs ?? Date.now() } : { momentMs: state.momentMs ?? Date.now() };
    const address = placed(`/query?${writeQueries([{ ...state, ...moment }])}`);
    await copyText(new URL(address, window.location.href).href);
    setCopied(true);
    window.setTimeout(() => setCopied(false), COPIED_MS);
  };
  const name = () => (copied() ? "Copied" : "Copy link");
  return (
    <button type="button" class="icon-button" aria-label={name()} title={name()} onClick={() => void copy()}>
      <Icon name={copied() ? "check" : "share"} />
    </button>
  );
}
