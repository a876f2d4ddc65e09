/** Requests to the server: JSON in and out, errors as values that say what was wrong. */

import { placed } from "../base";
import { isObject, text } from "../json";

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
  const url = addressOf(path, params);
  if (!isLong(url)) return requestJson(url, { signal: signal ?? null });
  return requestJson(path, { method: "POST", body: new URLSearchParams(url.slice(path.length + 1)), signal: signal ?? null });
}

export function addressOf(path: string, params: Params): string {
  const query = new URLSearchParams(params.map(([name, value]) => [name, value])).toString();
  return query ? `${path}?${query}` : path;
}

export function isLong(address: string): boolean {
  return address.length > URL_MAX;
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
  return readAnswer(response.status, await response.text(), response.statusText);
}

/** A password that is wrong is refused in the same way, and ends no session. */
function isAboutPassword(url: RequestInfo): boolean {
  return url === "/login" || url === "/api/user/password";
}

/** The JSON of an answer, or its text where it is none; fails with what it says was wrong. */
export function readAnswer(status: number, source: string, statusText = ""): unknown {
  const body = parsed(source);
  if (status >= 200 && status < 300) return body;
  throw errorOf(status, body, statusText);
}

/** The answer as it is, for libraries that read it themselves. */
export async function requestRaw(url: RequestInfo, init: RequestInit = {}): Promise<Response> {
  const response = await fetch(typeof url === "string" ? placed(url) : url, { credentials: "same-origin", ...init }).catch(
    (cause: unknown) => {
      if (cause instanceof DOMException && cause.name === "AbortError") throw cause;
      throw new ApiError("the server cannot be reached", 0, "unreachable");
    },
  );
  if (response.status === 401 && !isAboutPassword(url)) onUnauthorized();
  return response;
}

function parsed(source: string): unknown {
  try {
    return JSON.parse(source);
  } catch {
    return source;
  }
}

function errorOf(status: number, body: unknown, statusText: string): ApiError {
  if (isObject(body)) {
    const message = text(body.error) || text(body.message);
    if (message) return new ApiError(message, status, text(body.errorType) || text(body.status));
  }
  const line = typeof body === "string" ? (body.split("\n")[0] ?? "").slice(0, 200) : "";
  return new ApiError(line || `the server answered ${status} ${statusText}`.trim(), status);
}

export function isAbort(cause: unknown): boolean {
  return cause instanceof DOMException && cause.name === "AbortError";
}

export function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
