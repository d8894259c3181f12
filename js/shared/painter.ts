/** Paints the axes and lines of a chart, in CSS pixels from the corner of the plotting area. */
import { firstAtOrAfter } from "./curve";
import { type ChartLine, type Note, type XKind, xsOf } from "./picture";
import type { Plane } from "./plane";
import type { Colours } from "./theme";
import { formatTick, innerTicks, timeUnit } from "./ticks";

const LABELS_APART = 84;

export interface Scene {
  lines: readonly ChartLine[];
  notes: readonly Note[];
  yTicks: readonly number[];
  yLabel(value: number): string;
  xKind: XKind;
  hasSmoothing: boolean;
  showsRaw: boolean;
  rawOpacity: number;
  /** The line in front of all others, which fade, or null. */
  lifted: string | null;
  font: string;
}

const NOTHING: Scene = {
  lines: [],
  notes: [],
  yTicks: [],
  yLabel: String,
  xKind: "step",
  hasSmoothing: false,
  showsRaw: true,
  rawOpacity: 1,
  lifted: null,
  font: "12px sans-serif",
};

export class Painter {
  readonly #plane: Plane;
  readonly #colours: Colours;
  #scene: Scene = NOTHING;

  constructor(plane: Plane, colours: Colours) {
    this.#plane = plane;
    this.#colours = colours;
  }

  paint(ctx: CanvasRenderingContext2D, scene: Scene): void {
    this.#scene = scene;
    const { plotWidth, plotHeight } = this.#plane;
    ctx.save();
    ctx.font = scene.font;
    this.#paintY(ctx);
    this.#paintX(ctx);
    this.#paintNotes(ctx);
    ctx.beginPath();
    ctx.rect(0, -4, plotWidth + 4, plotHeight + 8); // room for the dot at the end
    ctx.clip();
    ctx.lineJoin = "round";
    ctx.lineCap = "round";
    const lifted = this.#scene.lines.find((each) => each.id === this.#scene.lifted);
    for (const each of this.#scene.lines) {
      if (each !== lifted) this.#paintLine(ctx, each, lifted ? 0.25 : 1);
    }
    if (lifted) this.#paintLine(ctx, lifted, 1);
    ctx.restore();
  }

  #paintLine(ctx: CanvasRenderingContext2D, each: ChartLine, opacity: number): void {
    const isGroup = this.#scene.lines.length > 1;
    const colour = this.#colours.get(each.colour);
    const xs = xsOf(each, this.#scene.xKind);
    ctx.strokeStyle = colour;
    ctx.fillStyle = colour;
    if (this.#scene.hasSmoothing && this.#scene.showsRaw) {
      ctx.globalAlpha = opacity * this.#scene.rawOpacity;
      this.#stroke(ctx, xs, each.curve.y, 1, []);
    }
    ctx.globalAlpha = opacity;
    const values = this.#scene.hasSmoothing ? each.curve.smoothed : each.curve.y;
    const end = this.#stroke(ctx, xs, values, isGroup ? 1.75 : 2, each.dash);
    if (end && each.isLive) dot(ctx, end);
    ctx.globalAlpha = 1;
  }

