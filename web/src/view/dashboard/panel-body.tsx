import { createMemo, ErrorBoundary, Match, Show, Suspense, Switch } from "solid-js";
import { Dynamic } from "solid-js/web";
import { messageOf } from "../../api/http";
import { mode } from "../../app/theme";
import { sameBesides } from "../../json";
import type { Panel } from "../../model/dashboard";
import { needsNoData, panelType } from "../../panel/registry";
import { UnsupportedPanel } from "../../panel/unsupported";
import { Icon } from "../../ui/icon";
import type { DashboardContext } from "./context";
import type { PanelData } from "./loader";

interface BodyProps {
  panel: Panel;
  context: DashboardContext;
  text: (source: string) => string;
  data: PanelData | undefined;
}

/** The panel's picture, or in its place what keeps it from being drawn. */
export function PanelBody(props: BodyProps) {
  const isEmpty = () => props.data?.frames.length === 0;
  return (
    <ErrorBoundary fallback={(cause) => <Message failed text={messageOf(cause)} />}>
      <Suspense>
        <Switch>
          <Match when={!panelType(props.panel.type)}>
            <UnsupportedPanel what="panel" name={props.panel.type} />
          </Match>
          <Match when={foreignKind(props.panel)}>{(name) => <UnsupportedPanel what="data source" name={name()} />}</Match>
          <Match when={needsNoData(props.panel.type)}>
            <Picture
              {...props}
              data={{ frames: [], raw: [], exemplars: [], range: props.context.range(), errors: [], notices: [], asked: [] }}
            />
          </Match>
          <Match when={isEmpty() && props.data?.errors[0]}>{(reason) => <Message failed text={reason()} />}</Match>
          <Match when={isEmpty()}>
            <Message text={props.panel.targets.length ? "No data" : "This panel asks for nothing"} />
          </Match>
          <Match when={props.data}>{(data) => <Picture {...props} data={data()} />}</Match>
        </Switch>
      </Suspense>
    </ErrorBoundary>
  );
}

/** What of a panel's JSON does not change its picture. */
const AROUND = ["gridPos", "title", "description", "links", "targets", "transformations"];

function Picture(props: BodyProps & { data: PanelData }) {
  const { dashboard } = props.context;
  const panel = createMemo(() => props.panel, undefined, { equals: (a, b) => sameBesides(a.source, b.source, AROUND) });
  return (
    <Show when={panel()} keyed>
      {(drawn) => (
        <Dynamic
          component={panelType(drawn.type)}
          panel={drawn}
          frames={props.data.frames}
          exemplars={props.data.exemplars}
          annotations={props.context.annotations().filter(({ panelId }) => panelId === undefined || panelId === Number(drawn.id))}
          notes={props.context.notes?.(drawn)}
          range={props.data.range}
          mode={mode()}
          utc={dashboard.utc}
          sync={dashboard.sharedCrosshair ? dashboard.uid || "dashboard" : undefined}
          onZoom={props.context.zoom}
          text={props.text}
        />
      )}
    </Show>
  );
}

function Message(props: { failed?: boolean; text: string }) {
  return (
    <div class="panel-message" classList={{ "panel-failed": props.failed }} role={props.failed ? "alert" : undefined}>
      <Show when={props.failed}>
        <Icon name="warning" />
      </Show>
      <p>{props.text}</p>
    </div>
  );
}

/** The data source that the whole panel asks, when it is none of Prometheus's kind. */
function foreignKind(panel: Panel): string | undefined {
  if (needsNoData(panel.type)) return undefined;
  const all = panel.targets.length > 0 && panel.targets.every((target) => target.foreign);
  return panel.foreign ?? (all ? panel.targets[0]?.foreign : undefined);
}
