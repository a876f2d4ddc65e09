import { createResource, createSignal, For, onMount, Show } from "solid-js";
import { searchDashboards } from "../../api/grafana";
import { changePassword, homeDashboard, ownProfile, type Profile, savePreferences, saveProfile } from "../../api/people";
import { mayAdministerServer, refreshSession } from "../../app/session";
import { type Choice, chooseTheme, themeChoice } from "../../app/theme";
import { setTitle } from "../../app/title";
import { Notice } from "../../ui/notice";
import { messageOf } from "../../api/http";
import { Field } from "../edit/field";
import { createActing } from "./act";
import { createNewPassword, Failure, Form, PASSWORDS_DIFFER, TextField } from "./form";
import { Sessions } from "./sessions";

/** `/profile`: who one is, and from where one is logged in. */
export default function ProfilePage() {
  onMount(() => {
    setTitle("Profile");
  });
  const [profile] = createResource(ownProfile);
  return (
    <div class="narrow">
      <div class="page-head">
        <h1>Profile</h1>
      </div>
      <Show when={profile.error}>{(cause) => <Notice kind="error" title="Your profile cannot be read" text={messageOf(cause())} />}</Show>
      <div class="people-cards">
        <Show when={!profile.error && profile()}>{(known) => <About profile={known()} />}</Show>
        <Password />
        <Preferences />
      </div>
      <Sessions />
    </div>
  );
}

function About(props: { profile: Profile }) {
  const [changed, setChanged] = createSignal(props.profile);
  const [saved, setSaved] = createSignal(false);
  const acting = createActing();
  const change = (field: keyof Profile) => (value: string) => {
    setSaved(false);
    setChanged((before) => ({ ...before, [field]: value }));
  };
  const save = async () => {
    setSaved(await acting.act(() => saveProfile(changed())));
    if (saved()) await refreshSession();
  };
  return (
    <section class="people-card" aria-labelledby="about">
      <h2 id="about">About you</h2>
      <Form acting={acting} submit="Save" done={saved()} onSubmit={() => void save()}>
        <TextField name="Name" autocomplete="name" value={changed().name} onChange={change("name")} />
        <TextField name="Email" type="email" autocomplete="email" value={changed().email} onChange={change("email")} />
        <TextField
          name="Username"
          autocomplete="username"
          required
          readonly={!mayAdministerServer()}
          value={changed().login}
          onChange={change("login")}
        />
      </Form>
    </section>
  );
}

function Password() {
  const [old, setOld] = createSignal("");
  const [saved, setSaved] = createSignal(false);
  const next = createNewPassword();
  const acting = createActing();
  const change = async () => {
    const made = await acting.act(async () => {
      if (next.differs()) throw new Error(PASSWORDS_DIFFER);
      await changePassword(old(), next.value());
    });
    setSaved(made);
    if (!made) return;
    setOld("");
    next.clear();
  };
  return (
    <section class="people-card" aria-labelledby="password">
      <h2 id="password">Password</h2>
      <Form acting={acting} submit="Change password" done={saved()} onSubmit={() => void change()}>
        <TextField name="Old password" type="password" autocomplete="current-password" required value={old()} onChange={setOld} />
        {next.fields()}
      </Form>
      <p class="muted">All other sessions end with the old password.</p>
    </section>
  );
}

const THEMES: readonly { choice: Choice; name: string }[] = [
  { choice: "system", name: "As the system" },
  { choice: "dark", name: "Dark" },
  { choice: "light", name: "Light" },
];

function Preferences() {
  const acting = createActing();
  const [home, { mutate }] = createResource(homeDashboard);
  const [dashboards] = createResource(() => searchDashboards());
  const choose = (name: string) => {
    const theme = THEMES.find((one) => one.choice === name)?.choice ?? "system";
    chooseTheme(theme);
    void acting.act(() => savePreferences({ theme }));
  };
  const begin = (uid: string) => {
    mutate(uid);
    void acting.act(() => savePreferences({ homeDashboardUID: uid }));
  };
  return (
    <section class="people-card" aria-labelledby="preferences">
      <h2 id="preferences">Preferences</h2>
      <Field name="Theme" hint="Kept for you in all browsers that have chosen none.">
        {(id) => (
          <select id={id} value={themeChoice()} onChange={(event) => choose(event.currentTarget.value)}>
            {THEMES.map((theme) => (
              <option value={theme.choice}>{theme.name}</option>
            ))}
          </select>
        )}
      </Field>
      <Show when={!home.error && !dashboards.error && home.latest !== undefined && dashboards.latest}>
        {(listed) => (
          <Field name="Home dashboard">
            {(id) => (
              <select id={id} value={home.latest} onChange={(event) => begin(event.currentTarget.value)}>
                <option value="">The list of dashboards</option>
                <For each={listed()}>{(one) => <option value={one.uid}>{one.title}</option>}</For>
              </select>
            )}
          </Field>
        )}
      </Show>
      <Failure acting={acting} />
    </section>
  );
}
