/**
 * The line chart. Each line has its own x and its own thinning; axes, labels and lines are drawn here
 * on the canvas of a `Plane`.
 */
import type { Curve } from "./curve";
import { extent, firstAtOrAfter, nearest } from "./curve";
import { h } from "./dom";
import { type Margins, Plane } from "./plane";
import { Colours, watchTheme } from "./theme";
import { formatTick, innerTicks, logTicks, timeUnit, valueTicks } from "./ticks";
import { type ReadOut, Tip } from "./tip";

const TOP = 8;
const RIGHT = 12;
const BOTTOM = 24;
const SMALLEST_GUTTER = 40;
const LABELS_APART = 84;
const RAW_LINES_UP_TO = 8;

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
  lines: ChartLine[];
  notes: Note[];
  /** How far x reaches at least, in steps, or null. */
  end: number | null;
  label: string;
}

export type XKind = "step" | "time";

interface ChartOptions {
  height: number;
  onWidth(width: number): void;
  /** The reader looks at these steps only, or with null at all. */
  onZoom(between: [number, number] | null): void;
}

export class Chart {
  readonly element: HTMLElement;
  readonly #options: ChartOptions;
  readonly #colours: Colours;
  readonly #tip: Tip;
  readonly #plane: Plane;
  #picture: Picture = { lines: [], notes: [], end: null, label: "" };
  #zoom: [number, number] | null = null;
  #isLog = false;
  #xKind: XKind = "step";
  #hasSmoothing = false;
  #lifted: string | null = null;
  #yTicks: number[] = [];
  #width = 0;
  #font = "12px sans-serif";
  #opacity = 0.36;
  #isQueued = false;

