/** Which part of its lines a chart shows. Pure. */
import { extent, firstAtOrAfter } from "./curve";
import { type ChartLine, type Picture, type XKind, xsOf } from "./picture";
import { logTicks, type Ticks, valueTicks } from "./ticks";

/** From the first to the last x of all lines, to the planned end while it is ahead. */
export function xRange({ lines, end, at = "step" }: Picture, kind: XKind): [number, number] {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const line of lines) {
    const found = extent(xsOf(line, kind), 0, line.curve.length);
    if (!found) continue;
    low = Math.min(low, found[0]);
    high = Math.max(high, found[1]);
  }
  if (low > high) return [0, end ?? 1];
  if (kind === at) high = Math.max(high, end ?? high);
  if (kind === "wall") return high > low ? [low, high] : [low - 30, low + 30];
  if (low > 0 && low < high * 0.25) low = 0;
  if (high > low) return [low, high];
  return low > 0 ? [0, 2 * low] : [low, low + 1]; // a single point stands in the middle
}

export type Row = "y" | "smoothed" | "low" | "high";

interface YChoice {
  rows: readonly Row[];
  isLog: boolean;
  /** How many lines at most. */
  most: number;
  /** Values that are to be in sight, too. */
  beyond?: readonly [number, number] | null;
}

/** Round lines around the values that are in sight. */
export function yTicks(
  lines: readonly ChartLine[],
  kind: XKind,
  [left, right]: readonly [number, number],
  { rows, isLog, most, beyond = null }: YChoice,
): Ticks {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  if (beyond && !(isLog && beyond[0] <= 0)) [low, high] = beyond;
  for (const line of lines) {
    const [from, until] = inSight(xsOf(line, kind), left, right);
    for (const row of rows) {
      if (row === "y" && line.isSmoothOnly && rows.includes("smoothed")) continue;
      if (line.isBandless && (row === "low" || row === "high")) continue;
      const values = line.curve[row];
      const found = extent(values, from, Math.min(until, values.length), isLog);
      if (!found) continue;
      low = Math.min(low, found[0]);
      high = Math.max(high, found[1]);
    }
  }
  if (isLog) return low > high ? logTicks(1, 10, most) : logTicks(low, high, most);
  return low > high ? valueTicks(0, 1, most) : valueTicks(low, high, most);
}

/** From which point until which a line is seen, with a neighbour at either side. */
function inSight(xs: ArrayLike<number>, left: number, right: number): [number, number] {
  // Times need not ascend where steps went back; what is searched is then only nearly right.
  const from = Math.max(firstAtOrAfter(xs, left) - 1, 0);
  return [from, Math.max(Math.min(firstAtOrAfter(xs, right) + 1, xs.length), from)];
}
