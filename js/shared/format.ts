/** Numbers, durations and times as people read them. Pure. */

/** Keeps a number and its unit on one line. */
const SPACE = "\u00a0";
const MINUS = "\u2212";

function withRealMinus(text: string): string {
  return text.replaceAll("-", MINUS);
}

function grouped(value: number, decimals: number): string {
  return withRealMinus(
    value.toLocaleString("en-US", {
      minimumFractionDigits: decimals,
      maximumFractionDigits: decimals,
    }),
  );
}

/** A count, such as steps: `83,200`, `5.0`. */
export function formatCount(value: number): string {
  return grouped(value, Number.isInteger(value) ? 0 : 1);
}

/** A measured value with three or four digits that count: `203.6`, `8.21`, `0.0064`, `6.4e−5`. */
export function formatValue(value: number): string {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value > 0 ? "inf" : `${MINUS}inf`;
  const size = Math.abs(value);
  if (size >= 1e9) return withRealMinus(value.toExponential(2).replace("e+", "e"));
  if (Number.isInteger(value) || size >= 1000) return grouped(Math.round(value), 0);
  if (size >= 10) return grouped(value, 1);
  if (size >= 1) return grouped(value, 2);
  if (size >= 0.01) return grouped(value, 3);
  if (size >= 0.001) return grouped(value, 4);
  return withRealMinus(value.toExponential(1));
}

/** A share, rounded down so that 100 % means all: `83 %`. */
export function formatPercent(fraction: number): string {
  // 0.29 * 100 is 28.999999999999996
  return `${Math.floor(Math.min(Math.max(fraction, 0), 1) * 100 + 1e-9)}${SPACE}%`;
}

/** A length of time: `0.4 s`, `9 s`, `2 min 10 s`, `3 h 12 min`, `2 d 3 h`. */
export function formatDuration(seconds: number): string {
  const s = Math.max(seconds, 0);
  if (s < 0.95) return `${(Math.round(s * 10) / 10).toFixed(1)}${SPACE}s`;
  const whole = Math.round(s);
  if (whole < 60) return `${whole}${SPACE}s`;
  if (whole < 3600) return pair(whole, 60, "min", "s");
  const minutes = Math.round(s / 60);
  if (minutes < 1440) return pair(minutes, 60, "h", "min");
  return pair(Math.round(s / 3600), 24, "d", "h");
}

function pair(amount: number, size: number, large: string, small: string): string {
  const rest = amount % size;
  const first = `${Math.floor(amount / size)}${SPACE}${large}`;
  return rest ? `${first}${SPACE}${rest}${SPACE}${small}` : first;
}

/** Something a second: `1,942 steps/s`, `0.25 /s`. */
export function formatRate(rate: number, unit: string): string {
  const decimals = rate >= 100 ? 0 : rate >= 10 ? 1 : 2;
  return `${grouped(rate, decimals)}${SPACE}${unit}/s`;
}

/** Local time of day, with the date when it is not today: `14:02:31`, `21 Nov, 14:02`. */
export function formatClock(seconds: number, now: number = Date.now() / 1000): string {
  const date = new Date(seconds * 1000);
  const two = (n: number) => String(n).padStart(2, "0");
  const minutes = `${two(date.getHours())}:${two(date.getMinutes())}`;
  if (date.toDateString() === new Date(now * 1000).toDateString()) {
    return `${minutes}:${two(date.getSeconds())}`;
  }
  return `${date.getDate()}${SPACE}${date.toLocaleString("en", { month: "short" })}, ${minutes}`;
}

/** `1 status`, `12 statuses`. */
export function plural(count: number, one: string, many: string): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

/** `1.2 GB`, in powers of ten as disks are sold. */
export function formatBytes(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const digits = unit === 0 || value >= 99.5 ? 0 : 1;
  return `${value.toFixed(digits)} ${units[unit]}`;
}
