/** The points of one line in the chart, ascending in x. Pure. */

export class Curve {
  x = new Float64Array();
  y = new Float64Array();
  /** Seconds since the epoch. */
  time = new Float64Array();
  smoothed = new Float64Array();
  /** A band around it, empty where there is none. */
  low = new Float64Array();
  high = new Float64Array();
  /** How many points the project has; more than are here when the picture is thinned. */
  total = 0;
  /** The value that was recorded last; not the one at the end when steps went back or part is shown. */
  last = Number.NaN;

  get length(): number {
    return this.x.length;
  }

  get isThinned(): boolean {
    return this.length < this.total;
  }

  replace(points: Points): void {
    this.x = points.x;
    this.y = points.y;
    this.time = points.time;
    this.smoothed = points.smoothed;
    this.low = points.low ?? new Float64Array();
    this.high = points.high ?? new Float64Array();
  }

  append(points: Points): void {
    this.x = joined(this.x, points.x);
    this.y = joined(this.y, points.y);
    this.time = joined(this.time, points.time);
    this.smoothed = joined(this.smoothed, points.smoothed);
    if (points.low && points.high) {
      this.low = joined(this.low, points.low);
      this.high = joined(this.high, points.high);
    }
  }
}

export interface Points {
  x: Float64Array<ArrayBuffer>;
  y: Float64Array<ArrayBuffer>;
  time: Float64Array<ArrayBuffer>;
  smoothed: Float64Array<ArrayBuffer>;
  low?: Float64Array<ArrayBuffer>;
  high?: Float64Array<ArrayBuffer>;
}

function joined(a: Float64Array<ArrayBuffer>, b: Float64Array): Float64Array<ArrayBuffer> {
  const both = new Float64Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}

/** First index whose x is not below a value; the length when there is none. */
export function firstAtOrAfter(x: ArrayLike<number>, value: number): number {
  let low = 0;
  let high = x.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((x[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Index of the point nearest in x, or -1 when there are none. */
export function nearest(x: ArrayLike<number>, value: number): number {
  const after = firstAtOrAfter(x, value);
  if (after === 0) return x.length ? 0 : -1;
  if (after === x.length) return after - 1;
  const isBefore = value - (x[after - 1] ?? 0) <= (x[after] ?? 0) - value;
  return isBefore ? after - 1 : after;
}

/** Smallest and largest finite value among those between two indices, or null. */
export function extent(
  values: ArrayLike<number>,
  from: number,
  until: number,
  isPositive = false,
): [number, number] | null {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (let i = from; i < until; i++) {
    const value = values[i] as number;
    if (!Number.isFinite(value) || (isPositive && value <= 0)) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return low <= high ? [low, high] : null;
}

/**
 * How far x will reach: the planned total while the series counts in the same unit as the progress
 * (a series by episodes beside a progress in steps does not), else null.
 */
export function plannedEnd(
  lastStep: number,
  current: number | null,
  total: number | null,
): number | null {
  if (total === null || current === null || total <= 0 || current <= 0) return null;
  if (lastStep > total * 1.05) return null;
  return lastStep >= current * 0.4 ? Math.max(total, lastStep) : null;
}
