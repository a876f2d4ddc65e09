import { createSignal, onMount, Show } from "solid-js";
import { logIn } from "../../api/grafana";
import { messageOf } from "../../api/http";
import "./login.css";

/** Name and password; `login` is who is expected. */
export function LoginForm(props: { login?: string; onLogin: () => Promise<void> }) {
  const [failure, setFailure] = createSignal("");
  const [busy, setBusy] = createSignal(false);
  let user!: HTMLInputElement;
  let password!: HTMLInputElement;
  onMount(() => (props.login ? password : user).focus());

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
    <form class="login-form" onSubmit={(event) => void submit(event)} aria-label="Log in">
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
          value={props.login ?? ""}
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
  );
}
