import { For, Show } from "solid-js";
import type { ScrapeTarget, TargetFinding } from "../../api/prometheus";
import { ago, dateTime } from "../../time/clock";
import { spokenDuration } from "../../time/duration";

const SEVERITY = { error: "Error", warning: "Warning", info: "Note" } as const;

const STATE = { up: "UP", down: "DOWN", unknown: "UNKNOWN" } as const;

/** One target: its state in a word, for a failing one the cause and the cure, and what else is found about it. */
export function TargetRow(props: { target: ScrapeTarget; now: number }) {
  const target = () => props.target;
  return (
    <div class="target" classList={{ "target-down": target().health === "down" }} role="row">
      <span class="target-url" role="cell">
        <a href={target().url} target="_blank" rel="noreferrer">
          {target().url}
        </a>
      </span>
      <span role="cell">
        <span class={`state state-${target().health}`}>{STATE[target().health]}</span>
      </span>
      <span class="labels" role="cell">
        <For each={Object.entries(target().labels)}>
          {([name, value]) => (
            <span class="label">
              {name}="{value}"
            </span>
          )}
        </For>
      </span>
      <span class="figure" role="cell" title={target().lastScrape ? dateTime(target().lastScrape) : undefined}>
        {target().lastScrape ? ago(target().lastScrape, props.now) : "never"}
      </span>
      <span class="figure" role="cell" title={target().timeout ? `every ${target().interval}, at most ${target().timeout}` : undefined}>
        {target().lastScrape ? spokenDuration(target().durationMs) : "–"}
      </span>
      <Show when={target().error}>
        <Diagnosis target={target()} />
      </Show>
      <For each={furtherFindings(target())}>{(finding) => <Finding finding={finding} />}</For>
    </div>
  );
}

/** What the diagnosis of a failure has not said. */
function furtherFindings(target: ScrapeTarget): TargetFinding[] {
  return target.findings.filter(({ text }) => !target.error || text !== target.cause);
}

function Finding(props: { finding: TargetFinding }) {
  return (
    <div class={`diagnosis finding-${props.finding.severity}`} role="cell">
      <dl>
        <dt>{SEVERITY[props.finding.severity]}</dt>
        <dd>{props.finding.text}</dd>
        <dt>Cure</dt>
        <dd>{props.finding.cure}</dd>
      </dl>
    </div>
  );
}

function Diagnosis(props: { target: ScrapeTarget }) {
  return (
    <div class="diagnosis" role="cell">
      <dl>
        <dt>Error</dt>
        <dd class="mono">{props.target.error}</dd>
        <Show when={props.target.cause}>
          <dt>Cause</dt>
          <dd>{props.target.cause}</dd>
        </Show>
        <Show when={props.target.cure}>
          <dt>Cure</dt>
          <dd>{props.target.cure}</dd>
        </Show>
      </dl>
    </div>
  );
}
