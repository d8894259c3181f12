/** The line chart: which part is seen, how it is drawn, its read-out. Each line has its own x and thinning. */
import { h, show } from "./dom";
import { Marks } from "./marks";
import type { Picture, XKind } from "./picture";
import { BOTTOM, LANE, Plot, TOP } from "./plot";
import { xRange, yTicks } from "./ranges";
import { readOut } from "./read_out";
import type { Scene } from "./scene";
import { Colours, watchTheme } from "./theme";
import { Tip } from "./tip";

const RAW_LINES_UP_TO = 8;

interface ChartOptions {
  height: number;
  onWidth(width: number): void;
  /** The reader looks at these steps only, or with null at all. */
  onZoom(between: [number, number] | null): void;
  /** A mark was picked, by its number. */
  onMark(number: number): void;
}

export class Chart {
  readonly element: HTMLElement;
  readonly #options: ChartOptions;
  readonly #colours: Colours;
  readonly #tip: Tip;
  readonly #marks: Marks;
  #plot: Plot | null = null;
  #chosen: number | null = null;
  #picture: Picture = { lines: [], notes: [], marks: [], end: null, label: "" };
  #zoom: [number, number] | null = null;
  #isLog = false;
  #xKind: XKind = "step";
  #hasSmoothing = false;
  #lifted: string | null = null;
  #width = 0;
  #isQueued = false;

  constructor(options: ChartOptions, signal: AbortSignal) {
    this.#options = options;
    this.element = h("div", { class: "gd-chart", tabindex: 0, role: "img" });
    this.#marks = new Marks(options.onMark);
    this.#colours = new Colours(this.element);
    const read = (pixel: number) =>
      this.#plot &&
      readOut(this.#plot, this.#picture.lines, this.#xKind, this.#hasSmoothing, pixel);
    this.#tip = new Tip(this.element, read);
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

  /** Let one mark stand out. */
  choose(number: number | null): void {
    this.#chosen = number;
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
    if (this.#width <= 0 || !this.element.isConnected) return;
    const scene = this.#scene();
    this.element.style.height = `${scene.height}px`;
    if (this.#plot && !(scene.lines.length && this.#plot.fits(scene))) {
      this.#plot.destroy();
      this.#plot = null;
    }
    show(this.#marks.element, scene.hasLane);
    if (!scene.lines.length) return;
    if (this.#plot) this.#plot.show(scene);
    else {
      const calls = {
        onPointer: (pixel: number) => this.#tip.at(pixel),
        onSelect: (from: number, to: number) => this.zoomTo([from, to]),
      };
      this.#plot = new Plot(scene, this.#colours, calls, this.element);
      this.#plot.over.append(this.#tip.marks);
    }
    this.#tip.refresh();
    if (!scene.hasLane) return;
    this.element.append(this.#marks.element);
    this.#marks.place(this.#plot, this.#picture.marks, this.#chosen);
  }

  #scene(): Scene {
    const { lines, notes } = this.#picture;
    const style = getComputedStyle(this.element);
    const hasLane = this.#picture.marks.length > 0 && this.#xKind === "step";
    const bottom = BOTTOM + (hasLane ? LANE : 0);
    const height = this.#options.height + bottom - BOTTOM;
    const [xKind, isLog, hasSmoothing] = [this.#xKind, this.#isLog, this.#hasSmoothing];
    const showsRaw = !hasSmoothing || lines.length <= RAW_LINES_UP_TO;
    const x = this.#zoom ?? xRange(this.#picture, xKind);
    const rows = (["y", "smoothed"] as const).filter((row) =>
      row === "y" ? showsRaw : hasSmoothing,
    );
    const y = yTicks(lines, xKind, x, { rows, isLog, height: height - TOP - bottom });
    return {
      lines,
      notes,
      x,
      y: [y.low, y.high],
      yTicks: y.values,
      xKind,
      isLog,
      hasSmoothing,
      showsRaw,
      rawOpacity: Number(style.getPropertyValue("--gd-raw")) || 0.36,
      lifted: this.#lifted,
      hasLane,
      width: this.#width,
      height,
      font: `12px ${style.fontFamily || "sans-serif"}`,
    };
  }
}
