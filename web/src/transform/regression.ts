import type { Field, Frame, Value } from "../frame/frame";
import { type Json, number, text } from "../json";

/** The line or curve that fits a series best. */
export function regression(frames: readonly Frame[], options: Json): Frame[] {
  const degree = options.modelType === "polynomial" ? Math.min(5, Math.max(1, number(options.degree) ?? 2)) : 1;
  const count = Math.min(1000, Math.max(2, number(options.predictionCount) ?? 100));
  return frames.flatMap((frame) => {
    const pick = (name: string, type: Field["type"]) =>
      frame.fields.find((field) => field.name === name) ?? frame.fields.find((field) => field.type === type);
    const [x, y] = [pick(text(options.xFieldName), "time"), pick(text(options.yFieldName), "number")];
    if (!x || !y) return [frame];
    const fit = fitted(x.values.map(Number), y.values, degree, count);
    return fit
      ? [
          frame,
          {
            refId: frame.refId,
            name: `${degree > 1 ? "Polynomial" : "Linear"} regression`,
            fields: [
              { ...x, values: fit.x },
              { name: "Value", type: "number", values: fit.y, config: y.config },
            ],
          },
        ]
      : [frame];
  });
}

/** Least squares on x moved and scaled to [-1, 1], which keeps large times exact. */
function fitted(xs: readonly number[], ys: readonly Value[], degree: number, count: number): { x: number[]; y: number[] } | undefined {
  const points = xs.flatMap((x, row) => (typeof ys[row] === "number" && Number.isFinite(x) ? [[x, ys[row]] as const] : []));
  if (points.length <= degree) return undefined;
  const low = Math.min(...points.map(([x]) => x));
  const half = (Math.max(...points.map(([x]) => x)) - low) / 2 || 1;
  const scale = (x: number) => (x - low) / half - 1;
  const size = degree + 1;
  const matrix = Array.from({ length: size }, (_, i) => [
    ...Array.from({ length: size }, (_, j) => points.reduce((sum, [x]) => sum + scale(x) ** (i + j), 0)),
    points.reduce((sum, [x, y]) => sum + y * scale(x) ** i, 0),
  ]);
  const factors = solve(matrix);
  const x = Array.from({ length: count }, (_, index) => low + (2 * half * index) / (count - 1));
  return { x, y: x.map((at) => factors.reduce((sum, factor, power) => sum + factor * scale(at) ** power, 0)) };
}

/** Gauss with the largest pivot. */
function solve(rows: number[][]): number[] {
  const size = rows.length;
  for (let at = 0; at < size; at += 1) {
    const best = rows
      .slice(at)
      .reduce((found, row, index) => (Math.abs(row[at] ?? 0) > Math.abs(rows[found]?.[at] ?? 0) ? at + index : found), at);
    [rows[at], rows[best]] = [rows[best] ?? [], rows[at] ?? []];
    const pivot = rows[at]?.[at] || Number.MIN_VALUE;
    rows.forEach((row, index) => {
      if (index === at) return;
      const factor = (row[at] ?? 0) / pivot;
      for (let column = at; column <= size; column += 1) row[column] = (row[column] ?? 0) - factor * (rows[at]?.[column] ?? 0);
    });
  }
  return rows.map((row, index) => (row[size] ?? 0) / (row[index] || Number.MIN_VALUE));
}
