/** The sizes of a stat's parts. */

import { fittingSize, type Room } from "../ui/measure";

export interface StatTexts {
  /** Empty where it is not shown. */
  name: string;
  value: string;
}

export interface StatSizes {
  /** Name and value beside each other rather than one below the other. */
  wide: boolean;
  padding: number;
  /** Type sizes, pixels. */
  name: number;
  value: number;
  /** Height of the curve at the bottom; 0 for none. */
  curve: number;
}

const LINE_HEIGHT = 1.2;
const NAME_MAX = 30;
/** A longer name is cut rather than set in smaller type. */
const NAME_MIN = 10;
const WEIGHT = 500;
/** Many values in little room go without padding before they go below this height. */
const LINE_MIN = 14;
/** From this many times its height on a stat is wide. */
const WIDE_FROM = 2.5;

interface Wanted {
  curve: boolean;
  /** Whether name and value may stand beside each other. */
  mayBeWide: boolean;
  /** Type sizes that are given. */
  nameSize?: number | undefined;
  valueSize?: number | undefined;
}

/** Grafana's proportions: `texts` are the longest of all values of a panel, so that all have the same size. */
export function statSizes(room: Room, texts: StatTexts, wanted: Wanted): StatSizes {
  const wide = wanted.mayBeWide && room.width / room.height > WIDE_FROM;
  const padding = room.height > 100 ? 12 : Math.max(0, Math.min(8, (room.height - LINE_MIN) / 2));
  const inner = { width: room.width - 2 * padding, height: room.height - 2 * padding };
  const curve = wanted.curve && room.height > (wide ? 50 : 100);
  const sizes = wide ? wideSizes(room, inner, texts, curve) : stackedSizes(room, inner, texts, curve);
  const value = wanted.valueSize ?? sizes.value;
  const name = wanted.nameSize ?? Math.max(NAME_MIN, sizes.name);
  return { wide, padding, value, name, curve: curve ? curveHeight(room, wide, value, texts.name ? name : 0) : 0 };
}

function wideSizes(room: Room, inner: Room, { name, value }: StatTexts, curve: boolean): { name: number; value: number } {
  const share = name ? (curve ? 0.4 : 0.3) : curve ? 0.4 : 1;
  const height = curve ? room.height * 0.5 : inner.height;
  const valueSize = fittingSize(value, { width: inner.width * share, height: Math.min(height, inner.height) }, { weight: WEIGHT });
  const nameRoom = { width: inner.width * 0.6, height: curve ? inner.height * 0.4 : inner.height };
  const nameSize = fittingSize(name, nameRoom, { most: NAME_MAX });
  return { value: valueSize, name: curve ? nameSize : Math.min(valueSize * 0.7, nameSize) };
}

function stackedSizes(room: Room, inner: Room, { name, value }: StatTexts, curve: boolean): { name: number; value: number } {
  const nameSize = Math.max(NAME_MIN, fittingSize(name, { width: inner.width, height: room.height * 0.15 }, { most: NAME_MAX }));
  const nameHeight = name ? nameSize * LINE_HEIGHT : 0;
  const height = inner.height - (curve ? room.height * 0.25 : 0) - nameHeight;
  const valueSize = fittingSize(value, { width: inner.width, height }, { weight: WEIGHT });
  return { value: valueSize, name: Math.min(valueSize * 0.7, nameSize) };
}

/** A wide stat has its curve in the lower half, another one all that its texts leave. */
function curveHeight(room: Room, wide: boolean, value: number, name: number): number {
  return wide ? room.height * 0.5 : Math.max(0, room.height - (value + name) * LINE_HEIGHT);
}

/** The type size of a unit beside a number. */
export function unitSize(pixels: number): number {
  return pixels * (pixels < 20 ? 0.9 : pixels < 26 ? 0.8 : 0.6);
}
