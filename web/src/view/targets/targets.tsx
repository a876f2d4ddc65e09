import { createMemo, createResource, createSignal, For, onCleanup, onMount, Show } from "solid-js";
import { messageOf } from "../../api/http";
import { scrapeTargets, type ScrapeTarget } from "../../api/prometheus";
import { setTitle } from "../../app/title";
import { SearchBox } from "../../ui/search-box";
import { Notice } from "../../ui/notice";
import { TargetRow } from "./target-row";
import "./targets.css";

/** How often the states are asked for again, ms. */
const REFRESH_MS = 5000;

type Filter = "all" | "down";

interface Listed {
  targets: ScrapeTarget[];
  failure: string;
}

/** The targets; those of before while the server does not answer. */
async function list(before: Listed | undefined): Promise<Listed> {
  try {
    return { targets: await scrapeTargets(), failure: "" };
  } catch (cause) {
    return { targets: before?.targets ?? [], failure: messageOf(cause) };
  }
}

/** `/targets`: what is scraped, and what is wrong with what is not. */
export function TargetsPage() {
  const [listed, { refetch }] = createResource<Listed>((_, { value }) => list(value));
  const [now, setNow] = createSignal(Date.now());
  const [wanted, setWanted] = createSignal("");
  const [filter, setFilter] = createSignal<Filter>("all");
  onMount(() => {
    setTitle("Targets");
    const asking = window.setInterval(() => {
      if (!document.hidden && !listed.loading) void refetch();
    }, REFRESH_MS);
    const ticking = window.setInterval(() => setNow(Date.now()), 1000);
    onCleanup(() => {
      window.clearInterval(asking);
      window.clearInterval(ticking);
    });
  });

  const known = createMemo(() => listed.latest?.targets ?? []);
  const shown = createMemo(() => known().filter((target) => matches(target, wanted(), filter())));
  const pools = createMemo(() => [...new Set(shown().map((target) => target.pool))].sort());
  const down = () => known().filter((target) => target.health === "down").length;

  return (
    <div class="wide">
      <div class="page-head">
        <h1>Targets</h1>
        <p class="muted" role="status">
          {known().length - down()} of {known().length} up
        </p>
        <div class="segments" role="group" aria-label="Which targets">
          <button type="button" aria-pressed={filter() === "all"} onClick={() => setFilter("all")}>
            All
          </button>
          <button type="button" aria-pressed={filter() === "down"} onClick={() => setFilter("down")}>
            Unhealthy <span class="count">{down()}</span>
          </button>
        </div>
        <SearchBox name="Filter targets" hint="Filter by address or label" value={wanted()} onInput={setWanted} />
      </div>
      <Show when={listed.latest?.failure}>
        <Notice kind="error" title="The targets cannot be listed" text={listed.latest?.failure} />
      </Show>
      <Show when={listed.latest && !listed.latest.failure && shown().length === 0}>
        <Notice
          kind="info"
          title={known().length ? "No target matches" : "Nothing is scraped yet"}
          text={known().length ? undefined : "Targets are named in the configuration file, under scrape_configs."}
        />
      </Show>
      <For each={pools()}>{(pool) => <Pool name={pool} targets={shown().filter((target) => target.pool === pool)} now={now()} />}</For>
    </div>
  );
}

function matches(target: ScrapeTarget, wanted: string, filter: Filter): boolean {
  if (filter === "down" && target.health === "up") return false;
  const labels = Object.entries(target.labels).map(([name, value]) => `${name}=${value} ${name}="${value}"`);
  const text = [target.url, target.pool, target.health, target.error, ...labels].join(" ").toLowerCase();
  return wanted
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

function Pool(props: { name: string; targets: ScrapeTarget[]; now: number }) {
  const up = () => props.targets.filter((target) => target.health === "up").length;
  return (
    <section class="pool" aria-labelledby={`pool-${props.name}`}>
      <h2 id={`pool-${props.name}`}>
        {props.name}
        <span class="muted">
          {up()} / {props.targets.length} up
        </span>
      </h2>
      <div class="target-table" role="table" aria-label={`Targets of ${props.name}`}>
        <div class="target-head" role="row">
          <For each={["Endpoint", "State", "Labels", "Last scrape", "Duration"]}>{(name) => <span role="columnheader">{name}</span>}</For>
        </div>
        <For each={props.targets.map((target) => target.url)}>
          {(_, index) => <Show when={props.targets[index()]}>{(target) => <TargetRow target={target()} now={props.now} />}</Show>}
        </For>
      </div>
    </section>
  );
}