  /** Draws a line with its gaps; a point alone becomes a dot. Returns the newest point if it is in sight. */
  #stroke(
    ctx: CanvasRenderingContext2D,
    xs: ArrayLike<number>,
    values: ArrayLike<number>,
    width: number,
    dash: readonly number[],
  ): [number, number] | null {
    const { x, y } = this.#plane;
    // Times need not ascend where steps went back.
    const isOrdered = this.#scene.xKind === "step";
    const from = isOrdered ? Math.max(firstAtOrAfter(xs, x.min) - 1, 0) : 0;
    const until = isOrdered ? Math.min(firstAtOrAfter(xs, x.max) + 1, xs.length) : xs.length;
    ctx.lineWidth = width;
    ctx.setLineDash([...dash]);
    ctx.beginPath();
    let run = 0;
    let last: [number, number] | null = null;
    const alone: [number, number][] = [];
    for (let i = from; i < until; i++) {
      const value = values[i] as number;
      if (!Number.isFinite(value) || (y.isLog && value <= 0)) {
        if (run === 1 && last) alone.push(last);
        run = 0;
        continue;
      }
      last = [this.#plane.left(xs[i] as number), this.#plane.top(value)];
      if (run === 0) ctx.moveTo(...last);
      else ctx.lineTo(...last);
      run += 1;
    }
    if (run === 1 && last) alone.push(last);
    ctx.stroke();
    ctx.setLineDash([]);
    if (width > 1) for (const point of alone) dot(ctx, point);
    return until === xs.length ? last : null;
  }

  #paintY(ctx: CanvasRenderingContext2D): void {
    const { plotWidth } = this.#plane;
    ctx.lineWidth = 1;
    ctx.textBaseline = "middle";
    ctx.textAlign = "right";
    ctx.strokeStyle = this.#colours.get("var(--gd-line)");
    ctx.fillStyle = this.#colours.get("var(--gd-muted)");
    for (const value of this.#scene.yTicks) {
      const y = this.#plane.crisp(this.#plane.top(value));
      line(ctx, 0, y, plotWidth, y);
      ctx.fillText(this.#scene.yLabel(value), -8, y);
    }
  }

  #paintX(ctx: CanvasRenderingContext2D): void {
    const { plotWidth, plotHeight, x: scale } = this.#plane;
    const unit =
      this.#scene.xKind === "time" ? timeUnit(scale.max) : { name: "steps", seconds: 1 };
    const most = Math.max(Math.floor(plotWidth / LABELS_APART) + 1, 2);
    const smallest = this.#scene.xKind === "step" ? 1 : 0; // there is no half step
    const [min, max] = [scale.min / unit.seconds, scale.max / unit.seconds];
    const ticks = innerTicks(min, max, most, smallest);
    const bottom = this.#plane.crisp(plotHeight);
    ctx.strokeStyle = this.#colours.get("var(--gd-field)");
    line(ctx, 0, bottom, plotWidth, bottom);
    ctx.textBaseline = "alphabetic";
    for (const [i, tick] of ticks.entries()) {
      const x = this.#plane.crisp(this.#plane.left(tick * unit.seconds));
      line(ctx, x, bottom, x, bottom + 4);
      const isLast = i === ticks.length - 1;
      const label = formatTick(tick, Math.abs(max));
      const text = isLast ? `${label} ${unit.name}` : label;
      const half = ctx.measureText(text).width / 2;
      // The first and the last label turn inwards rather than being cut.
      const isCut = x + half > plotWidth + 2;
      ctx.textAlign = isCut ? "right" : x - half < -2 ? "left" : "center";
      ctx.fillText(text, isCut ? plotWidth : Math.max(x, 0), plotHeight + 19);
    }
  }

  #paintNotes(ctx: CanvasRenderingContext2D): void {
    const { plotWidth, plotHeight } = this.#plane;
    if (this.#scene.xKind !== "step") return;
    ctx.strokeStyle = this.#colours.get("var(--gd-muted)");
    for (const note of this.#scene.notes) {
      const x = this.#plane.crisp(this.#plane.left(note.x));
      if (x < 0 || x > plotWidth + 1) continue;
      ctx.setLineDash([2, 3]);
      line(ctx, x, 0, x, plotHeight);
      ctx.setLineDash([]);
      const hasRoom = x + ctx.measureText(note.text).width + 12 < plotWidth;
      ctx.textAlign = hasRoom ? "left" : "right";
      ctx.fillText(note.text, x + (hasRoom ? 6 : -6), 13);
    }
  }
}

function line(
  ctx: CanvasRenderingContext2D,
  x0: number,
  y0: number,
  x1: number,
  y1: number,
): void {
  ctx.beginPath();
  ctx.moveTo(x0, y0);
  ctx.lineTo(x1, y1);
  ctx.stroke();
}

function dot(ctx: CanvasRenderingContext2D, [x, y]: [number, number]): void {
  ctx.beginPath();
  ctx.arc(x, y, 3, 0, 2 * Math.PI);
  ctx.fill();
}
