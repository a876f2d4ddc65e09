/** Units by category, under the names that Grafana's users know. */

import { CURRENCIES, CURRENCIES_BEHIND, NAMED, PREFIXED } from "../../format/unit-table";
import { unitIds } from "../../format/unit";

export interface Unit {
  id: string;
  name: string;
  category: string;
}

const CATEGORIES: Record<string, string> = {
  Misc: "none=Number|string=String|percent=Percent (0-100)|percentunit=Percent (0.0-1.0)|short=Short|sishort=SI short|humidity=Humidity (%H)|dB=Decibel|hex0x=Hexadecimal (0x)|hex=Hexadecimal|sci=Scientific notation|locale=Locale format|pixel=Pixels",
  Data: "bytes=bytes(IEC)|decbytes=bytes(SI)|bits=bits(IEC)|decbits=bits(SI)|kbytes=kibibytes|deckbytes=kilobytes|mbytes=mebibytes|decmbytes=megabytes|gbytes=gibibytes|decgbytes=gigabytes|tbytes=tebibytes|dectbytes=terabytes|pbytes=pebibytes|decpbytes=petabytes",
  "Data rate":
    "pps=packets/sec|binBps=bytes/sec(IEC)|Bps=bytes/sec(SI)|binbps=bits/sec(IEC)|bps=bits/sec(SI)|KiBs=kibibytes/sec|Kibits=kibibits/sec|KBs=kilobytes/sec|Kbits=kilobits/sec|MiBs=mebibytes/sec|Mibits=mebibits/sec|MBs=megabytes/sec|Mbits=megabits/sec|GiBs=gibibytes/sec|Gibits=gibibits/sec|GBs=gigabytes/sec|Gbits=gigabits/sec|TiBs=tebibytes/sec|Tibits=tebibits/sec|TBs=terabytes/sec|Tbits=terabits/sec",
  Throughput:
    "cps=counts/sec (cps)|ops=ops/sec (ops)|reqps=requests/sec (rps)|rps=reads/sec (rps)|wps=writes/sec (wps)|iops=I/O ops/sec (iops)|eps=events/sec (eps)|mps=messages/sec (mps)|recps=records/sec (rps)|rowsps=rows/sec (rps)|cpm=counts/min (cpm)|opm=ops/min (opm)|reqpm=requests/min (rpm)|rpm=reads/min (rpm)|wpm=writes/min (wpm)",
  Time: "hertz=Hertz (1/s)|ns=nanoseconds (ns)|µs=microseconds (µs)|ms=milliseconds (ms)|s=seconds (s)|m=minutes (m)|h=hours (h)|d=days (d)|dtdurationms=duration (ms)|dtdurations=duration (s)|dthms=duration (hh:mm:ss)|dtdhms=duration (d hh:mm:ss)|timeticks=Timeticks (s/100)|clockms=clock (ms)|clocks=clock (s)",
  "Date & time":
    "dateTimeAsIso=Datetime ISO|dateTimeAsIsoNoDateIfToday=Datetime ISO (No date if today)|dateTimeAsUS=Datetime US|dateTimeAsUSNoDateIfToday=Datetime US (No date if today)|dateTimeAsLocal=Datetime local|dateTimeFromNow=From Now",
  Temperature: "celsius=Celsius (°C)|fahrenheit=Fahrenheit (°F)|kelvin=Kelvin (K)",
  Energy:
    "watt=Watt (W)|kwatt=Kilowatt (kW)|megwatt=Megawatt (MW)|gwatt=Gigawatt (GW)|mwatt=Milliwatt (mW)|Wm2=Watt per square meter (W/m²)|voltamp=Volt-Ampere (VA)|kvoltamp=Kilovolt-Ampere (kVA)|voltampreact=Volt-Ampere reactive (VAr)|watth=Watt-hour (Wh)|kwatth=Kilowatt-hour (kWh)|amph=Ampere-hour (Ah)|mamph=Milliampere-hour (mAh)|joule=Joule (J)|ev=Electron volt (eV)|amp=Ampere (A)|kamp=Kiloampere (kA)|mamp=Milliampere (mA)|volt=Volt (V)|kvolt=Kilovolt (kV)|mvolt=Millivolt (mV)|dBm=Decibel-milliwatt (dBm)|ohm=Ohm (Ω)|lumens=Lumens (Lm)",
  Boolean: "bool=True / False|bool_yes_no=Yes / No|bool_on_off=On / Off",
};

let known: Unit[] | undefined;

/** All units: those with a name of their own by category, then the rest by what stands behind the number. */
export function units(): readonly Unit[] {
  known ??= [...named(), ...rest(new Set(named().map(({ id }) => id)))];
  return known;
}

function named(): Unit[] {
  return Object.entries(CATEGORIES).flatMap(([category, list]) =>
    list.split("|").map((pair) => {
      const cut = pair.indexOf("=");
      return { id: pair.slice(0, cut), name: pair.slice(cut + 1), category };
    }),
  );
}

function rest(taken: ReadonlySet<string>): Unit[] {
  return unitIds()
    .filter((id) => !taken.has(id))
    .map((id) => {
      const money = CURRENCIES[id] ?? CURRENCIES_BEHIND[id];
      if (money) return { id, name: `${id.slice("currency".length)} (${money})`, category: "Currency" };
      const sign = NAMED[id] ?? PREFIXED[id]?.[0];
      return { id, name: sign ? `${id} (${sign})` : id, category: "More" };
    });
}

/** The name of a unit, or the id where it is one that somebody typed. */
export function unitName(id: string): string {
  return units().find((unit) => unit.id === id)?.name ?? id;
}

/** Units whose name, id or category has every word that was typed. */
export function findUnits(typed: string): readonly Unit[] {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  return units().filter(({ id, name, category }) => {
    const whole = `${id} ${name} ${category}`.toLowerCase();
    return words.every((word) => whole.includes(word));
  });
}
