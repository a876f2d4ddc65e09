import { type JSX, Show } from "solid-js";
import { Icon } from "./icon";
import "./sort-head.css";

/** The head of a column that sorts a table; `sort` is which way, where it is this column that does. */
export function SortHead(props: {
  name: string;
  sort: { descending: boolean } | undefined;
  onClick: () => void;
  style?: JSX.CSSProperties;
}) {
  return (
    <th scope="col" aria-sort={props.sort ? (props.sort.descending ? "descending" : "ascending") : "none"} style={props.style}>
      <button type="button" onClick={() => props.onClick()}>
        {props.name}
        <Show when={props.sort}>
          {(sort) => (
            <span class="sort-mark" classList={{ "sort-up": !sort().descending }}>
              <Icon name="down" />
            </span>
          )}
        </Show>
      </button>
    </th>
  );
}
