/** Units by Grafana's ids. A unit turns a number into the text and the suffix that are shown. */

import { dateTime } from "../time/clock";
import { formatByPattern } from "../time/pattern";
import { autoDecimals, toFixed } from "./number";
import { CURRENCIES, CURRENCIES_BEHIND, NAMED, PREFIXED } from "./unit-table";
import { formatSeconds, longDuration, clockDuration } from "./unit-time";

/** A formatted value in parts, so that a unit can be set smaller than its number. */
export interface Formatted {
  prefix?: string;
  text: string;
  /** Brings its own leading space where the unit is set apart from the number. */
  suffix?: string;
}

export type UnitFormat = (value: number, decimals?: number) => Formatted;

const fixed =
  (suffix: string): UnitFormat =>
  (value, decimals) => ({ text: toFixed(value, decimals), suffix });

const spaced = (suffix: string) => fixed(` ${suffix}`);

/** Divides by `factor` until the number is short, and names the step reached. */
function scaled(factor: number, suffixes: readonly string[]): UnitFormat {
  return (value, decimals) => {
    if (!Number.isFinite(value)) return { text: toFixed(value), suffix: suffixes[0] ?? "" };
    let step = 0;
    let rest = value;
    while (Math.abs(rest) >= factor && step < suffixes.length - 1) {
      rest /= factor;
      step += 1;
    }
    // 999.96 rounds to 1000 in the smaller unit, which reads better as 1 in the larger.
    if (Math.abs(Number(toFixed(rest, decimals))) >= factor && step < suffixes.length - 1) {
      rest /= factor;
      step += 1;
    }
    return { text: toFixed(rest, decimals), suffix: suffixes[step] ?? "" };
  };
}

const SI = ["", "k", "M", "G", "T", "P", "E", "Z", "Y"];
const SI_SMALL = ["f", "p", "n", "µ", "m"];
const BINARY = ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei", "Zi", "Yi"];

const short = scaled(1000, ["", " K", " Mil", " Bil", " Tri", " Quadr", " Quint", " Sext", " Sept"]);

/** `offset` is where the unit's base stands: 1 for values that come in thousands. */
const si = (unit: string, offset = 0) =>
  scaled(
    1000,
    SI.slice(offset).map((prefix) => ` ${prefix}${unit}`),
  );

const binary = (unit: string, offset = 0) =>
  scaled(
    1024,
    BINARY.slice(offset).map((prefix) => ` ${prefix}${unit}`),
  );

/** SI prefixes below one as well, for volts, amperes and the like. */
function siBoth(unit: string, base = 0): UnitFormat {
  const prefixes = [...SI_SMALL, ...SI];
  const own = SI_SMALL.length + base;
  return (value, decimals) => {
    if (value === 0 || !Number.isFinite(value)) return { text: toFixed(value, decimals), suffix: ` ${prefixes[own] ?? ""}${unit}` };
    const thousands = Math.floor(Math.log10(Math.abs(value)) / 3);
    const index = Math.min(prefixes.length - 1, Math.max(0, own + thousands));
    const rest = value / 1000 ** (index - own);
    return { text: toFixed(rest, decimals), suffix: ` ${prefixes[index]}${unit}` };
  };
}

const simpleCount = (unit: string) =>
  scaled(
    1000,
    ["", "K", "M", "B", "T"].map((prefix) => `${prefix} ${unit}`),
  );

const money = scaled(1000, ["", "K", "M", "B", "T"]);

const currency =
  (symbol: string): UnitFormat =>
  (value, decimals) => ({ prefix: symbol, ...money(value, decimals) });

const currencyBehind =
  (symbol: string): UnitFormat =>
  (value, decimals) => {
    const { text, suffix = "" } = money(value, decimals);
    return { text, suffix: `${suffix} ${symbol}` };
  };

const US_TIME = "MM/DD/YYYY h:mm:ss a";

/** The clock alone for times of today. */
const byDay =
  (whole: (value: number) => string, clock: string): UnitFormat =>
  (value) => {
    const today = new Date(value).toDateString() === new Date().toDateString();
    return { text: today ? formatByPattern(value, clock) : whole(value) };
  };

