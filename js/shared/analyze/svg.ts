/** A chart as SVG text: the same lines, bands and labels as on the canvas, with a title and a legend. Pure. */
import { bandOpacity, bandOutlines, hasBand } from "../bands";
import { type ChartLine, xsOf } from "../picture";
import { dashOf, lonely, type Scene, strokes, type Values, widthOf, withGaps } from "../scene";
import { formatTick } from "../ticks";
import type { Label } from "../x_labels";

const TITLE_HEIGHT = 28;
const ROW_HEIGHT = 20;
const SWATCH = 10;
const GAP = 16;

export interface Drawing {
  scene: Scene;
  /** The plotting area, in CSS pixels. */
  area: { left: number; top: number; width: number; height: number };
  labels: readonly Label[];
  title: string;
  /** Beside the title, muted. */
  note: string;
  /** What a CSS colour is here, variables resolved. */
  colour(css: string): string;
  widthOf(text: string): number;
}

export interface Picture {
  text: string;
  width: number;
  height: number;
}

/** Draw it. */
export function svgPicture(drawing: Drawing): Picture {
  const { scene, colour, title, note } = drawing;
  const legend = legendPlaces(scene.lines, scene.width - 2 * GAP, drawing.widthOf);
  const rows = Math.max(...legend.map(({ row }) => row + 1), 0);
  const width = scene.width + 2 * GAP;
  const below = TITLE_HEIGHT + GAP + scene.height + 8;
  const height = Math.ceil(below + rows * ROW_HEIGHT + 8);
  const muted = colour("var(--gd-muted)");
  const text = colour("var(--gd-text)");
  const said = drawing.widthOf(title) * 1.13 + 12;
  const parts = [
    `<rect width="${width}" height="${height}" fill="${escaped(colour("var(--jp-layout-color1)"))}"/>`,
    `<text x="${GAP}" y="${GAP + 8}" font-size="13" font-weight="600" fill="${text}">${escaped(title)}</text>`,
    note &&
      `<text x="${n(GAP + said)}" y="${GAP + 8}" font-size="12" fill="${muted}">${escaped(note)}</text>`,
    `<g transform="translate(${GAP} ${TITLE_HEIGHT + 8})">${plotParts(drawing).join("")}</g>`,
    ...legend.map(({ line, left, row }) => {
      const y = below + row * ROW_HEIGHT;
      const x = GAP + left;
      const dash = line.dash.length ? ` stroke-dasharray="${line.dash.join(" ")}"` : "";
      return (
        `<path d="M${n(x)} ${n(y + 8)}h${SWATCH + 4}" stroke="${escaped(colour(line.colour))}" stroke-width="2.5" fill="none"${dash}/>` +
        `<text x="${n(x + SWATCH + 10)}" y="${n(y + 12)}" font-size="12" fill="${text}">${escaped(line.name)}</text>`
      );
    }),
  ];
  const font = escaped(scene.font.replace(/^[\d.]+px\s*/, ""));
  const head = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="${font}">`;
  return { text: `${head}${parts.filter(Boolean).join("\n")}</svg>`, width, height };
}

/** Where the names of the lines stand, in rows. */
export function legendPlaces(
  lines: readonly ChartLine[],
  width: number,
  widthOf: (text: string) => number,
): { line: ChartLine; left: number; row: number }[] {
  let [left, row] = [0, 0];
  return lines.map((line) => {
    const needs = SWATCH + 10 + widthOf(line.name) + GAP;
    if (left > 0 && left + needs - GAP > width) {
      left = 0;
      row += 1;
    }
    const place = { line, left, row };
    left += needs;
    return place;
  });
}

/** Where a point lies, in CSS pixels. */
export function placer({ scene, area }: Pick<Drawing, "scene" | "area">) {
  const [x0, x1] = scene.x;
  const asDrawn = (value: number) => (scene.isLog ? Math.log10(value) : value);
  const [y0, y1] = [asDrawn(scene.y[0]), asDrawn(scene.y[1])];
  return (x: number, y: number): [number, number] => [
    area.left + ((x - x0) / (x1 - x0)) * area.width,
    area.top + (1 - (asDrawn(y) - y0) / (y1 - y0)) * area.height,
  ];
}

function plotParts(drawing: Drawing): string[] {
  const { scene, area, colour } = drawing;
  const place = placer(drawing);
  const grid = escaped(colour("var(--gd-line)"));
  const axis = escaped(colour("var(--gd-field)"));
  const muted = escaped(colour("var(--gd-muted)"));
  const [right, bottom] = [area.left + area.width, area.top + area.height];
  const largest = Math.max(...scene.yTicks.map(Math.abs));
  const parts = [
    `<clipPath id="plot"><rect x="${n(area.left)}" y="${n(area.top - 1)}" width="${n(area.width)}" height="${n(area.height + 2)}"/></clipPath>`,
  ];
  for (const value of scene.yTicks) {
    const y = Math.round(place(scene.x[0], value)[1]) + 0.5;
    const label = formatTick(value, scene.isLog ? Math.abs(value) : largest);
    parts.push(
      `<path d="M${n(area.left)} ${y}H${n(right)}" stroke="${grid}"/>`,
      `<text x="${n(area.left - 8)}" y="${n(y + 4)}" font-size="12" text-anchor="end" fill="${muted}">${escaped(label)}</text>`,
    );
  }
  parts.push(`<path d="M${n(area.left)} ${n(bottom + 0.5)}H${n(right)}" stroke="${axis}"/>`);
  for (const { x, text, align } of drawing.labels) {
    const at = Math.round(place(x, scene.y[1])[0]) + 0.5;
    const anchor = align === "right" ? "end" : align === "left" ? "start" : "middle";
    const from = align === "right" ? right : at;
    parts.push(
      `<path d="M${at} ${n(bottom)}v4" stroke="${axis}"/>`,
      `<text x="${n(from)}" y="${n(bottom + 19)}" font-size="12" text-anchor="${anchor}" fill="${muted}">${escaped(text)}</text>`,
    );
  }
  return [...parts, `<g clip-path="url(#plot)">`, ...lineParts(drawing, place), "</g>"];
}

function lineParts(
  { scene, colour }: Drawing,
  place: (x: number, y: number) => [number, number],
): string[] {
  const { isLog, xKind: kind } = scene;
  const parts: string[] = [];
  for (const line of scene.lines) {
    if (!hasBand(line)) continue;
    const opacity = bandOpacity(line, null);
    for (const outline of bandOutlines({ line, kind, isLog, bottom: scene.y[0] }, place)) {
      parts.push(
        `<path d="${path(outline)}z" fill="${escaped(colour(line.colour))}" fill-opacity="${opacity}"/>`,
      );
    }
  }
  for (const { line, isRaw } of strokes(scene)) {
    const xs = xsOf(line, kind);
    const row = scene.hasSmoothing && !isRaw ? line.curve.smoothed : line.curve.y;
    const values = withGaps(row, isLog);
    const look = escaped(colour(line.colour));
    const dash =
      !isRaw && dashOf(line, scene).length ? ` stroke-dasharray="${line.dash.join(" ")}"` : "";
    const opacity = isRaw ? ` stroke-opacity="${scene.rawOpacity}"` : "";
    for (const piece of pieces(xs, values, scene.x)) {
      parts.push(
        `<path d="${path(piece.map(([x, y]) => place(x, y)))}" fill="none" stroke="${look}" stroke-width="${isRaw ? 1 : widthOf(line, scene)}" stroke-linejoin="round" stroke-linecap="round"${dash}${opacity}/>`,
      );
    }
    if (isRaw) continue;
    const last = values.length - 1;
    const dots = line.isLive && last >= 0 ? [...lonely(values), last] : lonely(values);
    for (const i of dots) {
      const value = values[i];
      if (value == null) continue;
      const [x, y] = place(xs[i] as number, value);
      parts.push(`<circle cx="${n(x)}" cy="${n(y)}" r="3" fill="${look}"/>`);
    }
  }
  return parts;
}

/** The points of a line in sight, with a neighbour at either side, cut at its gaps. */
export function pieces(
  xs: ArrayLike<number>,
  values: Values,
  [low, high]: readonly [number, number],
): [number, number][][] {
  const found: [number, number][][] = [];
  let piece: [number, number][] = [];
  const end = () => {
    if (piece.length > 1) found.push(piece);
    piece = [];
  };
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    const isOut =
      (xs[i + 1] ?? (xs[i] as number)) < low || (xs[i - 1] ?? (xs[i] as number)) > high;
    if (value == null || isOut) end();
    else piece.push([xs[i] as number, value]);
  }
  end();
  return found;
}

function path(points: readonly (readonly [number, number])[]): string {
  return `M${points.map(([x, y]) => `${n(x)} ${n(y)}`).join("L")}`;
}

function n(value: number): string {
  return `${Math.round(value * 10) / 10}`;
}

/** Names come from simulations: they are text, also in an SVG. */
export function escaped(text: string): string {
  return (
    text
      .replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`)
      // biome-ignore lint/suspicious/noControlCharactersInRegex: XML does not allow them at all
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, "\ufffd")
  );
}
