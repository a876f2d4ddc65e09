/** How large a text is, and how large it may be. */

const MEASURED_AT = 100;
let context: CanvasRenderingContext2D | null | undefined;

/** The width of a text in the page's face, in units of its type size. */
function widthOf(text: string, weight: number): number {
  if (context === undefined) context = document.createElement("canvas").getContext("2d");
  if (!context) return 0;
  context.font = `${weight} ${MEASURED_AT}px ${getComputedStyle(document.body).fontFamily}`;
  return context.measureText(text).width / MEASURED_AT;
}

export interface Room {
  width: number;
  height: number;
}

/** The type size in pixels at which one line of text fills its room without leaving it. */
export function fittingSize(text: string, { width, height }: Room, { weight = 400, lineHeight = 1.2, most = 1000 } = {}): number {
  // A hair more than is measured, as type is set in whole pixels.
  const wide = width / Math.max(0.1, widthOf(text, weight) + 0.15);
  return Math.max(1, Math.min(wide, height / lineHeight, most));
}

export function textWidth(text: string, pixels: number, weight = 400): number {
  return widthOf(text, weight) * pixels;
}
