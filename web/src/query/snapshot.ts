/** The data that a snapshot keeps in its panels. */

import type { Annotation } from "../chart/annotation";
import { fromFrameJson, toFrameJson } from "../frame/frame-json";
import type { Frame } from "../frame/frame";
import { type Json, number, object, objects, text, texts } from "../json";
import { keepsSnapshot } from "../model/read";

const SOURCE = { type: "grafana", uid: "grafana" };

/** The panel with what it showed in place of what it asks. */
export function withFrames(panel: Json, frames: readonly Frame[]): Json {
  const target = { refId: "A", datasource: SOURCE, queryType: "snapshot", snapshot: frames.map(toFrameJson) };
  return { ...panel, datasource: SOURCE, targets: [target] };
}

export function framesOf(panel: Json): Frame[] {
  return objects(panel.targets)
    .filter(keepsSnapshot)
    .flatMap((target) => objects(target.snapshot).map(fromFrameJson));
}

/** Annotations as one list of a dashboard. */
export function withAnnotations(annotations: readonly Annotation[]): Json {
  const snapshotData = annotations.map(({ from, to, title, text, tags, color, panelId }) => ({
    ...{ time: from, timeEnd: to, isRegion: to > from, title, text, tags, color, panelId },
  }));
  return { list: [{ builtIn: 1, name: "Annotations", enable: true, hide: true, iconColor: "blue", snapshotData }] };
}

export function annotationsOf(dashboard: Json): Annotation[] {
  return objects(object(dashboard.annotations).list)
    .flatMap((list) => objects(list.snapshotData))
    .map((json) => ({
      from: number(json.time) ?? 0,
      to: number(json.timeEnd) ?? number(json.time) ?? 0,
      title: text(json.title),
      text: text(json.text),
      tags: texts(json.tags),
      color: text(json.color),
      panelId: number(json.panelId),
    }));
}
