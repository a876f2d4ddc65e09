/** Durations as Grafana and Prometheus write them: `15s`, `1h30m`, `1y`. */

const UNIT_MS: Record<string, number> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
  M: 2_592_000_000,
  y: 31_536_000_000,
};

/** Milliseconds of a duration; a bare number means seconds. `undefined` when it is none. */
export function parseDuration(source: string): number | undefined {
  const trimmed = source.trim().replace(/^[<>]=?/, "");
  if (/^\d+(\.\d+)?$/.test(trimmed)) return Number(trimmed) * 1000;
  if (!/^(\d+(\.\d+)?(ms|[smhdwMy]))+$/.test(trimmed)) return undefined;
  let total = 0;
  for (const part of trimmed.matchAll(/(\d+(?:\.\d+)?)(ms|[smhdwMy])/g)) {
    total += Number(part[1]) * (UNIT_MS[part[2] ?? ""] ?? 0);
  }
  return total;
}

const WHOLE_UNITS = ["d", "h", "m", "s", "ms"] as const;

/** The shortest text PromQL reads back as the same duration, in one unit. */
export function formatDuration(ms: number): string {
  const rounded = Math.max(1, Math.round(ms));
  for (const unit of WHOLE_UNITS) {
    const size = UNIT_MS[unit] ?? 1;
    if (rounded % size === 0) return `${rounded / size}${unit}`;
  }
  return `${rounded}ms`;
}

/** A duration for reading, in its two largest units: `1h 5m`, `320ms`. */
export function spokenDuration(ms: number): string {
  if (ms < 1) return `${ms.toFixed(2)}ms`;
  if (ms < 1000) return `${Math.round(ms)}ms`;
  if (ms < 10_000) return `${(ms / 1000).toFixed(1)}s`;
  const parts: string[] = [];
  let rest = Math.round(ms / 1000) * 1000;
  for (const unit of ["y", "d", "h", "m", "s"]) {
    const size = UNIT_MS[unit] ?? 1;
    const count = Math.floor(rest / size);
    if (count > 0 && parts.length < 2) parts.push(`${count}${unit}`);
    rest -= count * size;
    if (parts.length === 2) break;
  }
  return parts.join(" ");
}
