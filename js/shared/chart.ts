/**
 * The line chart: uPlot holds the scales, the canvas, the cursor and the zoom; the lines, axes and
 * labels are drawn here, because each line has its own x and its own thinning.
 */
import uPlot from "uplot";
import type { Curve } from "./curve";
import { extent, firstAtOrAfter, nearest } from "./curve";
import { h } from "./dom";
import { formatTick, innerTicks, logTicks, timeUnit, valueTicks } from "./ticks";
import { Colours, watchTheme } from "./theme";
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
  #plot: uPlot | null = null;
  #picture: Picture = { lines: [], notes: [], end: null, label: "" };
  #zoom: [number, number] | null = null;
  #isLog = false;
  #xKind: XKind = "step";
  #hasSmoothing = false;
  #lifted: string | null = null;
  #gutter = SMALLEST_GUTTER;
  #yTicks: number[] = [];
  #width = 0;
  #font = "12px sans-serif";
  #isQueued = false;

  constructor(options: ChartOptions, signal: AbortSignal) {
    this.#options = options;
    this.element = h("div", { class: "gd-chart", tabindex: 0, role: "img" });
    this.element.style.height = `${options.height}px`;
    this.#colours = new Colours(this.element);
    this.#tip = new Tip(this.element, (x) => this.#readOut(x));
    watchTheme(() => {
      this.#colours.forget();
      this.draw();
    }, signal);
    this.#watchWidth(signal);
    this.element.addEventListener("dblclick", () => this.zoomTo(null), { signal });
    this.element.addEventListener("keydown", (event) => this.#tip.onKey(event), { signal });
    this.element.addEventListener("blur", () => this.#tip.hide(), { signal });
    signal.addEventListener("abort", () => this.#plot?.destroy());
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
    this.#plot?.destroy(); // a scale keeps its distribution
    this.#plot = null;
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
    const [left, right] = this.#xRange();
    const y = this.#yRange(left, right);
    this.#yTicks = y.values;
    this.#widenGutter(y.values);
    const plot = this.#plot ?? this.#makePlot();
    plot.batch(() => {
      if (plot.width !== this.#width) plot.setSize({ width: this.#width, height });
      plot.setScale("x", { min: left, max: right });
      plot.setScale("y", { min: y.low, max: y.high });
      plot.redraw(false, true);
    });
    this.#tip.refresh();
  }

  #makePlot(): uPlot {
    const plot = new uPlot(
      {
        width: this.#width,
        height: this.#options.height,
        padding: [TOP, RIGHT, BOTTOM, () => this.#gutter],
        legend: { show: false },
        axes: [{ show: false }, { show: false }],
        series: [{}, { show: false }],
        scales: {
          x: { time: false, auto: false },
          y: { auto: false, distr: this.#isLog ? 3 : 1 },
        },
        cursor: {
          x: false,
          y: false,
          points: { show: false },
          drag: { x: true, y: false, setScale: false, dist: 4 },
          bind: { dblclick: () => null },
        },
        hooks: {
          draw: [(u) => this.#paint(u)],
          setCursor: [(u) => this.#tip.at(u.cursor.left ?? -1)],
          setSelect: [(u) => this.#onSelect(u)],
        },
      },
      [
        [0, 1],
        [null, null],
      ],
      this.element,
    );
    plot.over.append(this.#tip.marks);
    this.#plot = plot;
    return plot;
  }

  #onSelect(u: uPlot): void {
    const { left, width } = u.select;
    if (width < 4) return;
    const between: [number, number] = [u.posToVal(left, "x"), u.posToVal(left + width, "x")];
    u.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false);
    if (between[1] > between[0]) this.zoomTo(between);
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
    return high > low ? [low, high] : [low - 0.5, low + 0.5];
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
  #widenGutter(ticks: number[]): void {
    const context = this.#plot?.ctx ?? document.createElement("canvas").getContext("2d");
    if (!context) return;
    context.save();
    context.font = this.#font;
    const widest = Math.max(...ticks.map((t) => context.measureText(this.#yLabel(t)).width), 0);
    context.restore();
    const wanted = Math.max(Math.ceil((widest + 10) / 12) * 12 + 4, SMALLEST_GUTTER);
    if (wanted <= this.#gutter) return;
    this.#gutter = wanted;
    this.#plot?.destroy();
    this.#plot = null;
  }

  #readOut(pixel: number): ReadOut | null {
    const u = this.#plot;
    if (!u) return null;
    const at = u.posToVal(pixel, "x");
    const width = u.over.clientWidth;
    let x: number | null = null;
    for (const line of this.#picture.lines) {
      const xs = this.#xs(line);
      const value = xs[nearest(xs, at)];
      if (value !== undefined && (x === null || Math.abs(value - at) < Math.abs(x - at))) x = value;
    }
    if (x === null) return null;
    const left = u.valToPos(x, "x");
    if (left < -1 || left > width + 1) return null;
    const isGroup = this.#picture.lines.length > 1;
    const read: ReadOut = { x, left, width, xKind: this.#xKind, isGroup, entries: [], others: [] };
    for (const line of this.#picture.lines) {
      const xs = this.#xs(line);
      const i = nearest(xs, x);
      const near = xs[i];
      if (near === undefined || Math.abs(u.valToPos(near, "x") - left) > 6) continue;
      const raw = line.curve.y[i] as number;
      const smoothed = line.curve.smoothed[i] as number;
      const value = this.#hasSmoothing ? smoothed : raw;
      read.entries.push({
        line,
        raw,
        value,
        top: u.valToPos(value, "y"),
        elapsed: (line.curve.time[i] as number) - line.origin,
        isSmoothed: this.#hasSmoothing,
      });
    }
    read.others = this.#samples(u);
    return read;
  }

  /** Some of the drawn points in pixels, for a tip that covers few of them. */
  #samples(u: uPlot): [number, number][] {
    const points: [number, number][] = [];
    for (const line of this.#picture.lines) {
      const xs = this.#xs(line);
      const values = this.#hasSmoothing ? line.curve.smoothed : line.curve.y;
      const stride = Math.max(Math.floor(xs.length / 120), 1);
      for (let i = 0; i < xs.length; i += stride) {
        points.push([u.valToPos(xs[i] as number, "x"), u.valToPos(values[i] as number, "y")]);
      }
    }
    return points;
  }

  // Painting, in canvas pixels

  #paint(u: uPlot): void {
    const { ctx } = u;
    const { left, top, width, height } = u.bbox;
    ctx.save();
    this.#paintAxes(u);
    ctx.beginPath();
    ctx.rect(left, top - 4 * uPlot.pxRatio, width + RIGHT * uPlot.pxRatio, height + 8 * uPlot.pxRatio);
    ctx.clip();
    ctx.lineJoin = "round";
    ctx.lineCap = "round";
    const lifted = this.#lifted;
    const lines = this.#picture.lines.filter((line) => line.id !== lifted);
    const last = this.#picture.lines.find((line) => line.id === lifted);
    for (const line of lines) this.#paintLine(u, line, last ? 0.25 : 1);
    if (last) this.#paintLine(u, last, 1);
    ctx.restore();
  }

  #paintLine(u: uPlot, line: ChartLine, opacity: number): void {
    const { ctx } = u;
    const isGroup = this.#picture.lines.length > 1;
    const colour = this.#colours.get(line.colour);
    const xs = this.#xs(line);
    ctx.strokeStyle = colour;
    ctx.fillStyle = colour;
    if (this.#hasSmoothing && this.#showsRaw()) {
      ctx.globalAlpha = opacity * this.#rawOpacity() * (isGroup ? 0.8 : 1);
      this.#stroke(u, xs, line.curve.y, 1, []);
    }
    ctx.globalAlpha = opacity;
    const values = this.#hasSmoothing ? line.curve.smoothed : line.curve.y;
    const end = this.#stroke(u, xs, values, isGroup ? 1.75 : 2, line.dash);
    if (end && line.isLive) this.#dot(ctx, end[0], end[1]);
    ctx.globalAlpha = 1;
  }

  /** Draws a line with its gaps; a point alone becomes a dot. Returns the last point. */
  #stroke(
    u: uPlot,
    xs: ArrayLike<number>,
    values: ArrayLike<number>,
    width: number,
    dash: readonly number[],
  ): [number, number] | null {
    const { ctx } = u;
    const from = Math.max(firstAtOrAfter(xs, u.scales["x"]?.min ?? 0) - 1, 0);
    const until = Math.min(firstAtOrAfter(xs, u.scales["x"]?.max ?? 1) + 1, xs.length);
    ctx.lineWidth = width * uPlot.pxRatio;
    ctx.setLineDash(dash.map((d) => d * uPlot.pxRatio));
    ctx.beginPath();
    let run = 0;
    let last: [number, number] | null = null;
    const alone: [number, number][] = [];
    for (let i = from; i < until; i++) {
      const value = values[i] as number;
      if (!Number.isFinite(value) || (this.#isLog && value <= 0)) {
        if (run === 1 && last) alone.push(last);
        run = 0;
        continue;
      }
      last = [u.valToPos(xs[i] as number, "x", true), u.valToPos(value, "y", true)];
      if (run === 0) ctx.moveTo(last[0], last[1]);
      else ctx.lineTo(last[0], last[1]);
      run += 1;
    }
    if (run === 1 && last) alone.push(last);
    ctx.stroke();
    ctx.setLineDash([]);
    if (width > 1) for (const [x, y] of alone) this.#dot(ctx, x, y);
    return last;
  }

  #dot(ctx: CanvasRenderingContext2D, x: number, y: number): void {
    ctx.beginPath();
    ctx.arc(x, y, 3 * uPlot.pxRatio, 0, 2 * Math.PI);
    ctx.fill();
  }

  #rawOpacity(): number {
    return Number(getComputedStyle(this.element).getPropertyValue("--gd-raw")) || 0.36;
  }

  #paintAxes(u: uPlot): void {
    const { ctx } = u;
    const { left, top, width, height } = u.bbox;
    const px = uPlot.pxRatio;
    const bottom = Math.round(top + height);
    ctx.font = this.#font.replace("12px", `${12 * px}px`);
    ctx.lineWidth = px;
    ctx.textBaseline = "middle";
    ctx.textAlign = "right";
    for (const value of this.#yTicks) {
      const y = Math.round(u.valToPos(value, "y", true)) + px / 2;
      ctx.strokeStyle = this.#colours.get("var(--gd-line)");
      line(ctx, left, y, left + width, y);
      ctx.fillStyle = this.#colours.get("var(--gd-muted)");
      ctx.fillText(this.#yLabel(value), left - 8 * px, y);
    }
    ctx.strokeStyle = this.#colours.get("var(--gd-field)");
    line(ctx, left, bottom + px / 2, left + width, bottom + px / 2);
    this.#paintX(u, bottom);
    this.#paintNotes(u);
  }

  #paintX(u: uPlot, bottom: number): void {
    const { ctx } = u;
    const px = uPlot.pxRatio;
    const { left, width } = u.bbox;
    const min = u.scales["x"]?.min ?? 0;
    const max = u.scales["x"]?.max ?? 1;
    const isTime = this.#xKind === "time";
    const unit = isTime ? timeUnit(max) : { name: "steps", seconds: 1 };
    const most = Math.floor(width / px / LABELS_APART) + 1;
    const ticks = innerTicks(min / unit.seconds, max / unit.seconds, Math.max(most, 2));
    ctx.textBaseline = "alphabetic";
    ctx.fillStyle = this.#colours.get("var(--gd-muted)");
    ctx.strokeStyle = this.#colours.get("var(--gd-field)");
    for (const [i, tick] of ticks.entries()) {
      const x = Math.round(u.valToPos(tick * unit.seconds, "x", true)) + px / 2;
      line(ctx, x, bottom, x, bottom + 4 * px);
      const isLast = i === ticks.length - 1;
      const text = formatTick(tick, Math.abs(max / unit.seconds)) + (isLast ? ` ${unit.name}` : "");
      const half = ctx.measureText(text).width / 2;
      // The first and the last label turn inwards rather than being cut.
      const isCutLeft = x - half < left - 4 * px;
      const isCutRight = x + half > left + width + 2 * px;
      ctx.textAlign = isCutLeft || (i === 0 && x - left < 2) ? "left" : isCutRight ? "right" : "center";
      const at = ctx.textAlign === "right" ? Math.max(x, left + width) : x;
      ctx.fillText(text, isCutRight ? at : x, bottom + 19 * px);
    }
  }

  #paintNotes(u: uPlot): void {
    const { ctx } = u;
    const px = uPlot.pxRatio;
    const { left, top, width, height } = u.bbox;
    if (this.#xKind !== "step") return;
    ctx.textBaseline = "alphabetic";
    for (const note of this.#picture.notes) {
      const x = Math.round(u.valToPos(note.x, "x", true)) + px / 2;
      if (x < left || x > left + width + px) continue;
      ctx.strokeStyle = this.#colours.get("var(--gd-muted)");
      ctx.setLineDash([2 * px, 3 * px]);
      line(ctx, x, top, x, top + height);
      ctx.setLineDash([]);
      const isRoom = x + ctx.measureText(note.text).width + 12 * px < left + width;
      ctx.textAlign = isRoom ? "left" : "right";
      ctx.fillStyle = this.#colours.get("var(--gd-muted)");
      ctx.fillText(note.text, x + (isRoom ? 6 : -6) * px, top + 11 * px);
    }
  }
}

function line(ctx: CanvasRenderingContext2D, x0: number, y0: number, x1: number, y1: number): void {
  ctx.beginPath();
  ctx.moveTo(x0, y0);
  ctx.lineTo(x1, y1);
  ctx.stroke();
}
