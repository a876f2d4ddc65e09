/** A click that leaves the tooltip standing, so that what is in it can be used. */

import { createEffect, createSignal, onCleanup, type Accessor } from "solid-js";
import type { CurveSet } from "./curve";
import { DRAG_MIN, type Pointed } from "./pointer";

/** What was pointed at, and the curves as they were then. */
export interface Pin {
  pointed: Pointed;
  set: CurveSet;
  close: () => void;
}

interface Inputs {
  pointed: Accessor<Pointed | undefined>;
  set: Accessor<CurveSet>;
  enabled: Accessor<boolean>;
}

export interface Pins {
  pin: Accessor<Pin | undefined>;
  press: (event: PointerEvent) => void;
  click: (event: MouseEvent) => void;
  /** Takes the element in which a press does not close the sheet. */
  within: (element: HTMLElement) => void;
}

export function createPin({ pointed, set, enabled }: Inputs): Pins {
  const [pin, setPin] = createSignal<Pin>();
  let pressedAt = 0;
  let box: HTMLElement | undefined;
  const close = () => setPin(undefined);
  createEffect(() => {
    if (!pin()) return;
    const onPress = ({ target }: PointerEvent) => {
      if (!(target instanceof Node) || !box?.contains(target)) close();
    };
    const onKey = ({ key }: KeyboardEvent) => {
      if (key === "Escape") close();
    };
    document.addEventListener("pointerdown", onPress);
    document.addEventListener("keydown", onKey);
    onCleanup(() => {
      document.removeEventListener("pointerdown", onPress);
      document.removeEventListener("keydown", onKey);
    });
  });
  return {
    pin,
    press: (event) => {
      pressedAt = event.clientX;
    },
    click: (event) => {
      const place = pointed();
      if (!enabled() || Math.abs(event.clientX - pressedAt) >= DRAG_MIN) return;
      if (pin() || !place?.here) close();
      else setPin({ pointed: place, set: set(), close });
    },
    within: (element) => {
      box = element;
    },
  };
}
