import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { autoDecimals } from "./number";
import { isBinaryUnit, joinFormatted, unitFormat } from "./unit";

test.each<[string | undefined, number, number | undefined, string]>([
  ["short", 1234, undefined, "1.23 K"],
  ["short", 1_500_000, undefined, "1.50 Mil"],
  ["short", 999.999, 1, "1000.0"],
  ["short", -2500, undefined, "-2.5 K"],
  [undefined, 0.12345, undefined, "0.123"],
  ["none", 12, undefined, "12"],
  ["none", 12, 2, "12.00"],
  ["bytes", 0, undefined, "0 B"],
  ["bytes", 1536, undefined, "1.50 KiB"],
  ["bytes", 25_165_824, undefined, "24 MiB"],
  ["decbytes", 1_500_000, undefined, "1.50 MB"],
  ["mbytes", 2048, undefined, "2 GiB"],
  ["Bps", 1_250_000, undefined, "1.25 MB/s"],
  ["binBps", 2048, undefined, "2 KiB/s"],
  ["bps", 8_000, undefined, "8 kb/s"],
  ["percent", 45.678, undefined, "45.7%"],
  ["percentunit", 0.07, undefined, "7.00%"],
  ["percentunit", 0.5, undefined, "50%"],
  ["Bps", 0.5, undefined, "500 mB/s"],
  ["kbytes", 0.5, undefined, "512 B"],
  ["percentunit", 0.4567, 1, "45.7%"],
  ["s", 0.0005, undefined, "500 µs"],
  ["s", 0.25, undefined, "250 ms"],
  ["s", 90, undefined, "1.50 min"],
  ["s", 7200, undefined, "2 hour"],
  ["s", 3600, undefined, "1 hour"],
  ["ms", 1500, undefined, "1.50 s"],
  ["µs", 1500, undefined, "1.50 ms"],
  ["ms", 0.0024, 4, "0.0024 ms"],
  ["ms", 10000086.123, 1, "2.8 hour"],
  ["s", 1_300_000, 1, "2.1 week"],
  ["s", 0, undefined, "0 s"],
  ["dtdurations", 90_061, 1, "1 day, 1 hour"],
  ["dtdurations", 86_405, 1, "1 day, 0 hours"],
  ["dtdhms", 3_725, undefined, "01:02:05"],
  ["clocks", 7_325.12, 2, "2h:02m:05s"],
  ["dthms", 3_725, undefined, "01:02:05"],
  ["reqps", 1234, undefined, "1.23K req/s"],
  ["ops", 12.5, undefined, "12.5 ops/s"],
  ["pps", 1200, undefined, "1.20 kp/s"],
  ["currencyUSD", 1500, undefined, "$1.50K"],
  ["currencySEK", 2500, undefined, "2.50Kkr"],
  ["µfarad", 1500, undefined, "1.50 mF"],
  ["pfarad", 0.5, undefined, "500 fF"],
  ["megwatt", 2000, undefined, "2 GW"],
  ["velocityknot", 12, undefined, "12 kn"],
  ["TBs", 1500, undefined, "1.50 PB/s"],
  ["time:YYYY", new Date(2026, 5, 1).getTime(), undefined, "2026"],
  ["hertz", 2_400_000_000, undefined, "2.40 GHz"],
  ["volt", 0.0033, undefined, "3.30 mV"],
  ["watt", 0, undefined, "0 W"],
  ["celsius", 21.5, undefined, "21.5 °C"],
  ["bool_on_off", 1, undefined, "On"],
  ["suffix:widgets", 3, undefined, "3 widgets"],
  ["prefix:~", 3, undefined, "~3"],
  ["si:W", 1500, undefined, "1.50 kW"],
  ["furlongs", 3, undefined, "3 furlongs"],
  ["short", Infinity, undefined, "∞"],
  ["bytes", NaN, undefined, "NaN"],
  ["si:µF", 1_234_000_000, 2, "1.23 kF"],
  ["locale", 1234.56789, undefined, (1234.568).toLocaleString()],
])("%s of %d with %s decimals is %s", (unit, value, decimals, text) => {
  expect(joinFormatted(unitFormat(unit)(value, decimals))).toBe(text);
});

const CASES = readFileSync(new URL("../../../conformance/units/values.txt", import.meta.url), "utf8");

test.each(CASES.trimEnd().split("\n"))("as in Grafana: %s", (line) => {
  const [, unit, decimals, value, text] = /^(?:@ )?(\S+) (\S+) (\S+) (.*)$/.exec(line) ?? [];
  expect(joinFormatted(unitFormat(unit)(Number(value), decimals === "-" ? undefined : Number(decimals)))).toBe(text);
});

test("three significant digits, two below zero, none for whole numbers", () => {
  expect([0, 5, 123.456, 12.3456, 1.23456, 0.00123, -1.234].map(autoDecimals)).toEqual([0, 0, 0, 1, 2, 5, 1]);
});

test("units of two's powers get axes of two's powers", () => {
  expect(["bytes", "binBps", "decbytes", "s", undefined].map(isBinaryUnit)).toEqual([true, true, false, false, false]);
});
