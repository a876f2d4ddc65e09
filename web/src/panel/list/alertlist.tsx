import { createEffect, createMemo, createSignal, For, on, Show } from "solid-js";
import { activeAlerts, type Alert } from "../../api/prometheus";
import { isAbort, messageOf } from "../../api/http";
import { flag, number, object, text, type Json } from "../../json";
import { dateTime } from "../../time/clock";
import type { PanelProps } from "../props";
import "./list.css";

/** Alerts that fire or wait to, as the rules have them now. */
export default function AlertlistPanel(props: PanelProps) {
  const [alerts, setAlerts] = createSignal<Alert[]>();
  const [failed, setFailed] = createSignal("");
  const load = async () => {
    try {
      setAlerts(await activeAlerts());
      setFailed("");
    } catch (cause) {
      if (!isAbort(cause)) setFailed(messageOf(cause));
    }
  };
  // A refresh of the dashboard moves its range.
  createEffect(
    on(
      () => props.range.to,
      () => void load(),
    ),
  );
  const shown = createMemo(() => chosen(alerts() ?? [], props.panel.options, props.text));
  return (
    <div class="panel-list">
      <Show when={failed()}>
        <p class="muted">{failed()}</p>
      </Show>
      <ul>
        <For each={shown()} fallback={<li class="muted">{alerts() ? "No alerts" : ""}</li>}>
          {(alert) => (
            <li class="alert-row">
              <span class="alert-state" classList={{ "alert-firing": alert.state === "firing" }}>
                {alert.state}
              </span>
              <span>
                <b>{alert.labels.alertname}</b>
                <Show when={alert.annotations.summary || alert.annotations.description}>{(line) => <span> {line()}</span>}</Show>
                <span class="muted"> since {dateTime(alert.activeAt, props.utc)}</span>
              </span>
            </li>
          )}
        </For>
      </ul>
    </div>
  );
}

function chosen(alerts: readonly Alert[], options: Json, fill: (source: string) => string): Alert[] {
  const states = object(options.stateFilter);
  const name = fill(text(options.alertName)).toLowerCase();
  const wanted = alerts.filter((alert) => flag(states[alert.state], true) && (alert.labels.alertname ?? "").toLowerCase().includes(name));
  const byName = (a: Alert, b: Alert) => (a.labels.alertname ?? "").localeCompare(b.labels.alertname ?? "");
  // Sort orders as Grafana numbers them: 1 and 2 by name, 3 by state, 4 and 5 by time.
  const order = number(options.sortOrder) ?? 1;
  wanted.sort((a, b) => {
    if (order === 3) return Number(b.state === "firing") - Number(a.state === "firing") || byName(a, b);
    if (order === 4 || order === 5) return (a.activeAt - b.activeAt) * (order === 4 ? 1 : -1);
    return byName(a, b) * (order === 2 ? -1 : 1);
  });
  return wanted.slice(0, Math.min(200, number(options.maxItems) ?? 20));
}
