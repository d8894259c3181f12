/** What a chart says about a place: the nearest point of each line. */
import { nearest } from "./curve";
import { type ChartLine, type XKind, xsOf } from "./picture";
import type { Plot } from "./plot";
import type { ReadOut } from "./tip";

const NEAR_PX = 6;
/** Charts that follow another have points at other steps. */
const NEAR_FOLLOWED_PX = 14;
const SAMPLES = 3000;
const MOST_SAMPLES = 120;

/** A pixel of the plotting area, or an x that is read in another chart. */
export type Place = { pixel: number } | { x: number };

/** Read the lines at a place; null where there is no point in sight. */
export function readOut(
  plot: Plot,
  lines: readonly ChartLine[],
  place: Place,
  { xKind, isSmoothed, isNamed }: { xKind: XKind; isSmoothed: boolean; isNamed: boolean },
): ReadOut | null {
  const isFollowing = "x" in place;
  const { width } = plot;
  const shown = lines.map((line) => ({ line, xs: xsOf(line, xKind) }));
  const x = isFollowing ? place.x : nearestX(shown, plot.valueAt(place.pixel));
  if (x === null) return null;
  const left = plot.left(x);
  if (left < -1 || left > width + 1) return null;
  const near = isFollowing ? NEAR_FOLLOWED_PX : NEAR_PX;
  const isGroup = isNamed || lines.length > 1;
  const read: ReadOut = { x, left, width, xKind, isGroup, entries: [], others: [] };
  const samples = Math.min(Math.ceil(SAMPLES / lines.length), MOST_SAMPLES);
  for (const { line, xs } of shown) {
    const { curve } = line;
    const values = isSmoothed ? curve.smoothed : curve.y;
    const i = nearest(xs, x);
    const at = xs[i] === undefined ? Number.NaN : plot.left(xs[i]);
    if (Math.abs(at - left) <= near && (Number.isFinite(values[i]) || !isGroup)) {
      const value = values[i] as number;
      read.entries.push({
        line,
        raw: curve.y[i] as number,
        value,
        left: at,
        top: plot.top(value),
        elapsed: (curve.time[i] as number) - line.origin,
        isSmoothed: isSmoothed && !line.isSmoothOnly,
      });
    }
    if (isFollowing) continue; // it has no table to place
    const stride = Math.max(Math.floor(xs.length / samples), 1);
    for (let k = 0; k < xs.length; k += stride) {
      read.others.push([plot.left(xs[k] as number), plot.top(values[k] as number)]);
    }
  }
  return read;
}

function nearestX(lines: readonly { xs: ArrayLike<number> }[], at: number): number | null {
  let x: number | null = null;
  for (const { xs } of lines) {
    const value = xs[nearest(xs, at)];
    if (value !== undefined && (x === null || Math.abs(value - at) < Math.abs(x - at))) x = value;
  }
  return x;
}