const percent = (value: number, decimals?: number): Formatted => ({ text: toFixed(value, decimals), suffix: "%" });

/** A share: the decimals asked for are those of the percentage. */
const percentUnit: UnitFormat = (value, decimals) => percent(value * 100, decimals ?? autoDecimals(roundOff(value * 100)));

/** Takes the binary noise off a product, so that 0.07 × 100 is 7 and not 7.000000000000001. */
function roundOff(value: number): number {
  return Number(value.toPrecision(12));
}

const hex =
  (prefix: string): UnitFormat =>
  (value) => ({ text: `${prefix}${Math.round(value).toString(16).toUpperCase()}` });

const scientific: UnitFormat = (value, decimals) => ({ text: value.toExponential(decimals) });

const locale: UnitFormat = (value, decimals) => ({
  text: value.toLocaleString(undefined, { maximumFractionDigits: Math.min(20, decimals ?? 20) }),
});

const onOff =
  (on: string, off: string): UnitFormat =>
  (value) => ({ text: value === 0 ? off : on });

const fromNow: UnitFormat = (value) => {
  const passed = Date.now() - value;
  return { text: passed < 0 ? `in ${longDuration(-passed / 1000)}` : `${longDuration(passed / 1000)} ago` };
};

const seconds =
  (perSecond: number): UnitFormat =>
  (value, decimals) =>
    formatSeconds(value / perSecond, decimals);

const plain: UnitFormat = (value, decimals) => ({ text: toFixed(value, decimals) });

const mapped = <T>(table: Record<string, T>, format: (entry: T) => UnitFormat): Record<string, UnitFormat> =>
  Object.fromEntries(Object.entries(table).map(([id, entry]) => [id, format(entry)]));

const UNITS: Record<string, UnitFormat> = {
  ...mapped(NAMED, spaced),
  ...mapped(PREFIXED, ([unit, thousands]) => siBoth(unit, thousands)),
  ...mapped(CURRENCIES, currency),
  ...mapped(CURRENCIES_BEHIND, currencyBehind),

  none: plain,
  string: (value) => ({ text: String(value) }),
  short,
  sishort: si(""),
  percent,
  percentunit: percentUnit,
  humidity: fixed("%H"),
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

  ns: seconds(1e9),
  µs: seconds(1e6),
  us: seconds(1e6),
  ms: seconds(1000),
  s: seconds(1),
  m: seconds(1 / 60),
  h: seconds(1 / 3600),
  d: seconds(1 / 86_400),
  dtdurationms: (value, decimals) => ({ text: longDuration(value / 1000, decimals) }),
  dtdurations: (value, decimals) => ({ text: longDuration(value, decimals) }),
  dthms: (value) => ({ text: clockDuration(value, false) }),
  dtdhms: (value) => ({ text: clockDuration(value, true) }),
  clockms: (value) => ({ text: clockDuration(value / 1000, false) }),
  clocks: (value) => ({ text: clockDuration(value, false) }),
  timeticks: seconds(100),
  dateTimeAsIso: (value) => ({ text: dateTime(value) }),
  dateTimeAsIsoNoDateIfToday: byDay((value) => dateTime(value), "HH:mm:ss"),
  dateTimeAsUS: (value) => ({ text: formatByPattern(value, US_TIME) }),
  dateTimeAsUSNoDateIfToday: byDay((value) => formatByPattern(value, US_TIME), "h:mm:ss a"),
  dateTimeAsLocal: (value) => ({ text: new Date(value).toLocaleString() }),
  dateTimeFromNow: fromNow,

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
      const offset = SI.indexOf(rest.charAt(0));
      return rest.length > 1 && offset > 0 ? siBoth(rest.slice(1), offset) : siBoth(rest);
    }
    case "count":
      return simpleCount(rest);
    case "currency":
      return currency(rest);
    case "bool": {
      const [on = "True", off = "False"] = rest.split("/");
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
