/** A uPlot chart in an element: built when its structure or the element's existence changes, fed otherwise. */

import { createEffect, on, onCleanup, onMount, type Accessor } from "solid-js";
import uPlot from "uplot";
import { elementSize, type Size } from "../ui/size";

export interface PlotSource {
  box: () => HTMLElement;
  /** Everything that uPlot cannot change in a chart that stands. */
  structure: Accessor<string>;
  data: Accessor<uPlot.AlignedData>;
  options: (size: Size) => uPlot.Options;
  /** Ends of the time axis; a change draws anew. */
  span: Accessor<readonly [number, number]>;
}

export function mountPlot(source: PlotSource): () => uPlot | undefined {
  let plot: uPlot | undefined;
  const [size, observe] = elementSize();
  const build = () => {
    plot?.destroy();
    plot = isDrawable(size()) ? new uPlot(source.options(size()), source.data(), source.box()) : undefined;
  };
  const feed = () => {
    const data = source.data();
    // A structural change has drawn the new data already, or is about to: more or fewer curves need another chart.
    if (plot && plot.data !== data && plot.series.length === data.length) plot.setData(data);
  };
  onMount(() => {
    observe(source.box());
    createEffect(on([source.structure, () => isDrawable(size())], build));
    createEffect(on(size, (next) => isDrawable(next) && plot?.setSize(next), { defer: true }));
    createEffect(on([source.data, source.span], feed, { defer: true }));
  });
  onCleanup(() => {
    // Takes the crosshair out of the charts that share it.
    plot?.setCursor({ left: -10, top: -10 });
    plot?.destroy();
  });
  return () => plot;
}

function isDrawable({ width, height }: Size): boolean {
  return width >= 10 && height >= 10;
}
