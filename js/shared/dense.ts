/**
 * Many lines with about a point a pixel. Where a browser draws without a GPU, a line of up to one pixel of the device is
 * a hundred times cheaper than a thicker one: fifty noisy ones cost 30 ms instead of 4 s (Chromium, 850 points each,
 * round joints or others). So thicker ones are put together from thin ones, one above the other.
 */
import type uPlot from "uplot";
import { firstAtOrAfter } from "./curve";
import { xsOf } from "./picture";
import { type Scene, strokes } from "./scene";

/** With fewer points in sight in all, lines are drawn as they are. */
const FROM_POINTS = 4000;
/** And of a few lines one with fewer a pixel. */
const FROM_DENSITY = 0.4;
/** Among more lines nobody sees how thick they are. */
const THICK_UP_TO = 12;

/** Which of a scene's strokes are dense. Pure. */
export function denseStrokes(scene: Scene): boolean[] {
  const counts = strokes(scene).map(({ line }) => {
    const xs = xsOf(line, scene.xKind);
    return firstAtOrAfter(xs, scene.x[1]) - firstAtOrAfter(xs, scene.x[0]);
  });
  const all = counts.reduce((sum, count) => sum + count, 0);
  const least = scene.lines.length > THICK_UP_TO ? 1 : scene.width * FROM_DENSITY;
  return counts.map((count) => all > FROM_POINTS && count > least);
}

/** What uPlot draws of a dense line, from what it would draw. */
export function densePaths(
  paths: uPlot.Series.Paths | null,
  width: number,
  lines: number,
): uPlot.Series.Paths | null {
  if (!paths || !(paths.stroke instanceof Path2D)) return paths;
  const ratio = devicePixelRatio || 1;
  const copies = lines > THICK_UP_TO ? 1 : Math.max(Math.round(width * ratio), 1);
  const stroke = new Path2D();
  for (let i = 0; i < copies; i++) {
    stroke.addPath(paths.stroke, { e: 0, f: i - (copies - 1) / 2 });
  }
  // uPlot takes the width from here when it stands here.
  return Object.assign(paths, { stroke, _width: 1 / ratio });
}
