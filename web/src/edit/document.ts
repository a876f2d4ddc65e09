/** A dashboard as it is being edited: its JSON as it was loaded, as it stands now, and the steps between. */

import { batch, createMemo, createSignal, type Accessor } from "solid-js";
import type { DashboardMeta } from "../api/grafana";
import { type Json, sameBesides } from "../json";

/** Steps that can be taken back. */
const STEPS_MAX = 100;

/** Changes of the same thing within this time are one step, ms. */
const STEP_MS = 1000;

export interface Document {
  json: Accessor<Json>;
  meta: Accessor<DashboardMeta>;
  editing: Accessor<boolean>;
  setEditing: (editing: boolean) => void;
  /** Whether there is anything to save. */
  dirty: Accessor<boolean>;
  /** The JSON that was loaded or saved last. */
  base: Accessor<Json>;
  /** Puts a changed JSON in place; `what` names the thing that changes, so that typing is one step. */
  change: (next: Json, what?: string) => void;
  undo: () => void;
  redo: () => void;
  canUndo: Accessor<boolean>;
  canRedo: Accessor<boolean>;
  discard: () => void;
  /** Puts the dashboard into another folder, from the next save on. */
  moveTo: (folderUid: string, folderTitle: string) => void;
  /** Takes note of what the server has now. */
  saved: (json: Json, meta: DashboardMeta) => void;
}

export function createDocument(loaded: Json, about: DashboardMeta): Document {
  const [base, setBase] = createSignal(loaded);
  const [json, setJson] = createSignal(loaded);
  const [meta, setMeta] = createSignal(about);
  const [savedFolder, setSavedFolder] = createSignal({ folderUid: about.folderUid, folderTitle: about.folderTitle });
  const [editing, setEditing] = createSignal(about.isNew);
  const [past, setPast] = createSignal<readonly Json[]>([]);
  const [future, setFuture] = createSignal<readonly Json[]>([]);
  let last = { what: "", at: 0 };
  const moved = () => meta().folderUid !== savedFolder().folderUid;
  const changed = createMemo(() => json() !== base() && JSON.stringify(json()) !== JSON.stringify(base()));
  const start = (next: Json) => {
    setBase(next);
    setJson(next);
    setPast([]);
    setFuture([]);
  };
  const step = (from: readonly Json[], to: (next: readonly Json[]) => void) => {
    const next = from.at(-1);
    if (!next) return undefined;
    last = { what: "", at: 0 };
    to(from.slice(0, -1));
    const before = json();
    setJson(next);
    return before;
  };
  return {
    base,
    json,
    meta,
    editing,
    setEditing,
    dirty: () => changed() || moved(),
    canUndo: () => past().length > 0,
    canRedo: () => future().length > 0,
    change: (next, what = "") =>
      batch(() => {
        if (sameBesides(next, json(), [])) return;
        const now = Date.now();
        const goesOn = what !== "" && what === last.what && now - last.at < STEP_MS;
        if (!goesOn) setPast((steps) => [...steps, json()].slice(-STEPS_MAX));
        last = { what, at: now };
        setFuture([]);
        setJson(next);
      }),
    undo: () =>
      batch(() => {
        const left = step(past(), setPast);
        if (left) setFuture((steps) => [...steps, left]);
      }),
    redo: () =>
      batch(() => {
        const left = step(future(), setFuture);
        if (left) setPast((steps) => [...steps, left]);
      }),
    discard: () =>
      batch(() => {
        start(base());
        setMeta((now) => ({ ...now, ...savedFolder() }));
      }),
    moveTo: (folderUid, folderTitle) => setMeta((now) => ({ ...now, folderUid, folderTitle })),
    saved: (next, about) =>
      batch(() => {
        start(next);
        setMeta(about);
        setSavedFolder({ folderUid: about.folderUid, folderTitle: about.folderTitle });
      }),
  };
}
