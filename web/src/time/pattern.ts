/** Times by patterns such as `YYYY-MM-DD HH:mm`. */

const two = (value: number) => String(value).padStart(2, "0");
const MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];
const DAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

const TOKENS: Record<string, (date: Date) => string> = {
  YYYY: (date) => String(date.getFullYear()),
  YY: (date) => String(date.getFullYear()).slice(-2),
  MMMM: (date) => MONTHS[date.getMonth()] ?? "",
  MMM: (date) => (MONTHS[date.getMonth()] ?? "").slice(0, 3),
  MM: (date) => two(date.getMonth() + 1),
  M: (date) => String(date.getMonth() + 1),
  DD: (date) => two(date.getDate()),
  D: (date) => String(date.getDate()),
  dddd: (date) => DAYS[date.getDay()] ?? "",
  ddd: (date) => (DAYS[date.getDay()] ?? "").slice(0, 3),
  HH: (date) => two(date.getHours()),
  H: (date) => String(date.getHours()),
  hh: (date) => two(date.getHours() % 12 || 12),
  h: (date) => String(date.getHours() % 12 || 12),
  mm: (date) => two(date.getMinutes()),
  ss: (date) => two(date.getSeconds()),
  SSS: (date) => String(date.getMilliseconds()).padStart(3, "0"),
  A: (date) => (date.getHours() < 12 ? "AM" : "PM"),
  a: (date) => (date.getHours() < 12 ? "am" : "pm"),
  X: (date) => String(Math.floor(date.getTime() / 1000)),
  x: (date) => String(date.getTime()),
};

/** A time by a pattern such as `YYYY-MM-DD HH:mm`, in the local zone; `[text]` stands for itself. */
export function formatByPattern(time: number, pattern: string): string {
  const date = new Date(time);
  return pattern.replace(/\[([^\]]*)\]|YYYY|YY|M{1,4}|DD?|d{3,4}|HH?|hh?|mm|ss|SSS|A|a|X|x/g, (token, literal?: string) =>
    literal !== undefined ? literal : (TOKENS[token]?.(date) ?? token),
  );
}
