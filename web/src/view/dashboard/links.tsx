import { For } from "solid-js";
import type { DashboardLink } from "../../model/dashboard";
import { isSafeUrl } from "../../text/sanitize";
import { Icon } from "../../ui/icon";
import { interpolate } from "../../variable/interpolate";
import type { DashboardContext } from "./context";

/** The dashboard's own links. Lists by tag lead to the dashboards' list. */
export function DashboardLinks(props: { links: readonly DashboardLink[]; context: DashboardContext }) {
  const address = (link: DashboardLink) => {
    if (link.type === "dashboards") return "/dashboards";
    const url = interpolate(link.url, props.context.scope);
    const { from, to } = props.context.raw();
    const time = link.keepTime ? `from=${encodeURIComponent(from)}&to=${encodeURIComponent(to)}` : "";
    return time ? `${url}${url.includes("?") ? "&" : "?"}${time}` : url;
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
