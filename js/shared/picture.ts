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
}

export interface Note {
  x: number;
  text: string;
}

export interface Picture {
  lines: readonly ChartLine[];
  notes: readonly Note[];
  /** Below the axis, for whoever reads by steps. */
  marks: readonly MarkData[];
  /** How far x reaches at least, in steps, or null. */
  end: number | null;
  label: string;
}

export type XKind = "step" | "time";

/** The x of a line's points: steps, or seconds since its simulation began. */
export function xsOf(line: ChartLine, kind: XKind): ArrayLike<number> {
  if (kind === "step") return line.curve.x;
  return line.curve.time.map((time) => time - line.origin);
}
