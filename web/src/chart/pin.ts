/** A click that leaves the tooltip standing, so that what is in it can be used. */

import { createEffect, createSignal, onCleanup, type Accessor } from "solid-js";
import type { CurveSet } from "./curve";
import { DRAG_MIN, type Pointed } from "./pointer";

/** A span of time, epoch ms. */
export interface Region {
  from: number;
  to: number;
}

/** What was pointed at, and the curves as they were then. */
export interface Pin {
  pointed: Pointed;
  set: CurveSet;
  /** The span that was marked, where it was more than a moment. */
  region?: Region | undefined;
  /** Takes a moment as the one end of a span; the next click gives the other. */
  startRegion: (time: number) => void;
  close: () => void;
}

interface Inputs {
  pointed: Accessor<Pointed | undefined>;
  set: Accessor<CurveSet>;
  enabled: Accessor<boolean>;
}

export interface Pins {
  pin: Accessor<Pin | undefined>;
  /** Whether a span waits for its other end. */
  marking: Accessor<boolean>;
  /** Opens the sheet for a span. */
  mark: (region: Region) => void;
  press: (event: PointerEvent) => void;
  click: (event: MouseEvent) => void;
  /** Takes the element in which a press does not close the sheet. */
  within: (element: HTMLElement) => void;
}

export function createPin({ pointed, set, enabled }: Inputs): Pins {
  const [pin, setPin] = createSignal<Pin>();
  let pressedAt = 0;
  let box: HTMLElement | undefined;
  const [start, setStart] = createSignal<number>();
  const close = () => {
    setPin(undefined);
    setStart(undefined);
  };
  const startRegion = (time: number) => {
    setPin(undefined);
    setStart(time);
  };
  const open = (place: Pointed, region?: Region) => setPin({ pointed: place, set: set(), region, startRegion, close });
  const timeAt = (place: Pointed) => (set().times[place.index] ?? 0) * 1000;
  createEffect(() => {
    if (!pin() && start() === undefined) return;
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
    marking: () => start() !== undefined && !pin(),
    mark: (region) => {
      const place = pointed();
      if (enabled() && place) open(place, region);
    },
    press: (event) => {
      pressedAt = event.clientX;
    },
    click: (event) => {
      const place = pointed();
      if (!enabled() || Math.abs(event.clientX - pressedAt) >= DRAG_MIN) return;
      const first = start();
      if (pin() || !place?.here) close();
      else if (first === undefined) open(place);
      else open(place, { from: Math.min(first, timeAt(place)), to: Math.max(first, timeAt(place)) });
    },
    within: (element) => {
      box = element;
    },
  };
}
