import { createMemo, Index, onMount, Show } from "solid-js";
import { navigate, place } from "../../app/router";
import { setTitle } from "../../app/title";
import { Icon } from "../../ui/icon";
import { createSources } from "../edit/loaded";
import { EMPTY_QUERY, QUERIES_MAX, type QueryState, readQueries, writeQueries } from "./address";
import { QueryPanel } from "./query-panel";
import "./explore.css";

/** `/explore`, `/graph`, `/query`: queries one below the other, all of them in the address. */
export function ExplorePage() {
  const queries = createMemo(() => readQueries(place().query));
  const sources = createSources();
  onMount(() => {
    setTitle("Explore");
  });
  const show = (next: readonly QueryState[]) => navigate(`${place().path}?${writeQueries(next)}`);
  const change = (index: number, part: Partial<QueryState>) =>
    show(queries().map((query, at) => (at === index ? { ...query, ...part } : query)));
  return (
    <div class="wide explore">
      <h1 class="sr-only">Explore</h1>
      <Index each={queries()}>
        {(query, index) => (
          <QueryPanel
            state={query()}
            number={index + 1}
            sources={sources()}
            removable={queries().length > 1}
            onChange={(part) => change(index, part)}
            onRemove={() => show(queries().filter((_, at) => at !== index))}
          />
        )}
      </Index>
      <Show when={queries().length < QUERIES_MAX}>
        <button type="button" class="button" onClick={() => show([...queries(), EMPTY_QUERY])}>
          <Icon name="plus" /> Add query
        </button>
      </Show>
    </div>
  );
}
