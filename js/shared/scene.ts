/** What a chart draws now, and what can be said of it without drawing. Pure but for the ruler. */
import type { ChartLine, Note, XKind } from "./picture";

/** What is drawn now; read anew whenever uPlot draws. */
export interface Scene {
  lines: readonly ChartLine[];
  notes: readonly Note[];
  x: readonly [number, number];
  y: readonly [number, number];
  yTicks: readonly number[];
  xKind: XKind;
  isLog: boolean;
  hasSmoothing: boolean;
  showsRaw: boolean;
  rawOpacity: number;
  /** The line in front of all others, which fade, or null. */
  lifted: string | null;
  /** Whether there is room for marks between axis and labels. */
  hasLane: boolean;
  width: number;
  height: number;
  font: string;
}

export type Values = ArrayLike<number | null>;

/** Null in the place of what cannot be drawn. Pure. */
export function withGaps(values: Float64Array, isLog: boolean): Values {
  const isDrawn = (value: number) => Number.isFinite(value) && !(isLog && value <= 0);
  if (values.every(isDrawn)) return values;
  return Array.from(values, (value) => (isDrawn(value) ? value : null));
}

/** Indices of points without a neighbour, which no line shows. Pure. */
export function lonely(values: Values): number[] {
  const found: number[] = [];
  for (let i = 0; i < values.length; i++) {
    const isAlone = values[i - 1] == null && values[i + 1] == null;
    if (isAlone && values[i] != null) found.push(i);
  }
  return found;
}

/** What is stroked, from back to front: under a smoothed line its raw one. */
export function strokes({
  lines,
  hasSmoothing,
  showsRaw,
}: Scene): { line: ChartLine; isRaw: boolean }[] {
  return lines.flatMap((line) => {
    const main = { line, isRaw: false };
    return hasSmoothing && showsRaw ? [{ line, isRaw: true }, main] : [main];
  });
}

/** Changes when another uPlot is needed: what it takes only when it is made. */
export function structure({ lines, hasSmoothing, showsRaw, isLog, hasLane, font }: Scene): string {
  const looks = lines.map((line) => [line.id, line.dash]);
  return JSON.stringify([looks, hasSmoothing, showsRaw, isLog, hasLane, font]);
}

/** A font at the pixels of the device. */
export function scaledFont(font: string, ratio: number): string {
  return font.replace(/[\d.]+(?=px)/, (size) => `${Number(size) * ratio}`);
}

let ruler: CanvasRenderingContext2D | null = null;

/** How wide a text is, in CSS pixels. */
export function textWidth(text: string, font: string): number {
  ruler ??= document.createElement("canvas").getContext("2d");
  if (!ruler) return 0;
  ruler.font = font;
  return ruler.measureText(text).width;
}