  constructor(options: ChartOptions, signal: AbortSignal) {
    this.#options = options;
    this.element = h("div", { class: "gd-chart", tabindex: 0, role: "img" });
    this.element.style.height = `${options.height}px`;
    this.#colours = new Colours(this.element);
    this.#plane = new Plane(
      { top: TOP, right: RIGHT, bottom: BOTTOM, left: SMALLEST_GUTTER },
      {
        onPointer: (pixel) => this.#tip.at(pixel),
        onSelect: (from, to) =>
          this.zoomTo([this.#plane.valueAtLeft(from), this.#plane.valueAtLeft(to)]),
      },
      signal,
    );
    this.#tip = new Tip(this.element, (pixel) => this.#readOut(pixel));
    this.#plane.over.append(this.#tip.marks);
    this.element.append(this.#plane.element);
    watchTheme(() => {
      this.#colours.forget();
      this.draw();
    }, signal);
    this.#watchWidth(signal);
    this.element.addEventListener("dblclick", () => this.zoomTo(null), { signal });
    this.element.addEventListener("keydown", (event) => this.#tip.onKey(event), { signal });
    this.element.addEventListener("blur", () => this.#tip.hide(), { signal });
  }

  get isZoomed(): boolean {
    return this.#zoom !== null;
  }

  show(picture: Picture): void {
    this.#picture = picture;
    this.element.setAttribute("aria-label", picture.label);
    this.draw();
  }

  setLog(isLog: boolean): void {
    if (isLog === this.#isLog) return;
    this.#isLog = isLog;
    this.draw();
  }

  setX(kind: XKind): void {
    if (kind === this.#xKind) return;
    this.#xKind = kind;
    this.zoomTo(null);
    this.draw();
  }

  setSmoothing(hasSmoothing: boolean): void {
    this.#hasSmoothing = hasSmoothing;
  }

  /** Bring one line to the front, the others fade; null for none. */
  lift(id: string | null): void {
    if (id === this.#lifted) return;
    this.#lifted = id;
    this.draw();
  }

  /** Look at part of x, or with null at all. */
  zoomTo(zoom: [number, number] | null): void {
    if (zoom === null && this.#zoom === null) return;
    this.#zoom = zoom;
    this.#tip.hide();
    this.#options.onZoom(this.#xKind === "step" ? zoom : null);
    this.draw();
  }

  /** Draw with the next frame; calling it often costs nothing. */
  draw(): void {
    if (this.#isQueued) return;
    this.#isQueued = true;
    requestAnimationFrame(() => {
      this.#isQueued = false;
      this.#drawNow();
    });
  }

  #watchWidth(signal: AbortSignal): void {
    if (typeof ResizeObserver === "undefined") return;
    const observer = new ResizeObserver(() => {
      const width = Math.floor(this.element.clientWidth);
      if (width <= 0 || width === this.#width) return;
      this.#width = width;
      this.#options.onWidth(width);
      this.draw();
    });
    observer.observe(this.element);
    signal.addEventListener("abort", () => observer.disconnect());
  }

  #drawNow(): void {
    const { height } = this.#options;
    if (this.#width <= 0 || !this.element.isConnected) return;
    const style = getComputedStyle(this.element);
    this.#font = `12px ${style.fontFamily || "sans-serif"}`;
    this.#opacity = Number(style.getPropertyValue("--gd-raw")) || 0.36;
    const [left, right] = this.#xRange();
    const y = this.#yRange(left, right);
    this.#yTicks = y.values;
    this.#plane.x = { min: left, max: right, isLog: false };
    this.#plane.y = { min: y.low, max: y.high, isLog: this.#isLog };
    const context = this.#plane.begin(this.#width, height);
    if (!context) return;
    if (!this.#picture.lines.length) return;
    context.font = this.#font;
    if (this.#widenGutter(context)) this.#plane.begin(this.#width, height);
    this.#paint(context);
    this.#tip.refresh();
  }

  // What is where

  #xs(line: ChartLine): ArrayLike<number> {
    if (this.#xKind === "step") return line.curve.x;
    return line.curve.time.map((t) => t - line.origin);
  }

  #xRange(): [number, number] {
    if (this.#zoom) return this.#zoom;
    let low = Number.POSITIVE_INFINITY;
    let high = Number.NEGATIVE_INFINITY;
    for (const line of this.#picture.lines) {
      const found = extent(this.#xs(line), 0, line.curve.length);
      if (!found) continue;
      low = Math.min(low, found[0]);
      high = Math.max(high, found[1]);
    }
    if (low > high) return [0, this.#picture.end ?? 1];
    if (this.#xKind === "step") high = Math.max(high, this.#picture.end ?? high);
    if (low > 0 && low < high * 0.25) low = 0;
    if (high > low) return [low, high];
    return low > 0 ? [0, 2 * low] : [low, low + 1]; // a single point stands in the middle
  }

  #yRange(left: number, right: number) {
    let low = Number.POSITIVE_INFINITY;
    let high = Number.NEGATIVE_INFINITY;
    for (const line of this.#picture.lines) {
      const xs = this.#xs(line);
      const from = Math.max(firstAtOrAfter(xs, left) - 1, 0);
      const until = Math.min(firstAtOrAfter(xs, right) + 1, xs.length);
      const values = this.#showsRaw() ? line.curve.y : line.curve.smoothed;
      const found = extent(values, from, until, this.#isLog);
      if (!found) continue;
      low = Math.min(low, found[0]);
      high = Math.max(high, found[1]);
    }
    const most = Math.max(Math.round((this.#options.height - TOP - BOTTOM) / 34), 3);
    if (this.#isLog) return low > high ? logTicks(1, 10, most) : logTicks(low, high, most);
    return low > high ? valueTicks(0, 1, most) : valueTicks(low, high, most);
  }

  #showsRaw(): boolean {
    return !this.#hasSmoothing || this.#picture.lines.length <= RAW_LINES_UP_TO;
  }

  #yLabel(value: number): string {
    const largest = Math.max(...this.#yTicks.map(Math.abs));
    return this.#isLog ? formatTick(value, Math.abs(value)) : formatTick(value, largest);
  }

  /** Grows in steps of 12 px and never shrinks, so that the picture does not shake. */
  #widenGutter(context: CanvasRenderingContext2D): boolean {
    const margins: Margins = this.#plane.margins;
    const widths = this.#yTicks.map((tick) => context.measureText(this.#yLabel(tick)).width);
    const wanted = Math.ceil((Math.max(...widths, 0) + 10) / 12) * 12 + 4;
    if (wanted <= margins.left) return false;
    margins.left = wanted;
    return true;
  }

  #readOut(pixel: number): ReadOut | null {
    const plane = this.#plane;
    const at = plane.valueAtLeft(pixel);
    const width = plane.plotWidth;
    let x: number | null = null;
    for (const line of this.#picture.lines) {
      const xs = this.#xs(line);
      const value = xs[nearest(xs, at)];
      if (value !== undefined && (x === null || Math.abs(value - at) < Math.abs(x - at)))
        x = value;
    }
    if (x === null) return null;
    const left = plane.left(x);
    if (left < -1 || left > width + 1) return null;
    const isGroup = this.#picture.lines.length > 1;
    const read: ReadOut = { x, left, width, xKind: this.#xKind, isGroup, entries: [], others: [] };
    for (const line of this.#picture.lines) {
      const xs = this.#xs(line);
      const i = nearest(xs, x);
      const near = xs[i];
      if (near === undefined || Math.abs(plane.left(near) - left) > 6) continue;
      const raw = line.curve.y[i] as number;
      const smoothed = line.curve.smoothed[i] as number;
      const value = this.#hasSmoothing ? smoothed : raw;
      read.entries.push({
        line,
        raw,
        value,
        top: plane.top(value),
        elapsed: (line.curve.time[i] as number) - line.origin,
        isSmoothed: this.#hasSmoothing,
      });
    }
    read.others = this.#samples();
    return read;
  }

  /** Some of the drawn points in pixels, for a tip that covers few of them. */
  #samples(): [number, number][] {
    const points: [number, number][] = [];
    for (const line of this.#picture.lines) {
      const xs = this.#xs(line);
      const values = this.#hasSmoothing ? line.curve.smoothed : line.curve.y;
      const stride = Math.max(Math.floor(xs.length / 120), 1);
      for (let i = 0; i < xs.length; i += stride) {
        points.push([this.#plane.left(xs[i] as number), this.#plane.top(values[i] as number)]);
      }
    }
    return points;
  }

  // Painting, in CSS pixels from the corner of the plotting area

  #paint(ctx: CanvasRenderingContext2D): void {
    const { plotWidth, plotHeight } = this.#plane;
    ctx.save();
    ctx.font = this.#font;
    this.#paintY(ctx);
    this.#paintX(ctx);
    this.#paintNotes(ctx);
    ctx.beginPath();
    ctx.rect(0, -4, plotWidth + RIGHT, plotHeight + 8);
    ctx.clip();
    ctx.lineJoin = "round";
    ctx.lineCap = "round";
    const lifted = this.#picture.lines.find((each) => each.id === this.#lifted);
    for (const each of this.#picture.lines) {
      if (each !== lifted) this.#paintLine(ctx, each, lifted ? 0.25 : 1);
    }
    if (lifted) this.#paintLine(ctx, lifted, 1);
    ctx.restore();
  }

  #paintLine(ctx: CanvasRenderingContext2D, each: ChartLine, opacity: number): void {
    const isGroup = this.#picture.lines.length > 1;
    const colour = this.#colours.get(each.colour);
    const xs = this.#xs(each);
    ctx.strokeStyle = colour;
    ctx.fillStyle = colour;
    if (this.#hasSmoothing && this.#showsRaw()) {
      ctx.globalAlpha = opacity * this.#opacity;
      this.#stroke(ctx, xs, each.curve.y, 1, []);
    }
    ctx.globalAlpha = opacity;
    const values = this.#hasSmoothing ? each.curve.smoothed : each.curve.y;
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
    const from = Math.max(firstAtOrAfter(xs, x.min) - 1, 0);
    const until = Math.min(firstAtOrAfter(xs, x.max) + 1, xs.length);
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
    for (const value of this.#yTicks) {
      const y = this.#plane.crisp(this.#plane.top(value));
      line(ctx, 0, y, plotWidth, y);
      ctx.fillText(this.#yLabel(value), -8, y);
    }
  }

  #paintX(ctx: CanvasRenderingContext2D): void {
    const { plotWidth, plotHeight, x: scale } = this.#plane;
    const unit = this.#xKind === "time" ? timeUnit(scale.max) : { name: "steps", seconds: 1 };
    const most = Math.max(Math.floor(plotWidth / LABELS_APART) + 1, 2);
    const smallest = this.#xKind === "step" ? 1 : 0; // there is no half step
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
    if (this.#xKind !== "step") return;
    ctx.strokeStyle = this.#colours.get("var(--gd-muted)");
    for (const note of this.#picture.notes) {
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
