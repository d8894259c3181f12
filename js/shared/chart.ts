/** The line chart: which part is seen, its scales, its read-out. Each line has its own x and thinning. */
import { extent, firstAtOrAfter, nearest } from "./curve";
import { h } from "./dom";
import { Painter } from "./painter";
import { type Picture, type XKind, xsOf } from "./picture";
import { type Margins, Plane } from "./plane";
import { Colours, watchTheme } from "./theme";
import { formatTick, logTicks, valueTicks } from "./ticks";
import { type ReadOut, Tip } from "./tip";

const TOP = 8;
const RIGHT = 12;
const BOTTOM = 24;
const SMALLEST_GUTTER = 40;
const RAW_LINES_UP_TO = 8;

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
  readonly #painter: Painter;
  #picture: Picture = { lines: [], notes: [], end: null, label: "" };
  #zoom: [number, number] | null = null;
  #isLog = false;
  #xKind: XKind = "step";
  #hasSmoothing = false;
  #lifted: string | null = null;
  #yTicks: number[] = [];
  #width = 0;
  #font = "12px sans-serif";
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
    this.#painter = new Painter(this.#plane, this.#colours);
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
    this.#painter.paint(context, {
      ...this.#picture,
      yTicks: this.#yTicks,
      yLabel: (value) => this.#yLabel(value),
      xKind: this.#xKind,
      hasSmoothing: this.#hasSmoothing,
      showsRaw: this.#showsRaw(),
      rawOpacity: Number(style.getPropertyValue("--gd-raw")) || 0.36,
      lifted: this.#lifted,
      font: this.#font,
    });
    this.#tip.refresh();
  }

  // What is where

  #xRange(): [number, number] {
    if (this.#zoom) return this.#zoom;
    let low = Number.POSITIVE_INFINITY;
    let high = Number.NEGATIVE_INFINITY;
    for (const line of this.#picture.lines) {
      const found = extent(xsOf(line, this.#xKind), 0, line.curve.length);
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
      const xs = xsOf(line, this.#xKind);
      const isOrdered = this.#xKind === "step";
      const from = isOrdered ? Math.max(firstAtOrAfter(xs, left) - 1, 0) : 0;
      const until = isOrdered ? Math.min(firstAtOrAfter(xs, right) + 1, xs.length) : xs.length;
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
      const xs = xsOf(line, this.#xKind);
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
      const xs = xsOf(line, this.#xKind);
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
      const xs = xsOf(line, this.#xKind);
      const values = this.#hasSmoothing ? line.curve.smoothed : line.curve.y;
      const stride = Math.max(Math.floor(xs.length / 120), 1);
      for (let i = 0; i < xs.length; i += stride) {
        points.push([this.#plane.left(xs[i] as number), this.#plane.top(values[i] as number)]);
      }
    }
    return points;
  }
}
