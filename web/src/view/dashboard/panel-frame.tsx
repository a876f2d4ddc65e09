import { createMemo, createSignal, ErrorBoundary, For, Match, onCleanup, Show, Switch } from "solid-js";
import { Dynamic } from "solid-js/web";
import { messageOf } from "../../api/http";
import { mode } from "../../app/theme";
import type { GridPos, Panel } from "../../model/dashboard";
import { needsNoData, panelType } from "../../panel/registry";
import { UnsupportedPanel } from "../../panel/unsupported";
import { isSafeUrl } from "../../text/sanitize";
import { Icon } from "../../ui/icon";
import { elementSize } from "../../ui/size";
import { interpolate, type Scope } from "../../variable/interpolate";
import type { DashboardContext } from "./context";
import { createPanelLoad, type PanelData } from "./loader";
import { PanelHints } from "./panel-hints";

/** How far outside the window a panel already loads. */
const AHEAD = "300px";

/** A panel on the grid: its head, and its body once it comes into view. */
export function PanelFrame(props: { panel: Panel; place: GridPos; context: DashboardContext }) {
  const { context } = props;
  const panel = props.panel;
  const [size, observe] = elementSize();
  const [inView, watch] = visibility();
  const scope: Scope = (name) => {
    const own = panel.scope[name];
    if (!own) return context.scope(name);
    const whole = context.scope(name);
    return { values: own, multi: whole?.multi ?? false };
  };
  const text = (source: string) => interpolate(source, withTimes(scope, context));
  const load = createPanelLoad({ panel, context, scope, width: () => size().width, inView });
  const title = createMemo(() => text(panel.title));
  const foreign = () => (needsNoData(panel.type) ? undefined : foreignKind(panel));

  return (
    <div
      class="panel"
      role="group"
      classList={{ "panel-bare": panel.transparent }}
      style={{ "--x": String(props.place.x + 1), "--y": String(props.place.y + 1), "--w": String(props.place.w), "--h": String(props.place.h) }}
      aria-label={title() || "Panel"}
      ref={watch}
    >
      <div class="panel-progress" classList={{ "panel-loading": load.loading() }} />
      <Show when={title() || panel.description || load.data()?.errors.length || load.data()?.notices.length}>
        <header class="panel-head">
          <h2 title={title()}>
            {title()}
            <Show when={ownTime(panel)}>{(time) => <span class="muted"> {time()}</span>}</Show>
          </h2>
          <PanelHints description={text(panel.description)} errors={load.data()?.errors ?? []} notices={load.data()?.notices ?? []} />
          <For each={panel.links.filter((link) => isSafeUrl(text(link.url)))}>
            {(link) => (
              <a class="panel-hint" href={text(link.url)} target={link.blank ? "_blank" : undefined} rel="noreferrer" title={text(link.title)} aria-label={text(link.title)}>
                <Icon name="link" />
              </a>
            )}
          </For>
        </header>
      </Show>
      <div class="panel-body" ref={observe}>
        <ErrorBoundary fallback={(cause) => <PanelMessage kind="error" text={messageOf(cause)} />}>
          <Switch>
            <Match when={!panelType(panel.type)}>
              <UnsupportedPanel what="panel" name={panel.type} />
            </Match>
            <Match when={foreign()}>{(name) => <UnsupportedPanel what="data source" name={name()} />}</Match>
            <Match when={needsNoData(panel.type)}>
              <Body panel={panel} context={context} text={text} data={{ frames: [], range: context.range(), errors: [], notices: [] }} />
            </Match>
            <Match when={load.data()?.frames.length === 0 && load.data()?.errors[0]}>{(reason) => <PanelMessage kind="error" text={reason()} />}</Match>
            <Match when={load.data()?.frames.length === 0}>
              <PanelMessage kind="info" text={panel.targets.length ? "No data" : "This panel asks for nothing"} />
            </Match>
            <Match when={load.data()}>{(data) => <Body panel={panel} context={context} text={text} data={data()} />}</Match>
          </Switch>
        </ErrorBoundary>
      </div>
    </div>
  );
}

/** What the panel says of a time range of its own. */
function ownTime(panel: Panel): string {
  if (panel.hideTimeOverride) return "";
  const from = panel.timeFrom ? `last ${panel.timeFrom}` : "";
  return [from, panel.timeShift ? `${panel.timeShift} ago` : ""].filter(Boolean).join(", ");
}

function Body(props: { panel: Panel; context: DashboardContext; text: (source: string) => string; data: PanelData }) {
  return (
    <Dynamic
      component={panelType(props.panel.type)}
      panel={props.panel}
      frames={props.data.frames}
      range={props.data.range}
      mode={mode()}
      utc={props.context.dashboard.utc}
      sync={props.context.dashboard.sharedCrosshair ? props.context.dashboard.uid || "dashboard" : undefined}
      onZoom={props.context.zoom}
      text={props.text}
    />
  );
}

function PanelMessage(props: { kind: "info" | "error"; text: string }) {
  return (
    <div class="panel-message" classList={{ "panel-failed": props.kind === "error" }} role={props.kind === "error" ? "alert" : undefined}>
      <Show when={props.kind === "error"}>
        <Icon name="warning" />
      </Show>
      <p>{props.text}</p>
    </div>
  );
}

/** The data source that the whole panel asks, when it is none of Prometheus's kind. */
function foreignKind(panel: Panel): string | undefined {
  const all = panel.targets.length > 0 && panel.targets.every((target) => target.foreign);
  return panel.foreign ?? (all ? panel.targets[0]?.foreign : undefined);
}

/** Texts may name the range as well as the variables. */
function withTimes(scope: Scope, context: DashboardContext): Scope {
  return (name) => {
    if (name === "__from") return { values: [String(context.range().from)] };
    if (name === "__to") return { values: [String(context.range().to)] };
    if (name === "__dashboard") return { values: [context.dashboard.title] };
    return scope(name);
  };
}

function visibility(): [() => boolean, (element: Element) => void] {
  const [inView, setInView] = createSignal(false);
  const observer = new IntersectionObserver((entries) => setInView(entries.at(-1)?.isIntersecting ?? false), { rootMargin: AHEAD });
  onCleanup(() => observer.disconnect());
  return [inView, (element) => observer.observe(element)];
}
