/** What a chart is asked to show. */
import type { Curve } from "./curve";
import type { MarkData } from "./marks";

export interface ChartLine {
  id: string;
  name: string;
  /** A CSS colour, variables allowed. */
  colour: string;
  dash: readonly number[];
  curve: Curve;
  /** Whether a dot marks its newest point. */
  isLive: boolean;
  /** When time begins for it, seconds since the epoch. */
  origin: number;
  /** How thick it is, in CSS pixels; the chart chooses when it says nothing. */
  width?: number;
  /** Draw no raw values under its smoothed ones. */
  isSmoothOnly?: boolean;
  /** Draw no band around it. */
  isBandless?: boolean;
}

export interface Note {
  x: number;
  text: string;
}

export interface Picture {
  lines: readonly ChartLine[];
  notes: readonly Note[];
  /** Below the axis. */
  marks: readonly MarkData[];
  /** Which x marks and end are given in, steps where nothing is said; with another they are left out. */
  at?: XKind;
  /** Least and greatest value over all of x, where the lines have only a part of it. */
  extent?: readonly [number, number] | null;
  /** How far x reaches at least, or null. */
  end: number | null;
  label: string;
}

export type XKind = "step" | "time" | "wall";

const known = new WeakMap<Float64Array, { origin: number; xs: Float64Array }>();

/** The x of a line's points: steps, seconds since its simulation began, or since the epoch. */
export function xsOf({ curve, origin }: ChartLine, kind: XKind): ArrayLike<number> {
  if (kind === "step") return curve.x;
  if (kind === "wall" || origin === 0) return curve.time;
  const before = known.get(curve.time);
  if (before?.origin === origin) return before.xs;
  const xs = curve.time.map((time) => time - origin);
  known.set(curve.time, { origin, xs });
  return xs;
}
