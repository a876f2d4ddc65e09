/** Errors and warnings of PromQL: what they say, and where in the text. */

export interface Problem {
  message: string;
  /** Place in the text from which it is marked; unset when the message gives none. */
  offset?: number | undefined;
  severity: "error" | "warning" | "info";
}

/** A problem from a message with a position such as `1:5: parse error: …` or `… (1:5)`. */
export function readProblem(message: string, text: string, severity: Problem["severity"]): Problem {
  const leading = /(?:^|: )(\d+):(\d+): parse error/.exec(message);
  const trailing = /\((\d+):(\d+)\)\s*$/.exec(message);
  const match = leading ?? trailing;
  const offset = match ? offsetOf(text, Number(match[1]), Number(match[2])) : undefined;
  return { message: message.replace(/^invalid parameter "query": /, ""), offset, severity };
}

/** The offset of a line and column, both from one; within the text. */
export function offsetOf(text: string, line: number, column: number): number {
  let start = 0;
  for (let at = 1; at < line; at += 1) {
    const next = text.indexOf("\n", start);
    if (next < 0) break;
    start = next + 1;
  }
  return Math.min(text.length, start + Math.max(0, column - 1));
}

/** The end of the word that begins at an offset; at least one character. */
export function wordEnd(text: string, offset: number): number {
  const word = /^[\w:.]+/.exec(text.slice(offset))?.[0].length ?? 1;
  return offset + Math.max(1, word);
}
