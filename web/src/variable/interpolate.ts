/** Variables put into text: `$name`, `${name:format}`, `[[name:format]]`. */

export interface VariableValue {
  /** Its values; several when the variable is multi. */
  values: readonly string[];
  /** The texts shown for them. */
  texts?: readonly string[];
  /** Whether it may hold several values, and so is written as a regular expression. */
  multi?: boolean;
  /** What stands for "All" as it is, when the dashboard gives it. */
  raw?: string | undefined;
}

export type Scope = (name: string) => VariableValue | undefined;

/** How a value without a format of its own is written. */
export type DefaultFormat = "promql" | "text";

const REFERENCE = /\$(\w+)|\[\[(\w+?)(?::(\w+))?\]\]|\$\{(\w+)(?:\.([^:^}]+))?(?::([^}]+))?\}/g;

/** The text with all known variables put in; unknown ones stay as they are. */
export function interpolate(source: string, scope: Scope, otherwise: DefaultFormat = "text"): string {
  return source.replace(REFERENCE, (whole, plain, bracket, bracketFormat, brace, _path, braceFormat) => {
    const value = scope(plain ?? bracket ?? brace);
    if (!value) return whole;
    return format(value, bracketFormat ?? braceFormat, plain ?? bracket ?? brace, otherwise);
  });
}

/** The names of variables that a text uses. */
export function references(source: string): string[] {
  return [...source.matchAll(REFERENCE)].map((match) => match[1] ?? match[2] ?? match[4] ?? "");
}

function format(value: VariableValue, id: string | undefined, name: string, otherwise: DefaultFormat): string {
  if (otherwise === "promql" && value.raw !== undefined && (id === undefined || id === "regex" || id === "raw")) return value.raw;
  const { values } = value;
  switch (id) {
    case undefined:
      return otherwise === "promql" ? promql(value) : (value.texts ?? values).join(" + ");
    case "raw":
    case "csv":
      return values.join(",");
    case "pipe":
      return values.join("|");
    case "regex":
      return values.length === 1 ? escapeRegex(values[0] ?? "") : `(${values.map(escapeRegex).join("|")})`;
    case "glob":
      return values.length > 1 ? `{${values.join(",")}}` : (values[0] ?? "");
    case "json":
      return JSON.stringify(values.length === 1 ? values[0] : values);
    case "text":
      return (value.texts ?? values).join(" + ");
    case "queryparam":
      return values.map((item) => `var-${encodeURIComponent(name)}=${encodeURIComponent(item)}`).join("&");
    case "percentencode":
      return encodeURIComponent(values.length > 1 ? `{${values.join(",")}}` : (values[0] ?? ""));
    case "doublequote":
      return values.map((item) => `"${item.replace(/"/g, '\\"')}"`).join(",");
    case "singlequote":
      return values.map((item) => `'${item.replace(/'/g, "\\'")}'`).join(",");
    case "sqlstring":
      return values.map((item) => `'${item.replace(/'/g, "''")}'`).join(",");
    case "distributed":
      return values.map((item, index) => (index ? `${name}=${item}` : item)).join(",");
    case "lucene":
      return values.length > 1 ? `(${values.map((item) => `"${item}"`).join(" OR ")})` : (values[0] ?? "");
    default:
      return values.join(",");
  }
}

/** A value inside a PromQL string: single values escaped for the string, several as alternatives. */
function promql({ values, multi }: VariableValue): string {
  if (!multi) return escapeString(values[0] ?? "");
  const escaped = values.map((item) => escapeString(escapeRegex(item)));
  return escaped.length === 1 ? (escaped[0] ?? "") : `(${escaped.join("|")})`;
}

function escapeRegex(value: string): string {
  return value.replace(/[\\^$*+?.()|[\]{}/]/g, (char) => (char === "/" ? char : `\\${char}`));
}

function escapeString(value: string): string {
  return value.replace(/\\/g, "\\\\").replace(/"/g, '\\"');
}
