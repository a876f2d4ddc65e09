/** Arithmetic on colours. */

export type Rgb = readonly [number, number, number];

/** Red, green and blue (0–255) of `#rgb`, `#rrggbb` or `rgb(…)`; grey for anything else. */
export function rgb(color: string): Rgb {
  const hex = /^#([0-9a-f]{3,8})$/i.exec(color.trim())?.[1];
  if (hex) {
    const full = hex.length < 6 ? [...hex.slice(0, 3)].map((digit) => digit + digit).join("") : hex;
    return [0, 2, 4].map((start) => parseInt(full.slice(start, start + 2), 16)) as unknown as Rgb;
  }
  const parts = /^rgba?\(([^)]+)\)$/i
    .exec(color.trim())?.[1]
    ?.split(/[\s,/]+/)
    .map(Number);
  const [red = 128, green = 128, blue = 128] = parts ?? [];
  return [red, green, blue];
}

/** The colour with an opacity of 0 to 1. */
export function withAlpha(color: string, alpha: number): string {
  return `rgba(${rgb(color).join(",")},${alpha})`;
}

/** The colour at `share` (0 to 1) of the way through equally spaced stops. */
export function mixStops(stops: readonly string[], share: number): string {
  const place = Math.min(1, Math.max(0, share)) * (stops.length - 1);
  const index = Math.min(stops.length - 2, Math.floor(place));
  const low = rgb(stops[Math.max(0, index)] ?? "#888888");
  const high = rgb(stops[index + 1] ?? stops[0] ?? "#888888");
  const part = place - Math.max(0, index);
  const channel = (at: 0 | 1 | 2) => Math.round(low[at] + (high[at] - low[at]) * part);
  return `rgb(${channel(0)},${channel(1)},${channel(2)})`;
}

/** Luminance above which black reads better than white, and that up to which white is enough for large type (WCAG 2, AA). */
const BLACK_FROM = 0.179;
const BLACK_FROM_LARGE = 0.3;

/** Black or white on a colour: whichever reads better, or white as long as it will do for large type. */
export function textOn(color: string, large = false): string {
  return luminance(color) > (large ? BLACK_FROM_LARGE : BLACK_FROM) ? "#10141a" : "#ffffff";
}

/** Luminance of a colour that reads on white (WCAG 2, AA: 4.5 to 1). */
const READS_ON_WHITE = 0.183;

/** The colour for text on the light theme's ground: darkened until it can be read. */
export function darkened(color: string): string {
  let found = color;
  for (let share = 0.1; share < 1 && luminance(found) > READS_ON_WHITE; share += 0.1) found = mixStops([color, "#000000"], share);
  return found;
}

/** Relative luminance, 0 to 1 (WCAG 2). */
function luminance(color: string): number {
  const [red = 0, green = 0, blue = 0] = rgb(color).map((channel) => {
    const share = channel / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
