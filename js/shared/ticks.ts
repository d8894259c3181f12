/** Round numbers for axes. Pure. */

export interface Ticks {
  /** Where the lines stand, ascending. */
  values: number[];
  /** The range widened to round numbers. */
  low: number;
  high: number;
}

/** Shares of a value below this come from rounding. */
const DUST = 1e-9;

/** So much of a step beyond a line is "a little". */
const LITTLE = 0.3;

/** The smallest of 1, 2, 2.5, 5 times a power of ten that is not below the asked step. */
export function roundStep(step: number): number {
  const power = 10 ** Math.floor(Math.log10(step));
  for (const factor of [1, 2, 2.5, 5]) {
    if (factor * power >= step * (1 - 1e-9)) return factor * power;
  }
  return 10 * power;
}

/**
 * Round lines for a value axis. The range ends on lines, but for an end where the values reach only a
 * little beyond one: there it ends just after them, so that most of the height is not empty.
 */
export function valueTicks(low: number, high: number, most: number): Ticks {
  const [from, to] = widened(low, high);
  let step = roundStep((to - from) / Math.max(most, 1));
  for (;;) {
    const below = Math.floor(from / step + 1e-9);
    const above = Math.ceil(to / step - 1e-9);
    const first = (below + 1) * step - from < LITTLE * step ? below + 1 : below;
    const last = to - (above - 1) * step < LITTLE * step ? above - 1 : above;
    if (last <= first) return linesBetween(below, above, step);
    if (last - first < Math.max(most, 2)) {
      const room = (to - from) * 0.03;
      const lines = linesBetween(first, last, step);
      return {
        values: lines.values,
        low: first > below ? from - room : lines.low,
        high: last < above ? to + room : lines.high,
      };
    }
    step = roundStep(step * 1.01);
  }
}

/** Round lines inside a range, which stays as it is, at least so far apart. */
export function innerTicks(low: number, high: number, most: number, apart = 0): number[] {
  if (!(high - low > DUST * Math.max(Math.abs(low), Math.abs(high)))) return [low];
  const step = Math.max(roundStep((high - low) / Math.max(most - 1, 1)), apart);
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return linesBetween(first, last, step).values;
}

/** Lines at powers of ten, with 2 and 5 between them where there are few; both ends above 0. */
export function logTicks(low: number, high: number, most: number): Ticks {
  const first = Math.floor(Math.log10(low) + 1e-9);
  const last = Math.ceil(Math.log10(high) - 1e-9);
  const decades = Math.max(last - first, 1);
  if (decades <= 2) {
    const all: number[] = [];
    for (let p = first; p <= first + decades; p++) all.push(...[1, 2, 5].map((f) => f * 10 ** p));
    const from = all.findLastIndex((v) => v <= low * (1 + 1e-9));
    const until = all.findIndex((v) => v >= high * (1 - 1e-9));
    const values = all.slice(Math.max(from, 0), Math.max(until, from + 1) + 1);
    return { values, low: values[0] ?? low, high: values.at(-1) ?? high };
  }
  const every = Math.ceil(decades / Math.max(most - 1, 1));
  const values: number[] = [];
  for (let p = first; p <= first + decades; p += every) values.push(10 ** p);
  return { values, low: 10 ** first, high: 10 ** (first + decades) };
}

/** A label: one unit an axis (`20k` or `2,000`, not both), a real minus. */
export function formatTick(value: number, largest: number): string {
  const size = Math.abs(value);
  const text =
    value === 0
      ? "0"
      : largest >= 1e9 || largest < 1e-3
        ? value.toExponential(1).replace("e+", "e").replace(".0e", "e")
        : largest >= 1e6
          ? `${Number((value / 1e6).toFixed(2))}M`
          : largest >= 1e4
            ? `${Number((value / 1e3).toFixed(1))}k`
            : size >= 1000
              ? Math.round(value).toLocaleString("en-US")
              : `${Number(value.toPrecision(4))}`;
  return text.replaceAll("-", "\u2212");
}

/** Which unit suits seconds up to a largest one, and how many seconds it has. */
export function timeUnit(largest: number): { name: string; seconds: number } {
  if (largest < 180) return { name: "s", seconds: 1 };
  if (largest < 3 * 3600) return { name: "min", seconds: 60 };
  return { name: "h", seconds: 3600 };
}

const CLOCK_STEPS = [
  1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400,
];

/** Round times of day within a range, in seconds since the epoch, and how far they are apart. */
export function clockTicks(
  low: number,
  high: number,
  most: number,
): { values: number[]; apart: number } {
  const wanted = (high - low) / Math.max(most - 1, 1);
  const days = Math.max(Math.ceil(wanted / 86_400), 1) * 86_400;
  const apart = CLOCK_STEPS.find((step) => step >= wanted) ?? days;
  const offset = new Date(low * 1000).getTimezoneOffset() * 60; // midnight is where the reader is
  const values: number[] = [];
  for (let k = Math.ceil((low - offset) / apart); k * apart + offset <= high; k++) {
    values.push(k * apart + offset);
  }
  return { values: values.length ? values : [low], apart };
}

/** `14:02:30`, `14:02` or, at midnight and for whole days, `22 Nov`. */
export function formatClockTick(seconds: number, apart: number): string {
  const date = new Date(seconds * 1000);
  const two = (n: number) => String(n).padStart(2, "0");
  const isMidnight = !date.getHours() && !date.getMinutes() && !date.getSeconds();
  if (apart >= 86_400 || isMidnight) {
    return `${date.getDate()} ${date.toLocaleString("en", { month: "short" })}`;
  }
  const minutes = `${two(date.getHours())}:${two(date.getMinutes())}`;
  return apart < 60 ? `${minutes}:${two(date.getSeconds())}` : minutes;
}

function widened(low: number, high: number): [number, number] {
  // What differs by rounding only (a smoothed constant) has no round numbers between.
  if (high - low > DUST * Math.max(Math.abs(low), Math.abs(high))) return [low, high];
  const room = low === 0 ? 1 : Math.abs(low) * 0.1;
  return [low - room, low + room];
}

function linesBetween(first: number, last: number, step: number): Ticks {
  const values: number[] = [];
  // 3 * 0.1 is 0.30000000000000004
  for (let i = first; i <= last; i++) values.push(Number((i * step).toPrecision(12)));
  return { values, low: values[0] ?? 0, high: values.at(-1) ?? 0 };
}
