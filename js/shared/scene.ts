/** What a chart draws now, and what can be said of it without drawing. Pure but for the ruler. */
import { firstAtOrAfter } from "./curve";
import { type ChartLine, type Note, type XKind, xsOf } from "./picture";

/** What one use of a chart has otherwise than another. */
export interface Look {
  top: number;
  right: number;
  bottom: number;
  /** How thick a line is, alone and among others. */
  alone: number;
  among: number;
  /** Whether the last label of x carries the unit. */
  hasUnit: boolean;
  /** Pixels between two lines of y; 0 for the two ends alone. */
  linesApart: number;
  /** Whether dragging chooses a part of x. */
  hasDrag: boolean;
}

export const MAIN: Look = {
  top: 8,
  right: 12,
  bottom: 24,
  alone: 2,
  among: 1.75,
  hasUnit: true,
  linesApart: 34,
  hasDrag: true,
};

/** One of many charts. */
export const SMALL: Look = {
  ...MAIN,
  right: 2,
  bottom: 22,
  alone: 1.5,
  among: 1.5,
  hasUnit: false,
  linesApart: 30,
};

/** A low chart of everything, on which a part is chosen. */
export const OVERVIEW: Look = {
  ...SMALL,
  top: 7,
  right: 12,
  alone: 1.25,
  among: 1.25,
  linesApart: 0,
  hasDrag: false,
};

/** What is drawn now; read anew whenever uPlot draws. */
export interface Scene {
  look: Look;
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
    return hasSmoothing && showsRaw && !line.isSmoothOnly ? [{ line, isRaw: true }, main] : [main];
  });
}

/** From so many lines on they are drawn thin, or they would be one. */
const MANY = 12;
const THIN = 1.25;
/** With more points a pixel, dashes are no longer seen and cost a browser seconds. */
const DASHED_UP_TO = 0.5;

/** How thick a line is drawn. */
export function widthOf(line: ChartLine, { look, lines }: Scene): number {
  const usual = line.width ?? (lines.length > 1 ? look.among : look.alone);
  return lines.length > MANY ? Math.min(usual, THIN) : usual;
}

/** The dashes of a line, where its points lie so far apart that they can be seen. */
export function dashOf(line: ChartLine, { x, xKind, width }: Scene): readonly number[] {
  if (!line.dash.length) return line.dash;
  const xs = xsOf(line, xKind);
  const points = firstAtOrAfter(xs, x[1]) - firstAtOrAfter(xs, x[0]);
  return points <= width * DASHED_UP_TO ? line.dash : [];
}

/** Changes when another uPlot is needed: what it takes only when it is made. */
export function structure({ lines, hasSmoothing, showsRaw, isLog, hasLane, font }: Scene): string {
  const looks = lines.map((line) => [line.id, line.isSmoothOnly]);
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
