import { createSignal, onMount, Show } from "solid-js";
import { logIn } from "../../api/grafana";
import { messageOf } from "../../api/http";
import { setTitle } from "../../app/title";
import { placed } from "../../base";
import "./login.css";

export function LoginPage(props: { onLogin: () => Promise<void> }) {
  const [failure, setFailure] = createSignal("");
  const [busy, setBusy] = createSignal(false);
  let user!: HTMLInputElement;
  let password!: HTMLInputElement;
  onMount(() => {
    setTitle("Log in");
    user.focus();
  });

  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    setBusy(true);
    setFailure("");
    try {
      await logIn(user.value, password.value);
      await props.onLogin();
    } catch (cause) {
      setFailure(messageOf(cause));
      password.select();
    } finally {
      setBusy(false);
    }
  };

  return (
    <main class="login">
      <form class="login-card" onSubmit={(event) => void submit(event)} aria-labelledby="login-title">
        <img src={placed("/gnomon.svg")} alt="" width="56" height="56" />
        <h1 id="login-title">Gnomon</h1>
        <label>
          Username
          <input
            ref={(element) => {
              user = element;
            }}
            name="user"
            autocomplete="username"
            autocapitalize="none"
            spellcheck={false}
            required
          />
        </label>
        <label>
          Password
          <input
            ref={(element) => {
              password = element;
            }}
            name="password"
            type="password"
            autocomplete="current-password"
            required
          />
        </label>
        <Show when={failure()}>
          <p class="login-failure" role="alert">
            {failure()}
          </p>
        </Show>
        <button type="submit" class="button button-primary" disabled={busy()}>
          Log in
        </button>
      </form>
    </main>
  );
}
