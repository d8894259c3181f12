/** What a chart says about a place: the nearest point of each line. */
import { nearest } from "./curve";
import { type ChartLine, type XKind, xsOf } from "./picture";
import type { Plot } from "./plot";
import type { ReadOut } from "./tip";

const NEAR_PX = 6;
const SAMPLES = 120;

/** Read the lines at a pixel of the plotting area; null where there is no point in sight. */
export function readOut(
  plot: Plot,
  lines: readonly ChartLine[],
  xKind: XKind,
  isSmoothed: boolean,
  pixel: number,
): ReadOut | null {
  const at = plot.valueAt(pixel);
  const { width } = plot;
  const shown = lines.map((line) => ({ line, xs: xsOf(line, xKind) }));
  let x: number | null = null;
  for (const { xs } of shown) {
    const value = xs[nearest(xs, at)];
    if (value !== undefined && (x === null || Math.abs(value - at) < Math.abs(x - at))) x = value;
  }
  if (x === null) return null;
  const left = plot.left(x);
  if (left < -1 || left > width + 1) return null;
  const read: ReadOut = {
    x,
    left,
    width,
    xKind,
    isGroup: lines.length > 1,
    entries: [],
    others: [],
  };
  for (const { line, xs } of shown) {
    const { curve } = line;
    const values = isSmoothed ? curve.smoothed : curve.y;
    const i = nearest(xs, x);
    const near = xs[i];
    if (near !== undefined && Math.abs(plot.left(near) - left) <= NEAR_PX) {
      const value = values[i] as number;
      read.entries.push({
        line,
        raw: curve.y[i] as number,
        value,
        top: plot.top(value),
        elapsed: (curve.time[i] as number) - line.origin,
        isSmoothed,
      });
    }
    const stride = Math.max(Math.floor(xs.length / SAMPLES), 1);
    for (let k = 0; k < xs.length; k += stride) {
      read.others.push([plot.left(xs[k] as number), plot.top(values[k] as number)]);
    }
  }
  return read;
}
