/** Regular expressions that dashboards bring. */

/** Patterns longer than this are refused: nobody writes them, and they cost time to match. */
const PATTERN_MAX = 1000;

const compiled = new Map<string, RegExp | undefined>();
const COMPILED_MAX = 500;

/** The expression of `/…/flags` or of a bare pattern; `undefined` when it is not valid. */
export function patternOf(source: string): RegExp | undefined {
  if (compiled.has(source)) return compiled.get(source);
  if (compiled.size >= COMPILED_MAX) compiled.clear();
  const regex = compile(source);
  compiled.set(source, regex);
  return regex;
}

function compile(source: string): RegExp | undefined {
  if (source.length > PATTERN_MAX) return undefined;
  const delimited = /^\/(.*)\/([gimsuy]*)$/s.exec(source);
  try {
    // A global expression remembers where it stopped, which a shared one must not.
    return delimited ? new RegExp(delimited[1] ?? "", (delimited[2] ?? "").replace(/[gy]/g, "")) : new RegExp(source);
  } catch {
    return undefined;
  }
}
