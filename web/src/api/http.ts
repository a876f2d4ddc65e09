/** Requests to the server: JSON in and out, errors as values that say what was wrong. */

import { placed } from "../base";
import { isObject, text, texts } from "../json";

/** An answer that is not the one asked for. `status` is 0 when there was no answer. */
export class ApiError extends Error {
  constructor(
    message: string,
    readonly status: number,
    /** The API's own kind: `bad_data`, `execution`, `timeout`, `version-mismatch`, ... */
    readonly kind = "",
  ) {
    super(message);
    this.name = "ApiError";
  }
}

/** Longest address that is sent; longer parameters go into a form. */
const URL_MAX = 1800;

let onUnauthorized: () => void = () => undefined;

/** Registers what happens when the server says that nobody is logged in. */
export function whenUnauthorized(action: () => void): void {
  onUnauthorized = action;
}

export type Params = readonly (readonly [string, string])[];

/** The JSON of a GET, or of a POST form when the parameters are long. */
export async function getJson(path: string, params: Params = [], signal?: AbortSignal): Promise<unknown> {
  const form = new URLSearchParams(params.map(([name, value]) => [name, value]));
  const query = form.toString();
  const url = query ? `${path}?${query}` : path;
  const init: RequestInit = url.length > URL_MAX ? { method: "POST", body: form } : {};
  return requestJson(url.length > URL_MAX ? path : url, { ...init, signal: signal ?? null });
}

/** Sends a change, with a body unless there is nothing to say. */
export async function sendJson(method: "POST" | "PUT" | "PATCH" | "DELETE", path: string, body?: unknown): Promise<unknown> {
  if (body === undefined) return requestJson(path, { method });
  return requestJson(path, { method, headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
}

export async function postJson(path: string, body: unknown): Promise<unknown> {
  return sendJson("POST", path, body);
}

export async function deleteJson(path: string): Promise<unknown> {
  return sendJson("DELETE", path);
}

async function requestJson(url: string, init: RequestInit): Promise<unknown> {
  const response = await requestRaw(url, init);
  const body = await readBody(response);
  if (response.ok) return body;
  throw errorOf(response, body);
}

/** The answer as it is, for libraries that read it themselves. */
export async function requestRaw(url: RequestInfo, init: RequestInit = {}): Promise<Response> {
  const response = await fetch(typeof url === "string" ? placed(url) : url, { credentials: "same-origin", ...init }).catch(
    (cause: unknown) => {
      if (cause instanceof DOMException && cause.name === "AbortError") throw cause;
      throw new ApiError("the server cannot be reached", 0, "unreachable");
    },
  );
  // A change that is refused says so where it was made: a wrong old password ends no session.
  if (response.status === 401 && (init.method ?? "GET") === "GET") onUnauthorized();
  return response;
}

async function readBody(response: Response): Promise<unknown> {
  const source = await response.text();
  try {
    return JSON.parse(source);
  } catch {
    return source;
  }
}

function errorOf(response: Response, body: unknown): ApiError {
  if (isObject(body)) {
    const message = text(body.error) || text(body.message);
    if (message) return new ApiError(message, response.status, text(body.errorType) || text(body.status));
  }
  const line = typeof body === "string" ? (body.split("\n")[0] ?? "").slice(0, 200) : "";
  return new ApiError(line || `the server answered ${response.status} ${response.statusText}`, response.status);
}

/** The `data` of a Prometheus answer, with its warnings and infos. */
export interface Answer {
  data: unknown;
  warnings: string[];
  infos: string[];
}

export async function ask(path: string, params: Params, signal?: AbortSignal): Promise<Answer> {
  const body = await getJson(path, params, signal);
  if (!isObject(body) || body.status !== "success") {
    const message = isObject(body) ? text(body.error) : "";
    throw new ApiError(message || `${path} did not answer as the Prometheus API does`, 200, "bad_response");
  }
  return { data: body.data, warnings: texts(body.warnings), infos: texts(body.infos) };
}

export function isAbort(cause: unknown): boolean {
  return cause instanceof DOMException && cause.name === "AbortError";
}

export function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
