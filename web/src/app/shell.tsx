import { For, type ParentProps } from "solid-js";
import { placed } from "../base";
import { Icon } from "../ui/icon";
import { place } from "./router";
import { ThemeButton } from "./theme-button";
import { UserMenu } from "./user-menu";
import "./shell.css";

const SECTIONS = [
  { href: "/dashboards", label: "Dashboards", icon: "dashboards", paths: /^\/($|dashboards?|d\/)/ },
  { href: "/explore", label: "Explore", icon: "explore", paths: /^\/(explore|graph|query)/ },
  { href: "/targets", label: "Targets", icon: "targets", paths: /^\/targets/ },
] as const;

/** The frame around every page: name, sections, theme and user. */
export function Shell(props: ParentProps) {
  return (
    <>
      <a class="skip" href="#main">
        Skip to content
      </a>
      <header class="shell">
        <a class="shell-brand" href={placed("/")} aria-label="Gnomon, home">
          <img src={placed("/gnomon.svg")} alt="" width="24" height="24" />
          <span>Gnomon</span>
        </a>
        <nav class="shell-nav" aria-label="Sections">
          <For each={SECTIONS}>
            {(section) => (
              <a href={placed(section.href)} aria-current={section.paths.test(place().path) ? "page" : undefined}>
                <Icon name={section.icon} />
                <span>{section.label}</span>
              </a>
            )}
          </For>
        </nav>
        <div class="shell-end">
          <ThemeButton />
          <UserMenu />
        </div>
      </header>
      <main id="main" class="page" tabindex="-1">
        {props.children}
      </main>
    </>
  );
}
