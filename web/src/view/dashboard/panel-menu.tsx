import { For, Show } from "solid-js";
import { place, setQuery } from "../../app/router";
import type { Panel } from "../../model/dashboard";
import { Icon, type IconName } from "../../ui/icon";
import { Popover } from "../../ui/popover";
import { writeQueries, EMPTY_QUERY, QUERIES_MAX } from "../explore/address";
import type { PanelData } from "./loader";
import { placed } from "../../base";

/** The panel that stands alone on the page, by its id in the address. */
export function viewedPanel(): string | undefined {
  return place().query.get("viewPanel") ?? undefined;
}

/** Shows the panel alone, or all again. */
export function toggleView(panel: Panel): void {
  setQuery({ viewPanel: viewedPanel() === String(panel.id) ? null : String(panel.id) });
}

/** The address of the panel's queries in Explore. */
export function exploreAddress(data: PanelData | undefined): string | undefined {
  const asked = data?.asked ?? [];
  if (!data || asked.length === 0) return undefined;
  const queries = asked.slice(0, QUERIES_MAX).map((request) => ({
    ...EMPTY_QUERY,
    expr: request.expr,
    dataSource: request.source.isDefault ? "" : request.source.uid,
    tab: request.kind === "range" ? ("graph" as const) : ("table" as const),
    rangeMs: Math.max(1000, data.range.to - data.range.from),
  }));
  return `/explore?${writeQueries(queries)}`;
}

interface Action {
  icon: IconName;
  name: string;
  key: string;
  run?: () => void;
  href?: string | undefined;
}

interface MenuProps {
  panel: Panel;
  data: PanelData | undefined;
  onInspect: () => void;
  onShare?: ((panel: Panel) => void) | undefined;
  /** Unset for those who may only look. */
  onEdit?: ((panel: Panel) => void) | undefined;
}

/** What can be done with a panel. */
export function PanelMenu(props: MenuProps) {
  const actions = (): Action[] => [
    { icon: "view", name: viewedPanel() ? "Back to the dashboard" : "View", key: "v", run: () => toggleView(props.panel) },
    ...(props.onEdit ? [{ icon: "edit" as const, name: "Edit", key: "e", run: () => props.onEdit?.(props.panel) }] : []),
    { icon: "explore", name: "Explore", key: "x", href: exploreAddress(props.data) },
    { icon: "search", name: "Inspect", key: "i", run: () => props.onInspect() },
    ...(props.onShare ? [{ icon: "share" as const, name: "Share", key: "p s", run: () => props.onShare?.(props.panel) }] : []),
  ];
  return (
    <Popover class="panel-hint panel-menu" name="Panel menu" align="end" label={<Icon name="more" />}>
      {(close) => (
        <ul class="menu">
          <For each={actions().filter((action) => action.run ?? action.href)}>
            {(action) => (
              <li>
                <Show when={action.href} fallback={<MenuButton action={action} close={close} />}>
                  <a href={placed(action.href ?? "")}>
                    <Icon name={action.icon} />
                    {action.name}
                    <kbd>{action.key}</kbd>
                  </a>
                </Show>
              </li>
            )}
          </For>
        </ul>
      )}
    </Popover>
  );
}

function MenuButton(props: { action: Action; close: () => void }) {
  return (
    <button
      type="button"
      onClick={() => {
        props.close();
        props.action.run?.();
      }}
    >
      <Icon name={props.action.icon} />
      {props.action.name}
      <kbd>{props.action.key}</kbd>
    </button>
  );
}
