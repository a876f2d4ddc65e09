import { createSignal, For, Show } from "solid-js";
import { createShortcuts, type Shortcut } from "../../app/keys";
import { mayEdit } from "../../app/session";
import { navigate, place, setQuery } from "../../app/router";
import { Dialog } from "../../ui/dialog";
import { movedRange, zoomedOut, type RawRange, type TimeRange } from "../../time/range";
import "./shortcuts.css";

export interface DashboardKeys {
  range: () => TimeRange;
  onRange: (raw: RawRange) => void;
  onTick: () => void;
  onFold: (folded: boolean) => void;
}

/** What the panel under the pointer offers to the keyboard. */
export interface PanelKeys {
  view: () => void;
  inspect: () => void;
  explore: () => void;
  share: () => void;
  edit: () => void;
}

const [pointedPanel, setPointedPanel] = createSignal<PanelKeys>();

export { setPointedPanel };

/** The shortcuts of a dashboard, and the sheet that lists them. */
export function Shortcuts(props: DashboardKeys) {
  const [help, setHelp] = createSignal(false);
  const list = [...pageKeys(props), ...panelKeys(), { keys: "?", does: "Show these shortcuts", run: () => setHelp(true) }];
  createShortcuts(() => list);
  return (
    <Show when={help()}>
      <Dialog title="Keyboard shortcuts" onClose={() => setHelp(false)}>
        <dl class="shortcuts">
          <For each={list}>
            {(shortcut) => (
              <>
                <dt>
                  <For each={shortcut.keys.split(" ")}>{(key) => <kbd>{KEY_NAMES[key] ?? key}</kbd>}</For>
                </dt>
                <dd>{shortcut.does}</dd>
              </>
            )}
          </For>
        </dl>
      </Dialog>
    </Show>
  );
}

const KEY_NAMES: Record<string, string> = { ArrowLeft: "←", ArrowRight: "→", Escape: "Esc" };

function pageKeys(page: DashboardKeys): Shortcut[] {
  return [
    { keys: "d r", does: "Refresh", run: page.onTick },
    { keys: "d k", does: "Kiosk mode: nothing but panels", run: toggleKiosk },
    { keys: "d E", does: "Open all rows", run: () => page.onFold(false) },
    { keys: "d C", does: "Fold all rows", run: () => page.onFold(true) },
    { keys: "t z", does: "Zoom out", run: () => page.onRange(zoomedOut(page.range())) },
    { keys: "t ArrowLeft", does: "Go back in time", run: () => page.onRange(movedRange(page.range(), -0.5)) },
    { keys: "t ArrowRight", does: "Go on in time", run: () => page.onRange(movedRange(page.range(), 0.5)) },
    { keys: "g h", does: "Go home", run: () => navigate("/") },
    { keys: "g e", does: "Go to Explore", run: () => navigate("/explore") },
    { keys: "Escape", does: "Leave a panel, or kiosk mode", run: () => setQuery({ viewPanel: null, editPanel: null, kiosk: null }) },
  ];
}

export function toggleKiosk(): void {
  setQuery({ kiosk: place().query.has("kiosk") ? null : "1" });
}

function panelKeys(): Shortcut[] {
  return [
    { keys: "v", does: "View the panel under the pointer alone", run: () => pointedPanel()?.view() },
    ...(mayEdit() ? [{ keys: "e", does: "Edit it", run: () => pointedPanel()?.edit() }] : []),
    { keys: "i", does: "Inspect it", run: () => pointedPanel()?.inspect() },
    { keys: "x", does: "Open its queries in Explore", run: () => pointedPanel()?.explore() },
    { keys: "p s", does: "Share it", run: () => pointedPanel()?.share() },
  ];
}
