/** Units by Grafana's ids. A unit turns a number into the text and the suffix that are shown. */

import { dateTime } from "../time/clock";
import { formatByPattern } from "../time/pattern";
import { toFixed } from "./number";
import { CURRENCIES, CURRENCIES_BEHIND, NAMED, PREFIXED } from "./unit-table";
import { clockDuration, clockParts, formatDuration, fromNow, longDuration } from "./unit-time";

/** A formatted value in parts, so that a unit can be set smaller than its number. */
export interface Formatted {
  prefix?: string;
  text: string;
  /** Brings its own leading space where the unit is set apart from the number. */
  suffix?: string;
}

export type UnitFormat = (value: number, decimals?: number) => Formatted;

const spaced =
  (suffix: string): UnitFormat =>
  (value, decimals) => ({ text: toFixed(value, decimals), suffix: ` ${suffix}` });

/** The number in the step of `names` that keeps it between one and `factor`; `base` is the place of the unit as it comes. */
function scaled(factor: number, names: readonly string[], base = 0): UnitFormat {
  return (value, decimals) => {
    if (!Number.isFinite(value)) return { text: toFixed(value) };
    const magnitude = value === 0 ? 0 : Math.floor(Math.log10(Math.abs(value)) / Math.log10(factor));
    const step = Math.min(names.length - 1 - base, Math.max(-base, magnitude));
    return { text: toFixed(value / factor ** step, decimals), suffix: names[base + step] ?? "" };
  };
}

const SI = ["f", "p", "n", "µ", "m", "", "k", "M", "G", "T", "P", "E", "Z", "Y"];
const SI_BASE = SI.indexOf("");
const BINARY = ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei", "Zi", "Yi"];

const short = scaled(1000, ["", " K", " Mil", " Bil", " Tri", " Quadr", " Quint", " Sext", " Sept"]);

/** `thousands` is where the unit's base stands: 1 for values that come in thousands, -1 for thousandths. */
const si = (unit: string, thousands = 0) =>
  scaled(
    1000,
    SI.map((prefix) => ` ${prefix}${unit}`),
    SI_BASE + thousands,
  );

const binary = (unit: string, base = 0) =>
  scaled(
    1024,
    BINARY.map((prefix) => ` ${prefix}${unit}`),
    base,
  );

const thousands = scaled(1000, ["", "K", "M", "B", "T"]);

/** What stands behind the thousands. */
const counted =
  (ending: string): UnitFormat =>
  (value, decimals) => {
    const { text, suffix = "" } = thousands(value, decimals);
    return { text, suffix: suffix + ending };
  };

const simpleCount = (unit: string) => counted(` ${unit}`);

const currency =
  (symbol: string): UnitFormat =>
  (value, decimals) => ({ prefix: symbol, ...thousands(value, decimals) });

const US_TIME = "MM/DD/YYYY h:mm:ss a";

/** The clock alone for times of today. */
const byDay =
  (whole: (value: number) => string, clock: string): UnitFormat =>
  (value) => {
    const today = new Date(value).toDateString() === new Date().toDateString();
    return { text: today ? formatByPattern(value, clock) : whole(value) };
  };

const percent = (value: number, decimals?: number): Formatted => ({ text: toFixed(value, decimals), suffix: "%" });

const percentUnit: UnitFormat = (value, decimals) => percent(value * 100, decimals);

const hex =
  (prefix: string): UnitFormat =>
  (value) => ({ text: `${prefix}${Math.round(value).toString(16).toUpperCase()}` });

const scientific: UnitFormat = (value, decimals) => ({ text: value.toExponential(decimals) });

const locale: UnitFormat = (value, decimals) => ({
  text: value.toLocaleString(undefined, decimals === undefined ? {} : { maximumFractionDigits: Math.min(20, Math.max(0, decimals)) }),
});

const onOff =
  (on: string, off: string): UnitFormat =>
  (value) => ({ text: value === 0 ? off : on });

const duration =
  (unit: Parameters<typeof formatDuration>[1]): UnitFormat =>
  (value, decimals) =>
    formatDuration(value, unit, decimals);

const plain: UnitFormat = (value, decimals) => ({ text: toFixed(value, decimals) });

const mapped = <T>(table: Record<string, T>, format: (entry: T) => UnitFormat): Record<string, UnitFormat> =>
  Object.fromEntries(Object.entries(table).map(([id, entry]) => [id, format(entry)]));

