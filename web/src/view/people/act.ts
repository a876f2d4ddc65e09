/** Changes that may fail, with what went wrong in words. */

import { createSignal } from "solid-js";
import { messageOf } from "../../api/http";

export interface Acting {
  failure: () => string;
  busy: () => boolean;
  /** Makes a change; true when it was made. */
  act: (change: () => Promise<unknown>) => Promise<boolean>;
}

export function createActing(): Acting {
  const [failure, setFailure] = createSignal("");
  const [busy, setBusy] = createSignal(false);
  const act = async (change: () => Promise<unknown>) => {
    setBusy(true);
    setFailure("");
    try {
      await change();
      return true;
    } catch (cause) {
      setFailure(messageOf(cause));
      return false;
    } finally {
      setBusy(false);
    }
  };
  return { failure, busy, act };
}
