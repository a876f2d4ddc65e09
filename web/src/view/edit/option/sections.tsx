import { createMemo, createSignal, For, Show, type JSX } from "solid-js";
import type { Section } from "../../../edit/option/spec";
import { OptionList } from "./list";
import type { OptionTarget, Surroundings } from "./target";

interface SectionsProps {
  sections: readonly Section[];
  target: OptionTarget;
  around: Surroundings;
  /** What was typed into the search; sections without a match are left out. */
  search: string;
}

/** Options in sections that fold. */
export function Sections(props: SectionsProps) {
  const found = createMemo(() => {
    const wanted = props.search.trim().toLowerCase();
    if (!wanted) return props.sections;
    return props.sections
      .map((section) =>
        section.name.toLowerCase().includes(wanted)
          ? section
          : { ...section, options: section.options.filter(({ name }) => name.toLowerCase().includes(wanted)) },
      )
      .filter(({ options }) => options.length > 0);
  });
  return (
    <For each={found()} fallback={<p class="muted">No option has this name.</p>}>
      {(section) => (
        <Fold name={section.name}>{() => <OptionList options={section.options} target={props.target} around={props.around} />}</Fold>
      )}
    </For>
  );
}

/** Sections that were folded, for as long as the page stands. */
const [folded, setFolded] = createSignal<ReadonlySet<string>>(new Set());

/** A heading that shows or hides what is below it. */
export function Fold(props: { name: string; children: () => JSX.Element }) {
  const open = () => !folded().has(props.name);
  const toggle = () => {
    const next = new Set(folded());
    if (!next.delete(props.name)) next.add(props.name);
    setFolded(next);
  };
  return (
    <section class="fold">
      <h3>
        <button type="button" aria-expanded={open()} onClick={toggle}>
          {props.name}
        </button>
      </h3>
      <Show when={open()}>
        <div class="fold-body">{props.children()}</div>
      </Show>
    </section>
  );
}
