import { ErrorBoundary, lazy, Match, Show, Suspense, Switch } from "solid-js";
import { messageOf } from "../api/http";
import { Notice } from "../ui/notice";
import { HomePage, DashboardsPage } from "../view/home/home";
import { LoginPage } from "../view/login/login";
import { DashboardPage, NewDashboardPage } from "../view/dashboard/page";
import { navigate, place } from "./router";
import { expired, isSomebody, mayAdminister, mayAdministerServer, mayEdit, mayLogIn, refreshSession, session } from "./session";
import { Shell } from "./shell";

const TargetsPage = lazy(() => import("../view/targets/targets").then((module) => ({ default: module.TargetsPage })));
const ExplorePage = lazy(() => import("../view/explore/explore").then((module) => ({ default: module.ExplorePage })));
const ProfilePage = lazy(() => import("../view/people/profile"));
const UsersPage = lazy(() => import("../view/people/users"));
const ServiceAccountsPage = lazy(() => import("../view/people/service-accounts"));
const SourcesPage = lazy(() => import("../view/sources/sources"));
const LoginAgain = lazy(() => import("../view/login/again"));
const SnapshotPage = lazy(() => import("../view/snapshot/page"));
const SnapshotsPage = lazy(() => import("../view/snapshot/list"));
const ImportPage = lazy(() => import("../view/edit/import/import"));

/** The whole front end: the login, or the shell with the page of the address. */
export function App() {
  const current = session;
  return (
    <Switch>
      <Match when={current().state === "none" && snapshotKey()}>
        {(key) => (
          <main class="page">
            <Suspense>
              <SnapshotPage snapshotKey={key()} />
            </Suspense>
          </main>
        )}
      </Match>
      <Match when={current().state === "none" || (place().path === "/login" && mayLogIn())}>
        <LoginPage onLogin={enter} />
      </Match>
      <Match when={current().state === "failed" && current()}>
        {(failed) => {
          const it = failed();
          return (
            <main class="page">
              <Notice kind="error" title="Gnomon does not answer" text={it.state === "failed" ? it.reason : ""} />
              <button type="button" class="button" onClick={() => void refreshSession()}>
                Try again
              </button>
            </main>
          );
        }}
      </Match>
      <Match when={current().state === "user"}>
        <Shell>
          <ErrorBoundary fallback={(cause) => <Notice kind="error" title="This page failed" text={messageOf(cause)} />}>
            <Suspense>
              <Pages />
            </Suspense>
          </ErrorBoundary>
        </Shell>
        <Show when={expired()}>
          <Suspense>
            <LoginAgain />
          </Suspense>
        </Show>
      </Match>
    </Switch>
  );
}

/** The key of the snapshot that the address names; whoever has it needs no login. */
const snapshotKey = () => /^\/dashboard\/snapshot\/(\w+)\/?$/.exec(place().path)?.[1];

async function enter(): Promise<void> {
  await refreshSession();
  if (place().path === "/login") navigate("/", { replace: true });
}

function Pages() {
  const path = () => place().path.replace(/\/+$/, "") || "/";
  const uid = () => /^\/d\/([^/]+)/.exec(path())?.[1];
  return (
    <Switch fallback={<Notice kind="info" title="There is no such page" text={path()} />}>
      <Match when={path() === "/" || path() === "/login"}>
        <HomePage />
      </Match>
      <Match when={path() === "/dashboards"}>
        <DashboardsPage />
      </Match>
      <Match when={path() === "/dashboard/new" && mayEdit()}>
        <NewDashboardPage />
      </Match>
      <Match when={path() === "/dashboard/import" && mayEdit()}>
        <ImportPage />
      </Match>
      <Match when={path() === "/dashboard/snapshots" && mayEdit()}>
        <SnapshotsPage />
      </Match>
      <Match when={snapshotKey()}>{(key) => <SnapshotPage snapshotKey={key()} />}</Match>
      <Match when={uid()} keyed>
        {(id) => <DashboardPage uid={decode(id)} />}
      </Match>
      <Match when={path() === "/explore" || path() === "/graph" || path() === "/query"}>
        <ExplorePage />
      </Match>
      <Match when={path() === "/profile" && isSomebody()}>
        <ProfilePage />
      </Match>
      <Match when={path() === "/admin/users" && (mayAdminister() || mayAdministerServer())}>
        <UsersPage />
      </Match>
      <Match when={(path() === "/connections/datasources" || path() === "/datasources") && mayAdminister()}>
        <SourcesPage />
      </Match>
      <Match when={path() === "/org/serviceaccounts" && mayAdminister()}>
        <ServiceAccountsPage />
      </Match>
      <Match when={path() === "/targets"}>
        <TargetsPage />
      </Match>
    </Switch>
  );
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
