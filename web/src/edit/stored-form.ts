/** A dashboard as it is kept: what came as a resource goes back as one. */

import { type Json, object, text } from "../json";
import { toClassic } from "../model/classic";
import { isV2 } from "../model/resource-v2";
import { lossOf, toV2 } from "./write-v2";

/** The edited dashboard, of the classic form, in the form of the resource that it came from, if it came from one. */
export function storedForm(edited: Json, resource: Json | undefined): Json {
  if (!resource) return edited;
  const { id, uid, version, ...classic } = edited;
  if (isV2(resource)) return { ...toV2(resource, toClassic(resource), edited), id, uid, version };
  const inner = object(resource.spec);
  const spec = isV2(inner) ? toV2(inner, toClassic(resource), edited) : classic;
  // By its version the server tells whether somebody else was quicker.
  return { ...resource, metadata: { ...object(resource.metadata), name: uid, resourceVersion: text(version) }, spec };
}

/** What is lost when it is kept; empty for nothing. */
export function lossOnSaving(edited: Json, resource: Json | undefined): string {
  const spec = resource && (isV2(resource) ? resource : object(resource.spec));
  return spec && isV2(spec) ? lossOf(spec, toClassic(resource), edited) : "";
}
