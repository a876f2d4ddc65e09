import { createSignal, onCleanup, type Accessor } from "solid-js";
import { type DataSource, listDataSources } from "../../api/data-sources";

/** What is asked for once, and what stands in its place until it comes or when it fails. Unlike a resource it holds up nothing. */
export function createLoaded<T extends object>(load: () => Promise<T>, before: T): Accessor<T> {
  const [found, setFound] = createSignal(before);
  let gone = false;
  onCleanup(() => {
    gone = true;
  });
  load().then(
    (value) => !gone && setFound(() => value),
    () => undefined,
  );
  return found;
}

export function createSources(): Accessor<DataSource[]> {
  return createLoaded(listDataSources, []);
}
