import type { JSX } from "solid-js";
import type { GridPos, Panel } from "../../model/dashboard";
import { Icon } from "../../ui/icon";
import { interpolate } from "../../variable/interpolate";
import type { DashboardContext } from "./context";

interface RowProps {
  panel: Panel;
  place: GridPos;
  folded: boolean;
  context: DashboardContext;
  onToggle: () => void;
  tools?: JSX.Element;
}

/** The head of a row, which folds the panels below it away. */
export function RowHead(props: RowProps) {
  const title = () =>
    interpolate(props.panel.title, (name) => {
      const own = props.panel.scope[name];
      return own ? { values: own } : props.context.scope(name);
    });
  return (
    <div class="row-head" style={{ "--y": String(props.place.y + 1) }}>
      <h2>
        <button type="button" aria-expanded={!props.folded} onClick={() => props.onToggle()}>
          <Icon name={props.folded ? "right" : "down"} />
          {title() || "Row"}
        </button>
      </h2>
      {props.tools}
    </div>
  );
}
