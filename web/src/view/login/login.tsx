import { onMount } from "solid-js";
import { setTitle } from "../../app/title";
import { placed } from "../../base";
import { LoginForm } from "./form";

export function LoginPage(props: { onLogin: () => Promise<void> }) {
  onMount(() => {
    setTitle("Log in");
  });
  return (
    <main class="login">
      <div class="login-card">
        <img src={placed("/gnomon.svg")} alt="" width="56" height="56" />
        <h1>Gnomon</h1>
        <LoginForm onLogin={props.onLogin} />
      </div>
    </main>
  );
}
