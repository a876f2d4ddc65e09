/** Colours of curves and states. Each hue is tuned apart for dark and light, so that both keep their contrast. */

import { darkened } from "./color";

export type Mode = "dark" | "light";

type Shades = readonly [superLight: string, light: string, plain: string, semiDark: string, dark: string];

const DARK: Record<string, Shades> = {
  red: ["#ffb3ad", "#fb8a83", "#f0605d", "#d84a4b", "#b5363b"],
  orange: ["#ffd0a6", "#ffb473", "#f5923e", "#db7a28", "#b8611a"],
  yellow: ["#fdeeb2", "#f8df84", "#edc84f", "#d2ab33", "#ad8a20"],
  green: ["#c0ecc4", "#97dca0", "#62c073", "#48a55b", "#338548"],
  blue: ["#c1dcff", "#93c1fb", "#5fa0ee", "#4484d6", "#326ab4"],
  purple: ["#e3cffb", "#cdaef3", "#ae85e3", "#926acb", "#7551aa"],
};

const LIGHT: Record<string, Shades> = {
  red: ["#f59c97", "#e8706b", "#d2403f", "#b52f31", "#942326"],
  orange: ["#fbbb85", "#f09a52", "#d97716", "#b9620d", "#974e08"],
  yellow: ["#ecd27a", "#dcb743", "#bf9512", "#a07b0a", "#806205"],
  green: ["#98d6a2", "#63b874", "#2f9449", "#227a3a", "#19612d"],
  blue: ["#98c3f7", "#639fe9", "#2c76d0", "#1f60b0", "#174b8c"],
  purple: ["#cfb3f0", "#b38be3", "#8a58c8", "#7244ac", "#5a358b"],
};

const SHADE_NAMES = ["super-light-", "light-", "", "semi-dark-", "dark-"];

/** Hues in the order in which curves take them: neighbours are told apart without colour vision too. */
const CLASSIC: Record<Mode, readonly string[]> = {
  dark: series(DARK, ["#58c4c6", "#e486b9", "#b9c25a", "#8a9bd8", "#d3a078", "#93a3b4"]),
  light: series(LIGHT, ["#16858a", "#c2498c", "#7b8614", "#4d62b3", "#9c6330", "#5d6e80"]),
};

function series(hues: Record<string, Shades>, more: string[]): string[] {
  const at = (hue: string, shade: number) => hues[hue]?.[shade] ?? "";
  const [teal = "", pink = "", olive = "", slate = "", clay = "", grey = ""] = more;
  const first = [at("green", 2), at("yellow", 2), at("blue", 2), at("orange", 2), at("red", 2), at("purple", 2), teal, pink];
  const second = [olive, slate, clay, grey, at("green", 1), at("blue", 1), at("orange", 4), at("purple", 1)];
  const third = [
    at("red", 4),
    at("yellow", 4),
    at("blue", 4),
    at("green", 4),
    at("red", 1),
    at("yellow", 1),
    at("purple", 4),
    at("orange", 1),
  ];
  return [...first, ...second, ...third];
}

const PLAIN: Record<Mode, Record<string, string>> = {
  dark: { text: "#dfe3e8", white: "#ffffff", black: "#000000", gray: "#93a3b4", grey: "#93a3b4", transparent: "transparent" },
  light: { text: "#1d2530", white: "#ffffff", black: "#000000", gray: "#5d6e80", grey: "#5d6e80", transparent: "transparent" },
};

/** The colour of the `index`th curve. */
export function seriesColor(mode: Mode, index: number): string {
  const colors = CLASSIC[mode];
  return colors[index % colors.length] ?? "#888888";
}

/** A colour by Grafana's name (`semi-dark-red`), or as CSS; names that are unknown pass as they are. */
export function namedColor(mode: Mode, name: string): string {
  const hues = mode === "dark" ? DARK : LIGHT;
  const parts = /^(super-light-|light-|semi-dark-|dark-)?(\w+)$/.exec(name);
  const shades = hues[parts?.[2] ?? ""];
  if (shades) return shades[SHADE_NAMES.indexOf(parts?.[1] ?? "")] ?? name;
  return PLAIN[mode][name] ?? name;
}

/** A colour as that of a text on a panel. */
export function inkColor(mode: Mode, color: string): string {
  return mode === "light" ? darkened(color) : color;
}

/** Stops of the `continuous-*` colour modes, by the names in the mode. */
const CONTINUOUS: Record<string, readonly string[]> = {
  GrYlRd: ["green", "yellow", "red"],
  RdYlGr: ["red", "yellow", "green"],
  BlYlRd: ["dark-blue", "super-light-yellow", "dark-red"],
  YlRd: ["super-light-yellow", "dark-red"],
  BlPu: ["blue", "purple"],
  YlBl: ["super-light-yellow", "dark-blue"],
  blues: ["transparent", "dark-blue"],
  reds: ["transparent", "dark-red"],
  greens: ["transparent", "dark-green"],
  purples: ["transparent", "dark-purple"],
};

/** The stops of a `continuous-*` mode, from the lowest value to the highest. */
export function continuousStops(mode: Mode, id: string): string[] {
  const names = CONTINUOUS[id.replace(/^continuous-/, "")] ?? ["green", "yellow", "red"];
  const ground = mode === "dark" ? "#1f242c" : "#f1f2f4";
  return names.map((name) => (name === "transparent" ? ground : namedColor(mode, name)));
}
