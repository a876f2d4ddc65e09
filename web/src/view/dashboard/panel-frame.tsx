import { createEffect, createMemo, createSignal, For, onCleanup, Show, type JSX, type ParentProps } from "solid-js";
import type { GridPos, Panel } from "../../model/dashboard";
import { isSafeUrl } from "../../text/sanitize";
import { Icon } from "../../ui/icon";
import { elementSize } from "../../ui/size";
import { interpolate } from "../../variable/interpolate";
import type { DashboardContext } from "./context";
import { createPanelLoad, type PanelData } from "./loader";
import { exploreAddress, PanelMenu, toggleView } from "./panel-menu";
import { type PanelKeys, setPointedPanel } from "./shortcuts";
import { Inspect } from "./inspect";
import { navigate } from "../../app/router";
import { PanelBody } from "./panel-body";
import { PanelHints } from "./panel-hints";
import { panelScope, withTimes } from "./panel-scope";

/** How far outside the window a panel already loads. */
const AHEAD = "300px";

interface FrameProps {
  panel: Panel;
  place: GridPos;
  context: DashboardContext;
  /** Controls in the head, and over the lower right corner. */
  tools?: JSX.Element;
  corner?: JSX.Element;
  /** Hears of each answer. */
  onData?: (data: PanelData | undefined) => void;
}

/** A panel on the grid: its head, and its body once it comes into view. */
export function PanelFrame(props: FrameProps) {
  const { context } = props;
  const panel = () => props.panel;
  const [size, observe] = elementSize();
  const [inView, watch] = visibility();
  const scope = panelScope(panel, context);
  const text = (source: string) => interpolate(source, withTimes(scope, context));
  const load = createPanelLoad({ panel, context, scope, width: () => size().width, inView });
  createEffect(() => props.onData?.(load.data()));
  const [inspected, setInspected] = createSignal(false);
  const keys: PanelKeys = {
    view: () => toggleView(panel()),
    inspect: () => setInspected(true),
    explore: () => {
      const address = exploreAddress(load.data());
      if (address) navigate(address);
    },
    share: () => context.share?.(panel()),
    edit: () => context.edit?.(panel()),
  };
  return (
    <div
      onPointerEnter={() => setPointedPanel(keys)}
      onFocusIn={() => setPointedPanel(keys)}
      class="panel"
      role="group"
      classList={{ "panel-bare": panel().transparent }}
      style={{
        "--x": String(props.place.x + 1),
        "--y": String(props.place.y + 1),
        "--w": String(props.place.w),
        "--h": String(props.place.h),
      }}
      aria-label={text(panel().title) || "Panel"}
      ref={watch}
    >
      <div class="panel-progress" classList={{ "panel-loading": load.loading() }} />
      <PanelHead
        panel={panel()}
        text={text}
        data={load.data()}
        onInspect={() => setInspected(true)}
        onShare={context.share}
        onEdit={context.edit}
      >
        {props.tools}
      </PanelHead>
      <div class="panel-body" classList={{ "panel-body-full": panel().type === "stat" }} ref={observe}>
        <PanelBody panel={panel()} context={context} text={text} data={load.data()} />
      </div>
      {props.corner}
      <Show when={inspected()}>
        <Inspect
          panel={panel()}
          title={text(panel().title)}
          data={load.data()}
          utc={context.dashboard.utc}
          onClose={() => setInspected(false)}
        />
      </Show>
    </div>
  );
}

interface HeadProps {
  panel: Panel;
  text: (source: string) => string;
  data: PanelData | undefined;
  onInspect: () => void;
  onShare: ((panel: Panel) => void) | undefined;
  onEdit: ((panel: Panel) => void) | undefined;
}

function PanelHead(props: ParentProps<HeadProps>) {
  const title = createMemo(() => props.text(props.panel.title));
  const errors = () => props.data?.errors ?? [];
  const notices = () => props.data?.notices ?? [];
  const links = () =>
    props.panel.links
      .map((link) => ({ ...link, url: props.text(link.url), title: props.text(link.title) }))
      .filter((link) => isSafeUrl(link.url));
  return (
    <header class="panel-head" classList={{ "panel-head-empty": !title() }}>
      <h2 title={title()}>
        {title()}
        <Show when={ownTime(props.panel)}>{(time) => <span class="muted"> {time()}</span>}</Show>
      </h2>
      <PanelHints description={props.text(props.panel.description)} errors={errors()} notices={notices()} />
      <For each={links()}>
        {(link) => (
          <a
            class="panel-hint"
            href={link.url}
            target={link.blank ? "_blank" : undefined}
            rel="noreferrer"
            title={link.title}
            aria-label={link.title || link.url}
          >
            <Icon name="link" />
          </a>
        )}
      </For>
      {props.children}
      <PanelMenu panel={props.panel} data={props.data} onInspect={props.onInspect} onShare={props.onShare} onEdit={props.onEdit} />
    </header>
  );
}

/** What the panel says of a time range of its own. */
function ownTime(panel: Panel): string {
  if (panel.hideTimeOverride) return "";
  const from = panel.timeFrom ? `last ${panel.timeFrom}` : "";
  return [from, panel.timeShift ? `${panel.timeShift} ago` : ""].filter(Boolean).join(", ");
}

function visibility(): [() => boolean, (element: Element) => void] {
  const [inView, setInView] = createSignal(false);
  const observer = new IntersectionObserver((entries) => setInView(entries.at(-1)?.isIntersecting ?? false), { rootMargin: AHEAD });
  onCleanup(() => observer.disconnect());
  return [inView, (element) => observer.observe(element)];
}
