/** Which part of its lines a chart shows. Pure. */
import { extent, firstAtOrAfter } from "./curve";
import { type ChartLine, type Picture, type XKind, xsOf } from "./picture";
import { logTicks, type Ticks, valueTicks } from "./ticks";

const PIXELS_A_LINE = 34;

/** From the first to the last x of all lines, to the planned end while it is ahead. */
export function xRange({ lines, end }: Picture, kind: XKind): [number, number] {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const line of lines) {
    const found = extent(xsOf(line, kind), 0, line.curve.length);
    if (!found) continue;
    low = Math.min(low, found[0]);
    high = Math.max(high, found[1]);
  }
  if (low > high) return [0, end ?? 1];
  if (kind === "step") high = Math.max(high, end ?? high);
  if (low > 0 && low < high * 0.25) low = 0;
  if (high > low) return [low, high];
  return low > 0 ? [0, 2 * low] : [low, low + 1]; // a single point stands in the middle
}

/** Round lines around the values that are in sight. */
export function yTicks(
  lines: readonly ChartLine[],
  kind: XKind,
  [left, right]: readonly [number, number],
  { rows, isLog, height }: { rows: readonly ("y" | "smoothed")[]; isLog: boolean; height: number },
): Ticks {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const line of lines) {
    const xs = xsOf(line, kind);
    // Times need not ascend where steps went back.
    const isOrdered = kind === "step";
    const from = isOrdered ? Math.max(firstAtOrAfter(xs, left) - 1, 0) : 0;
    const until = isOrdered ? Math.min(firstAtOrAfter(xs, right) + 1, xs.length) : xs.length;
    for (const row of rows) {
      const found = extent(line.curve[row], from, until, isLog);
      if (!found) continue;
      low = Math.min(low, found[0]);
      high = Math.max(high, found[1]);
    }
  }
  const most = Math.max(Math.round(height / PIXELS_A_LINE), 3);
  if (isLog) return low > high ? logTicks(1, 10, most) : logTicks(low, high, most);
  return low > high ? valueTicks(0, 1, most) : valueTicks(low, high, most);
}
