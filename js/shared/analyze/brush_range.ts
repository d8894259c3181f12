/** The arithmetic of a brush: a part of a whole, moved by its edges, its middle, or drawn anew. Pure. */
import { formatClock, formatDuration } from "../format";
import type { XKind } from "../picture";
import { formatTick } from "../ticks";
import type { Range } from "./model";

export type Grip = "low" | "high" | "middle" | "new";

/** The least part that can be chosen, as a share of the whole. */
const SMALLEST = 0.005;
/** How far an arrow key moves, as a share of the whole; with Shift ten times as far. */
const STEP = 0.01;

/** What is gripped at a pixel; the edges reach a little further than they look. */
export function gripAt(
  pixel: number,
  edges: readonly [number, number],
  { isWhole, reach = 8 }: { isWhole: boolean; reach?: number },
): Grip {
  const [low, high] = edges;
  const [toLow, toHigh] = [Math.abs(pixel - low), Math.abs(pixel - high)];
  if (Math.min(toLow, toHigh) <= reach) {
    // Both edges at one place: outside of them decides.
    if (toLow === toHigh) return pixel < low ? "low" : "high";
    return toLow < toHigh ? "low" : "high";
  }
  if (isWhole) return "new";
  return pixel > low && pixel < high ? "middle" : "new";
}

/** The part after a grip was dragged from one x to another. */
export function dragged(part: Range, grip: Grip, [from, to]: Range, whole: Range): Range {
  const smallest = (whole[1] - whole[0]) * SMALLEST;
  const at = clamped(to, whole[0], whole[1]);
  if (grip === "middle") return moved(part, to - from, whole);
  if (grip === "new") {
    const begin = clamped(from, whole[0], whole[1]);
    return widened([Math.min(begin, at), Math.max(begin, at)], smallest, whole);
  }
  if (grip === "low") return [Math.max(Math.min(at, part[1] - smallest), whole[0]), part[1]];
  return [part[0], Math.min(Math.max(at, part[0] + smallest), whole[1])];
}

/** The part after an arrow key on one of its edges, or on its middle. */
export function nudged(part: Range, grip: Grip, by: number, whole: Range): Range {
  const distance = (whole[1] - whole[0]) * STEP * by;
  const from = grip === "low" ? part[0] : part[1];
  return dragged(part, grip, [from, from + distance], whole);
}

/** Null where a part is the whole, as near as it can be seen. */
export function partOrNull(part: Range, whole: Range): Range | null {
  const dust = (whole[1] - whole[0]) * 1e-6;
  return part[0] <= whole[0] + dust && part[1] >= whole[1] - dust ? null : part;
}

/** Steps have no halves. */
export function rounded(part: Range, kind: XKind): Range {
  return kind === "step" ? [Math.round(part[0]), Math.round(part[1])] : part;
}

/** `steps 28k to 76k`, `28 s to 2 min 5 s`. */
export function rangeText([low, high]: Range, kind: XKind): string {
  if (kind === "wall") return `${formatClock(low)} to ${formatClock(high)}`;
  if (kind === "time") return `${formatDuration(low)} to ${formatDuration(high)}`;
  // As exact as the width of the part asks.
  const digits = Math.max(Math.floor(Math.log10(Math.max(high - low, 1))) - 2, 0);
  const unit = 10 ** digits;
  const [from, to] = [low, high].map((x) => formatTick(Math.round(x / unit) * unit, high));
  return `steps ${from} to ${to}`;
}

function moved(part: Range, by: number, whole: Range): Range {
  const width = Math.min(part[1] - part[0], whole[1] - whole[0]);
  const low = clamped(part[0] + by, whole[0], whole[1] - width);
  return [low, low + width];
}

function widened([low, high]: Range, smallest: number, whole: Range): Range {
  if (high - low >= smallest) return [low, high];
  return moved([low, low + smallest], 0, whole);
}

function clamped(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}
