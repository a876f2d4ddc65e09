import { createSignal, For, onCleanup } from "solid-js";
import { labelNames, labelValues } from "../../api/prometheus";
import { Icon } from "../../ui/icon";
import { Popover } from "../../ui/popover";
import { type AdhocFilter, FILTER_OPERATORS, readFilter, withFilters, writeFilter } from "../../variable/adhoc";
import "./adhoc-picker.css";

interface PickerProps {
  /** Path of the API that knows the labels. */
  api: string;
  /** Filters as they stand in the address. */
  values: readonly string[];
  onChoose: (values: string[]) => void;
}

/** Labels and values of how long back are offered, ms. */
const OFFERED_MS = 6 * 3_600_000;

/** The filters of a dashboard, and a form for one more. */
export default function AdhocPicker(props: PickerProps) {
  const without = (at: number) => props.values.filter((_, index) => index !== at);
  return (
    <>
      <For each={props.values.map(readFilter)}>
        {(filter, at) => (
          <span class="adhoc-filter">
            {filter?.key} {filter?.operator} {filter?.value}
            <button type="button" aria-label={`Remove ${filter?.key ?? ""}`} onClick={() => props.onChoose(without(at()))}>
              <Icon name="close" />
            </button>
          </span>
        )}
      </For>
      <Popover name="Add filter" label={<Icon name="plus" />}>
        {(close) => (
          <FilterForm
            api={props.api}
            match={matcherOf(props.values.flatMap((value) => readFilter(value) ?? []))}
            onAdd={(filter) => {
              props.onChoose([...props.values, writeFilter(filter)]);
              close();
            }}
          />
        )}
      </Popover>
    </>
  );
}

/** What the labels and values that are offered stand beside: the filters that there are. */
function matcherOf(filters: readonly AdhocFilter[]): string {
  return filters.length ? withFilters('{__name__!=""}', filters) : "";
}

function FilterForm(props: { api: string; match: string; onAdd: (filter: AdhocFilter) => void }) {
  const [keys, setKeys] = createSignal<string[]>([]);
  const [values, setValues] = createSignal<string[]>([]);
  const abort = new AbortController();
  onCleanup(() => abort.abort());
  // A list that cannot be had leaves the field to be typed in.
  const offer = (load: Promise<string[]>, put: (offers: string[]) => void) => void load.then(put).catch(() => undefined);
  const now = Date.now();
  offer(labelNames(props.match, now - OFFERED_MS, now, abort.signal, props.api), setKeys);
  return (
    <form
      class="adhoc-form"
      onSubmit={(event) => {
        event.preventDefault();
        props.onAdd(readForm(event.currentTarget));
      }}
    >
      <input
        name="key"
        aria-label="Label"
        placeholder="label"
        list="adhoc-keys"
        required
        onChange={(event) =>
          offer(labelValues(event.currentTarget.value, props.match, now - OFFERED_MS, now, abort.signal, props.api), setValues)
        }
      />
      <select name="operator" aria-label="Operator">
        <For each={FILTER_OPERATORS}>{(one) => <option>{one}</option>}</For>
      </select>
      <input name="value" aria-label="Value" placeholder="value" list="adhoc-values" />
      <button type="submit" class="button">
        Add
      </button>
      <Offers id="adhoc-keys" offers={keys()} />
      <Offers id="adhoc-values" offers={values()} />
    </form>
  );
}

function readForm(form: HTMLFormElement): AdhocFilter {
  const data = new FormData(form);
  const field = (name: string) => String(data.get(name) ?? "");
  const operator = FILTER_OPERATORS.find((one) => one === field("operator")) ?? "=";
  return { key: field("key").trim(), operator, value: field("value") };
}

function Offers(props: { id: string; offers: readonly string[] }) {
  return (
    <datalist id={props.id}>
      <For each={props.offers}>{(one) => <option value={one} />}</For>
    </datalist>
  );
}
