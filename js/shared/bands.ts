/** Bands around lines, drawn below all lines: pieces where both edges are known. */
import type uPlot from "uplot";
import { type ChartLine, type XKind, xsOf } from "./picture";
import type { Scene } from "./scene";
import type { Colours } from "./theme";

const OPACITY = 0.18;
const FADED = 0.06;

/** From which point until which both edges of a band are drawn; a single point is none. Pure. */
export function bandPieces(
  low: ArrayLike<number>,
  high: ArrayLike<number>,
  isLog = false,
): [number, number][] {
  const found: [number, number][] = [];
  let start = -1;
  for (let i = 0; i <= low.length; i++) {
    const isIn =
      i < low.length &&
      Number.isFinite(low[i]) &&
      Number.isFinite(high[i]) &&
      !(isLog && (high[i] as number) <= 0);
    if (isIn && start < 0) start = i;
    if (!isIn && start >= 0) {
      if (i - start > 1) found.push([start, i]);
      start = -1;
    }
  }
  return found;
}

export function hasBand(line: ChartLine): boolean {
  return !line.isBandless && line.curve.low.length > 1;
}

/** The outline of each piece of a band: along its upper edge, back along its lower one. Pure. */
export function bandOutlines(
  { line, kind, isLog, bottom }: { line: ChartLine; kind: XKind; isLog: boolean; bottom: number },
  place: (x: number, y: number) => [number, number],
): [number, number][][] {
  const { low, high } = line.curve;
  const xs = xsOf(line, kind);
  return bandPieces(low, high, isLog).map(([from, until]) => {
    const outline: [number, number][] = [];
    for (let i = from; i < until; i++) outline.push(place(xs[i] as number, high[i] as number));
    for (let i = until - 1; i >= from; i--) {
      const value = low[i] as number;
      outline.push(place(xs[i] as number, isLog && value <= 0 ? bottom : value));
    }
    return outline;
  });
}

/** How strong the band of a line is while another may be lifted. */
export function bandOpacity(line: ChartLine, lifted: string | null): number {
  return lifted !== null && line.id !== lifted ? FADED : OPACITY;
}

export function drawBands(plot: uPlot, scene: Scene, colours: Colours): void {
  const banded = scene.lines.filter(hasBand);
  if (!banded.length) return;
  const { ctx, bbox } = plot;
  const isLifted = scene.lines.some((line) => line.id === scene.lifted);
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  const place = (x: number, y: number): [number, number] => [
    plot.valToPos(x, "x", true),
    plot.valToPos(y, "y", true),
  ];
  const { xKind: kind, isLog } = scene;
  for (const line of banded) {
    ctx.fillStyle = colours.get(line.colour);
    ctx.globalAlpha = bandOpacity(line, isLifted ? scene.lifted : null);
    for (const outline of bandOutlines({ line, kind, isLog, bottom: scene.y[0] }, place)) {
      ctx.beginPath();
      for (const [x, y] of outline) ctx.lineTo(x, y);
      ctx.fill();
    }
  }
  ctx.restore();
}
