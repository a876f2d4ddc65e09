import { For, Match, Switch } from "solid-js";
import { placed } from "../base";
import { Icon } from "../ui/icon";
import { Popover } from "../ui/popover";
import { beginLogOut } from "./log-out";
import { isSomebody, login, mayAdminister, mayAdministerServer, mayLogIn } from "./session";

interface Entry {
  href: string;
  label: string;
}

/** Who is logged in, with the pages about people; a way to log in for nobody. */
export function UserMenu() {
  return (
    <Switch>
      <Match when={isSomebody()}>
        <Menu />
      </Match>
      <Match when={mayLogIn()}>
        <a class="button" href={placed("/login")}>
          Log in
        </a>
      </Match>
    </Switch>
  );
}

function Menu() {
  const entries = (): Entry[] => [
    { href: "/profile", label: "Profile" },
    ...(mayAdminister() || mayAdministerServer() ? [{ href: "/admin/users", label: "Users" }] : []),
    ...(mayAdminister()
      ? [
          { href: "/org/serviceaccounts", label: "Service accounts" },
          { href: "/connections/datasources", label: "Data sources" },
        ]
      : []),
  ];
  return (
    <Popover label={<Icon name="user" />} name={`Menu of ${login()}`} class="icon-button" align="end">
      {(close) => (
        <nav class="shell-menu" aria-label="User">
          <p class="muted">{login()}</p>
          <For each={entries()}>
            {(entry) => (
              <a href={placed(entry.href)} onClick={close}>
                {entry.label}
              </a>
            )}
          </For>
          <a href={placed("/logout")} onClick={() => beginLogOut(login())}>
            Log out
          </a>
        </nav>
      )}
    </Popover>
  );
}