const UNITS: Record<string, UnitFormat> = {
  ...mapped(NAMED, spaced),
  ...mapped(PREFIXED, ([unit, thousands]) => si(unit, thousands)),
  ...mapped(CURRENCIES, currency),
  ...mapped(CURRENCIES_BEHIND, counted),

  none: plain,
  string: (value) => ({ text: String(value) }),
  short,
  sishort: si(""),
  pressurepsi: scaled(1000, ["psi", "ksi", "Mpsi"]),
  percent,
  percentunit: percentUnit,
  hex0x: hex("0x"),
  hex: hex(""),
  sci: scientific,
  locale,

  bytes: binary("B"),
  decbytes: si("B"),
  bits: binary("b"),
  decbits: si("b"),
  kbytes: binary("B", 1),
  deckbytes: si("B", 1),
  mbytes: binary("B", 2),
  decmbytes: si("B", 2),
  gbytes: binary("B", 3),
  decgbytes: si("B", 3),
  tbytes: binary("B", 4),
  dectbytes: si("B", 4),
  pbytes: binary("B", 5),
  decpbytes: si("B", 5),

  pps: si("p/s"),
  Bps: si("B/s"),
  binBps: binary("B/s"),
  bps: si("b/s"),
  binbps: binary("b/s"),
  KBs: si("B/s", 1),
  KiBs: binary("B/s", 1),
  Kbits: si("b/s", 1),
  Kibits: binary("b/s", 1),
  MBs: si("B/s", 2),
  MiBs: binary("B/s", 2),
  Mbits: si("b/s", 2),
  Mibits: binary("b/s", 2),
  GBs: si("B/s", 3),
  GiBs: binary("B/s", 3),
  Gbits: si("b/s", 3),
  Gibits: binary("b/s", 3),
  TBs: si("B/s", 4),
  TiBs: binary("B/s", 4),
  Tbits: si("b/s", 4),
  Tibits: binary("b/s", 4),
  PBs: si("B/s", 5),
  PiBs: binary("B/s", 5),
  Pbits: si("b/s", 5),
  Pibits: binary("b/s", 5),

  ops: simpleCount("ops/s"),
  reqps: simpleCount("req/s"),
  rps: simpleCount("rd/s"),
  wps: simpleCount("wr/s"),
  iops: simpleCount("io/s"),
  cps: simpleCount("c/s"),
  eps: simpleCount("evt/s"),
  mps: simpleCount("msg/s"),
  recps: simpleCount("rec/s"),
  rowsps: simpleCount("rows/s"),
  opm: simpleCount("ops/m"),
  rpm: simpleCount("rd/m"),
  reqpm: simpleCount("req/m"),
  wpm: simpleCount("wr/m"),
  cpm: simpleCount("c/m"),
  epm: simpleCount("evts/m"),
  mpm: simpleCount("msgs/m"),
  recpm: simpleCount("rec/m"),
  rowspm: simpleCount("rows/m"),

  ns: duration("ns"),
  µs: duration("us"),
  ms: duration("ms"),
  s: duration("s"),
  m: duration("m"),
  h: duration("h"),
  d: duration("d"),
  dtdurationms: (value, decimals) => ({ text: value === 0 ? "0 milliseconds" : longDuration(value, decimals) }),
  dtdurations: (value, decimals) => ({ text: longDuration(value * 1000, decimals) }),
  dthms: (value) => ({ text: clockDuration(value, false) }),
  dtdhms: (value) => ({ text: clockDuration(value, true) }),
  clockms: (value, decimals) => ({ text: clockParts(value, decimals) }),
  clocks: (value, decimals) => ({ text: clockParts(value * 1000, decimals) }),
  timeticks: (value, decimals) => formatDuration(value / 100, "s", decimals),
  dateTimeAsSystem: (value) => ({ text: dateTime(value) }),
  dateTimeAsIso: (value) => ({ text: dateTime(value) }),
  dateTimeAsIsoNoDateIfToday: byDay((value) => dateTime(value), "HH:mm:ss"),
  dateTimeAsUS: (value) => ({ text: formatByPattern(value, US_TIME) }),
  dateTimeAsUSNoDateIfToday: byDay((value) => formatByPattern(value, US_TIME), "h:mm:ss a"),
  dateTimeAsLocal: (value) => ({ text: new Date(value).toLocaleString() }),
  dateTimeFromNow: (value) => ({ text: fromNow(value, Date.now()) }),

  bool: onOff("True", "False"),
  bool_yes_no: onOff("Yes", "No"),
  bool_on_off: onOff("On", "Off"),
};

/** Ids with a free text behind them: `suffix:`, `prefix:`, `si:`, `count:`, `currency:`, `time:`. */
function freeUnit(id: string): UnitFormat | undefined {
  const colon = id.indexOf(":");
  const rest = id.slice(colon + 1);
  switch (colon < 0 ? "" : id.slice(0, colon)) {
    case "suffix":
      return spaced(rest);
    case "prefix":
      return (value, decimals) => ({ prefix: rest, text: toFixed(value, decimals) });
    case "si": {
      // The sign of micro is typed in two ways.
      const offset = SI.indexOf(rest.charAt(0).replace("\u03bc", "\u00b5")) - SI_BASE;
      return offset < -SI_BASE || offset === 0 ? si(rest) : si(rest.slice(1), offset);
    }
    case "count":
      return simpleCount(rest);
    case "currency":
      return currency(rest);
    case "bool": {
      const [on = "", off = "-"] = rest.split("/");
      return onOff(on, off);
    }
    case "time":
      return (value) => ({ text: formatByPattern(value, rest) });
    default:
      return undefined;
  }
}

/** The format of a unit id; an unknown id is a suffix that somebody typed. */
export function unitFormat(id: string | undefined): UnitFormat {
  if (!id) return plain;
  return UNITS[id] ?? freeUnit(id) ?? spaced(id);
}

/** Every unit id that has a format of its own. */
export function unitIds(): string[] {
  return Object.keys(UNITS);
}

/** Whether axis steps of this unit should be powers of two. */
export function isBinaryUnit(id: string | undefined): boolean {
  return /^(bytes|bits|[kmgtp]bytes|bin[Bb]ps|[KMGTP]iBs|[KMGTP]ibits)$/.test(id ?? "");
}

export function joinFormatted(value: Formatted): string {
  return `${value.prefix ?? ""}${value.text}${value.suffix ?? ""}`;
}
