/** Questions to the Prometheus API of this server or of a data source behind it. */

import { isObject, text, texts } from "../json";
import { askTogether } from "./batch";
import { addressOf, ApiError, getJson, isLong, type Params, readAnswer } from "./http";

/** The `data` of a Prometheus answer, with its warnings and infos. */
export interface Answer {
  data: unknown;
  warnings: string[];
  infos: string[];
}

export async function ask(path: string, params: Params, signal?: AbortSignal): Promise<Answer> {
  const body = await answerOf(path, params, signal);
  if (!isObject(body) || body.status !== "success") {
    const message = isObject(body) ? text(body.error) : "";
    throw new ApiError(message || `${path} did not answer as the Prometheus API does`, 200, "bad_response");
  }
  return { data: body.data, warnings: texts(body.warnings), infos: texts(body.infos) };
}

/** What is too long for an address goes alone, as a form. */
async function answerOf(path: string, params: Params, signal: AbortSignal | undefined): Promise<unknown> {
  const address = addressOf(path, params);
  if (isLong(address)) return getJson(path, params, signal);
  const { status, source } = await askTogether(address, signal);
  return readAnswer(status, source);
}
