/**
 * Lines with about a point a pixel, as filled outlines: from the least to the greatest value of each column of pixels.
 * That looks like the line and costs a tenth: a browser takes seconds to stroke fifty noisy ones with their joints.
 */
import type uPlot from "uplot";
import { firstAtOrAfter } from "./curve";
import { xsOf } from "./picture";
import { type Scene, strokes, type Values } from "./scene";

/** With fewer points in sight in all, lines are stroked. */
const FROM_POINTS = 8000;
/** And a line with fewer a pixel. */
const FROM_DENSITY = 0.4;
const FEW = 20;

/** A stretch of a line without gaps, column by column. */
export interface Outline {
  /** The first column. */
  from: number;
  top: number[];
  bottom: number[];
}

/** Which of a scene's strokes are drawn as outlines. Pure. */
export function denseStrokes(scene: Scene): boolean[] {
  const counts = strokes(scene).map(({ line }) => {
    const xs = xsOf(line, scene.xKind);
    return firstAtOrAfter(xs, scene.x[1]) - firstAtOrAfter(xs, scene.x[0]);
  });
  const all = counts.reduce((sum, count) => sum + count, 0);
  return counts.map((count) => all > FROM_POINTS && count > scene.width * FROM_DENSITY);
}

/** The columns that a line passes, between two columns; x ascends, both in pixels. Pure. */
export function outlines(
  count: number,
  at: (i: number) => { x: number; y: number } | null,
  [first, last]: readonly [number, number],
): Outline[] {
  const found: Outline[] = [];
  let outline: Outline | null = null;
  let before: { x: number; y: number } | null = null;
  const mark = (column: number, a: number, b: number) => {
    if (column < first || column > last) return;
    outline ??= { from: column, top: [], bottom: [] };
    const i = column - outline.from;
    outline.top[i] = Math.min(outline.top[i] ?? a, a, b);
    outline.bottom[i] = Math.max(outline.bottom[i] ?? a, a, b);
  };
  for (let i = 0; i <= count; i++) {
    const point = i < count ? at(i) : null;
    if (!point) {
      if (outline) found.push(outline);
      outline = null;
      before = null;
      continue;
    }
    const column = Math.floor(point.x);
    if (before) {
      const slope = (point.y - before.y) / Math.max(point.x - before.x, 1e-9);
      const begin = Math.max(Math.floor(before.x), first);
      for (let c = begin; c < Math.min(column, last + 1); c++) {
        const [from, to] = [Math.max(before.x, c), c + 1];
        mark(c, before.y + slope * (from - before.x), before.y + slope * (to - before.x));
      }
      const from = Math.max(before.x, column);
      mark(column, before.y + slope * (from - before.x), point.y);
    } else mark(column, point.y, point.y);
    before = point;
  }
  return found;
}

/** Trace it for a canvas, so thick, with columns so wide. */
export function traced(found: readonly Outline[], thickness: number, wide: number): Path2D {
  const path = new Path2D();
  const half = thickness / 2;
  for (const { from, top, bottom } of found) {
    if (top.length === 1) {
      const height = (bottom[0] as number) - (top[0] as number) + thickness;
      path.rect(from * wide, (top[0] as number) - half, wide, height);
      continue;
    }
    for (let i = 0; i < top.length; i++)
      path.lineTo((from + i + 0.5) * wide, (top[i] as number) - half);
    for (let i = bottom.length - 1; i >= 0; i--) {
      path.lineTo((from + i + 0.5) * wide, (bottom[i] as number) + half);
    }
    path.closePath();
  }
  return path;
}

/** What uPlot draws of a series that is dense. */
export function densePaths(plot: uPlot, i: number, colour: string): uPlot.Series.Paths {
  const [xs, values] = plot.data[i] as unknown as [ArrayLike<number>, Values];
  const { left, width } = plot.bbox;
  // Among so many nobody sees half of the columns.
  const wide = plot.series.length > FEW ? 2 : 1;
  const thickness = (plot.series[i]?.width ?? 1) * (devicePixelRatio || 1);
  const at = (k: number) => {
    const value = values[k];
    if (value == null) return null;
    return {
      x: plot.valToPos(xs[k] as number, "x", true) / wide,
      y: plot.valToPos(value, "y", true),
    };
  };
  const columns = [Math.floor(left / wide), Math.ceil((left + width) / wide)] as const;
  const fill = traced(outlines(values.length, at, columns), thickness, wide);
  const paths = {
    stroke: null,
    fill,
    clip: null,
    band: null,
    gaps: null,
    flags: 0,
    _fill: colour,
  };
  return paths as unknown as uPlot.Series.Paths;
}
