import { For } from "solid-js";
import { placed } from "../../base";
import type { DashboardLink } from "../../model/dashboard";
import { isSafeUrl } from "../../text/sanitize";
import { Icon } from "../../ui/icon";
import { interpolate } from "../../variable/interpolate";
import { ALL } from "../../variable/resolve";
import type { DashboardContext } from "./context";

/** The dashboard's own links. Lists by tag lead to the dashboards' list. */
export function DashboardLinks(props: { links: readonly DashboardLink[]; context: DashboardContext }) {
  const address = (link: DashboardLink) => {
    if (link.type === "dashboards") return placed("/dashboards");
    const url = interpolate(link.url, props.context.scope);
    const parameters = [
      ...(link.keepTime ? timeParameters(props.context) : []),
      ...(link.includeVars ? variableParameters(props.context) : []),
    ];
    return parameters.length ? `${url}${url.includes("?") ? "&" : "?"}${parameters.join("&")}` : url;
  };
  const usable = () => props.links.filter((link) => isSafeUrl(address(link)) && (link.title || link.tags.length));
  return (
    <div class="dashboard-links">
      <For each={usable()}>
        {(link) => (
          <a href={address(link)} target={link.blank ? "_blank" : undefined} rel="noreferrer">
            <Icon name="link" />
            {link.title || link.tags.join(", ")}
          </a>
        )}
      </For>
    </div>
  );
}

/** The range, as parameters of an address. */
export function timeParameters(context: DashboardContext): string[] {
  const { from, to } = context.raw();
  return [`from=${encodeURIComponent(from)}`, `to=${encodeURIComponent(to)}`];
}

/** All variables, as parameters of an address. */
export function variableParameters(context: DashboardContext): string[] {
  return context.dashboard.variables
    .map(({ name }) => {
      const value = context.scope(name);
      const values = value?.texts?.[0] === "All" ? [ALL] : (value?.values ?? []);
      return values.map((one) => `var-${encodeURIComponent(name)}=${encodeURIComponent(one)}`).join("&");
    })
    .filter(Boolean);
}
