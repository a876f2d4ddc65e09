import { leaveSession, login, resumeSession } from "../../app/session";
import { Dialog } from "../../ui/dialog";
import { LoginForm } from "./form";

/** Over a page whose session has ended: the page, with what was changed on it, stays. */
export default function LoginAgain() {
  return (
    <Dialog title="Your session has ended" onClose={leaveSession}>
      <p>Log in to go on. What you changed on this page is kept.</p>
      <LoginForm login={login()} onLogin={resumeSession} />
    </Dialog>
  );
}
