import { createSignal, onCleanup, type Accessor } from "solid-js";

export interface Size {
  width: number;
  height: number;
}

/** The inner size of an element in whole pixels, kept up to date from `observe` on. */
export function elementSize(): [Accessor<Size>, (element: Element) => void] {
  const [size, setSize] = createSignal<Size>({ width: 0, height: 0 }, { equals: (a, b) => a.width === b.width && a.height === b.height });
  const observer = new ResizeObserver((entries) => {
    const box = entries.at(-1)?.contentRect;
    if (box) setSize({ width: Math.floor(box.width), height: Math.floor(box.height) });
  });
  onCleanup(() => observer.disconnect());
  return [size, (element) => observer.observe(element)];
}
