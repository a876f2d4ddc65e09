/** Questions that come up together go in one request: over a slow link each request costs a round trip. */

import { ApiError, requestRaw } from "./http";

/** An answer's status and text. */
export interface Reply {
  status: number;
  source: string;
}

interface Question {
  address: string;
  signal: AbortSignal | undefined;
  answer: (reply: Reply) => void;
  fail: (cause: unknown) => void;
}

/** Questions of one request; the server takes a few more. */
const QUESTIONS_MAX = 100;

/** Instead of the status, of an answer that broke off in the middle. */
const BROKEN = 0;

/** What waits until all that is drawn at this moment has asked. */
let waiting: Question[] = [];

/** The answer to a GET of a data source. */
export function askTogether(address: string, signal?: AbortSignal): Promise<Reply> {
  return new Promise((answer, fail) => {
    signal?.addEventListener("abort", () => fail(signal.reason), { once: true });
    if (waiting.push({ address, signal, answer, fail }) === 1) setTimeout(send, 0);
  });
}

function send(): void {
  const asked = waiting.filter(({ signal }) => !signal?.aborted);
  waiting = [];
  for (let first = 0; first < asked.length; first += QUESTIONS_MAX) {
    const some = asked.slice(first, first + QUESTIONS_MAX);
    const sending = some.length === 1 ? askAlone(some[0] as Question) : askAll(some);
    // Who has been answered does not hear of a failure any more.
    sending.catch((cause: unknown) => some.forEach(({ fail }) => fail(cause)));
  }
}

async function askAlone({ address, signal, answer }: Question): Promise<void> {
  const response = await requestRaw(address, { signal: signal ?? null });
  answer({ status: response.status, source: await response.text() });
}

async function askAll(asked: readonly Question[]): Promise<void> {
  const body = JSON.stringify(asked.map(({ address }) => address));
  const headers = { "Content-Type": "application/json" };
  const response = await requestRaw("/api/batch", { method: "POST", headers, body, signal: endOfAll(asked) });
  if (!response.ok || !response.body) return failAll(asked, response);
  const texts = new Map<number, string[]>();
  const decoders = asked.map(() => new TextDecoder());
  const frames = new Frames();
  for (const reader = response.body.getReader(); ;) {
    const { done, value } = await reader.read();
    if (done) break;
    for (const { index, status, bytes } of frames.add(value)) {
      if (status === BROKEN) {
        asked[index]?.fail(new ApiError("the data source's answer broke off", 0, "unreachable"));
        continue;
      }
      const parts = texts.get(index) ?? [];
      texts.set(index, parts);
      parts.push(decoders[index]?.decode(bytes, { stream: bytes.length > 0 }) ?? "");
      if (bytes.length === 0) asked[index]?.answer({ status, source: parts.join("") });
    }
  }
  throw new ApiError("the server's answer broke off", 0, "unreachable");
}

/** A request that is refused as a whole is refused to everybody. */
async function failAll(asked: readonly Question[], response: Response): Promise<void> {
  const source = await response.text();
  for (const { answer } of asked) answer({ status: response.status, source });
}

/** Aborts when nobody waits for any of the answers. */
function endOfAll(asked: readonly Question[]): AbortSignal {
  const abort = new AbortController();
  let left = asked.length;
  const leave = () => {
    left -= 1;
    if (left === 0) abort.abort();
  };
  for (const { signal } of asked) signal?.addEventListener("abort", leave, { once: true });
  return abort.signal;
}

interface Frame {
  index: number;
  status: number;
  /** Empty at the end of an answer. */
  bytes: Uint8Array;
}

const LINE_FEED = 10;

/** Takes an answer apart: lines of `INDEX STATUS BYTES`, each with so many bytes after it. */
export class Frames {
  private rest: Uint8Array = new Uint8Array();

  /** The frames that are whole with what just came. */
  add(chunk: Uint8Array): Frame[] {
    const bytes = new Uint8Array(this.rest.length + chunk.length);
    bytes.set(this.rest);
    bytes.set(chunk, this.rest.length);
    const found: Frame[] = [];
    let at = 0;
    for (;;) {
      const end = bytes.indexOf(LINE_FEED, at);
      if (end < 0) break;
      const [index = NaN, status = NaN, length = NaN] = new TextDecoder().decode(bytes.subarray(at, end)).split(" ").map(Number);
      if (Number.isNaN(index + status + length)) throw new ApiError("the server's answer cannot be read", 0, "bad_response");
      if (bytes.length < end + 1 + length) break;
      found.push({ index, status, bytes: bytes.subarray(end + 1, end + 1 + length) });
      at = end + 1 + length;
    }
    this.rest = bytes.slice(at);
    return found;
  }
}
