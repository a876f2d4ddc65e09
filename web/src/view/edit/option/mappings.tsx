import { For, Index, Match, Switch } from "solid-js";
import { moved, replaced } from "../../../edit/path";
import { type MappingKind, type MappingRow, SPECIALS, toMappings, toRows } from "../../../edit/mapping-rows";
import { type Json, number } from "../../../json";
import { Icon } from "../../../ui/icon";
import { Tool } from "../../../ui/tool";
import { ColorPicker } from "./color-picker";

const KINDS: readonly { id: MappingKind; name: string }[] = [
  { id: "value", name: "Value" },
  { id: "range", name: "Range" },
  { id: "regex", name: "Regex" },
  { id: "special", name: "Special" },
];

const EMPTY: MappingRow = { kind: "value", match: "", from: undefined, to: undefined, text: "", color: "" };

/** Texts and colours in place of values, row by row. */
export function Mappings(props: { value: unknown; onChange: (value: Json[]) => void }) {
  const rows = () => toRows(props.value);
  const put = (next: readonly MappingRow[]) => props.onChange(toMappings(next));
  const change = (index: number, part: Partial<MappingRow>) => {
    const row = rows()[index];
    if (row) put(replaced(rows(), index, { ...row, ...part }));
  };
  const kinds = (row: MappingRow, index: number) => (
    <select aria-label="Kind of mapping" onChange={(event) => change(index, { kind: event.currentTarget.value as MappingKind })}>
      <For each={KINDS}>
        {(kind) => (
          <option value={kind.id} selected={kind.id === row.kind}>
            {kind.name}
          </option>
        )}
      </For>
    </select>
  );
  return (
    <div class="rules">
      <Index each={rows()}>
        {(row, index) => (
          <div class="rule-block">
            <div class="rule">
              {kinds(row(), index)}
              <Condition row={row()} onChange={(part) => change(index, part)} />
            </div>
            <div class="rule">
              <input
                class="rule-main"
                type="text"
                aria-label="Display text"
                placeholder="Display text"
                value={row().text}
                onChange={(event) => change(index, { text: event.currentTarget.value })}
              />
              <ColorPicker name="Color of the mapping" value={row().color} onChange={(color) => change(index, { color })} />
              <Tool icon="up" name="Move mapping up" disabled={index === 0} onClick={() => put(moved(rows(), index, index - 1))} />
              <Tool icon="trash" name="Remove mapping" onClick={() => put(replaced(rows(), index, undefined))} />
            </div>
          </div>
        )}
      </Index>
      <button type="button" class="button" onClick={() => put([...rows(), { ...EMPTY, match: String(rows().length) }])}>
        <Icon name="plus" />
        Add value mapping
      </button>
    </div>
  );
}

function Condition(props: { row: MappingRow; onChange: (part: Partial<MappingRow>) => void }) {
  return (
    <Switch>
      <Match when={props.row.kind === "range"}>
        <Limit name="From" value={props.row.from} onChange={(from) => props.onChange({ from })} />
        <Limit name="To" value={props.row.to} onChange={(to) => props.onChange({ to })} />
      </Match>
      <Match when={props.row.kind === "special"}>
        <select aria-label="Special value" onChange={(event) => props.onChange({ match: event.currentTarget.value })}>
          <For each={SPECIALS}>
            {(match) => (
              <option value={match} selected={match === props.row.match}>
                {match}
              </option>
            )}
          </For>
        </select>
      </Match>
      <Match when={true}>
        <input
          class="rule-main"
          type="text"
          aria-label={props.row.kind === "regex" ? "Pattern" : "Value"}
          placeholder={props.row.kind === "regex" ? "/pattern/" : "Value"}
          value={props.row.match}
          onChange={(event) => props.onChange({ match: event.currentTarget.value })}
        />
      </Match>
    </Switch>
  );
}

function Limit(props: { name: string; value: number | undefined; onChange: (value: number | undefined) => void }) {
  return (
    <input
      class="rule-limit"
      type="number"
      step="any"
      aria-label={props.name}
      placeholder={props.name}
      value={props.value ?? ""}
      onChange={(event) => props.onChange(number(event.currentTarget.value))}
    />
  );
}
