/** The panel that was copied last, kept in the browser so that it can be put into another dashboard. */

import { isObject, type Json } from "../../json";
import { keepStored, readStored } from "../../stored";

const KEY = "gnomon.panel";

export function copyPanel(panel: Json): void {
  keepStored(KEY, panel);
}

export function copiedPanel(): Json | undefined {
  const stored = readStored(KEY);
  return isObject(stored) ? stored : undefined;
}
