import { For, Index, Show } from "solid-js";
import { newTarget } from "../../../edit/new";
import { QUERY } from "../../../edit/option/standard";
import { moved, replaced } from "../../../edit/path";
import { type Json, isObject, object, objects, text } from "../../../json";
import { Icon } from "../../../ui/icon";
import { Notice } from "../../../ui/notice";
import { Field } from "../field";
import { createSources } from "../loaded";
import { OptionList } from "../option/list";
import type { DataProps } from "./data-tabs";
import { QueryRow } from "./query-row";
import { MIXED, type SourceChoice, sourceChoices, SourceSelect } from "./source-select";

/** The data source and the queries of a panel. */
export function Queries(props: DataProps) {
  const sources = createSources();
  const targets = () => objects(props.panel.targets);
  const choices = () => sourceChoices(sources(), props.context.dashboard.variables);
  const mixed = () => sourceOf(props.panel) === MIXED.uid;
  const put = (next: readonly Json[], what?: string) => props.onChange({ ...props.panel, targets: [...next] }, what);
  const change = (index: number, target: Json | undefined, what: string) =>
    put(replaced(targets(), index, target), `target ${index} ${what}`);
  const duplicate = (index: number) => {
    const copy = { ...targets()[index], refId: newTarget(targets()).refId };
    put([...targets().slice(0, index + 1), copy, ...targets().slice(index + 1)]);
  };
  // Each query names its source too, as Grafana writes it; in a mixed panel each has its own.
  const choose = ({ type, uid }: SourceChoice) => {
    const datasource = { type, uid };
    const own = uid === MIXED.uid ? targets() : targets().map((target) => ({ ...target, datasource }));
    props.onChange({ ...props.panel, datasource, targets: own });
  };
  const add = () => {
    const { datasource } = props.panel;
    put([...targets(), { ...newTarget(targets()), ...(isObject(datasource) && !mixed() ? { datasource } : {}) }]);
  };
  return (
    <div class="data-list">
      <div class="data-bar">
        <Field name="Data source">
          {(id) => <SourceSelect id={id} choices={[...choices(), MIXED]} value={sourceOf(props.panel)} onChange={choose} />}
        </Field>
      </div>
      <details>
        <summary>Query options</summary>
        <div class="data-options">
          <OptionList options={QUERY.options} target={props.target} around={props.around} />
        </div>
      </details>
      <For each={props.data?.errors ?? []}>{(error) => <Notice kind="error" title={error} />}</For>
      <Index each={targets()}>
        {(target, index) => (
          <QueryRow
            target={target()}
            first={index === 0}
            last={index === targets().length - 1}
            sources={mixed() ? choices() : undefined}
            taken={targets().flatMap((one, at) => (at === index ? [] : [text(one.refId)]))}
            onChange={(next, what) => change(index, next, what)}
            onMove={(by) => put(moved(targets(), index, index + by))}
            onDuplicate={() => duplicate(index)}
            onRemove={() => change(index, undefined, "")}
          />
        )}
      </Index>
      <Show when={targets().length === 0}>
        <p class="muted">This panel asks for nothing.</p>
      </Show>
      <div>
        <button type="button" class="button" onClick={add}>
          <Icon name="plus" />
          Add query
        </button>
      </div>
    </div>
  );
}

function sourceOf(panel: Json): string {
  return isObject(panel.datasource) ? text(object(panel.datasource).uid) : text(panel.datasource);
}
