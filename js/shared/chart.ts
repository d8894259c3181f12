/** The line chart: which part is seen, how it is drawn, its read-out. Each line has its own x and thinning. */
import { h, show } from "./dom";
import { Gutter } from "./gutter";
import { Marks } from "./marks";
import type { Picture, XKind } from "./picture";
import { LANE, Plot } from "./plot";
import { type Row, xRange, yTicks } from "./ranges";
import { readOut } from "./read_out";
import { type Look, MAIN, type Scene } from "./scene";
import { Colours, watchTheme } from "./theme";
import { Tip } from "./tip";

const RAW_LINES_UP_TO = 8;

interface ChartOptions {
  height: number;
  look?: Look;
  /** Say the name of a line also where there is only one. */
  isNamed?: boolean;
  /** The room left of the plot, where several charts have the same. */
  gutter?: Gutter;
  onWidth(width: number): void;
  /** The reader looks at this part of x only, or with null at all of it; steps: where x is steps. */
  onZoom(steps: [number, number] | null, zoom: [number, number] | null): void;
  /** A mark was picked: the number to go to, all that it stands for, and itself. */
  onMark(number: number, all: readonly number[], mark: HTMLElement): void;
  /** The reader points at an x, or with null at none any more. */
  onPoint?(x: number | null): void;
  /** It was drawn. */
  onDrawn?(plot: Plot): void;
}

export class Chart {
  readonly element: HTMLElement;
  readonly #options: ChartOptions;
  readonly #look: Look;
  readonly #gutter: Gutter;
  readonly #colours: Colours;
  readonly #tip: Tip;
  readonly #marks: Marks;
  #plot: Plot | null = null;
  #scene: Scene | null = null;
  #chosen: number | null = null;
  #picture: Picture = { lines: [], notes: [], marks: [], end: null, label: "" };
  #zoom: [number, number] | null = null;
  #isLog = false;
  #fitsY = true;
  #xKind: XKind = "step";
  #hasSmoothing = false;
  #lifted: string | null = null;
  #width = 0;
  #height: number;
  #isQueued = false;
  #page: { font: string; rawOpacity: number } | null = null;

  constructor(options: ChartOptions, signal: AbortSignal) {
    this.#options = options;
    this.#look = options.look ?? MAIN;
    this.#gutter = options.gutter ?? new Gutter();
    this.#height = options.height;
    this.element = h("div", { class: "gd-chart", tabindex: 0, role: "group" });
    this.#marks = new Marks(options.onMark);
    this.#colours = new Colours(this.element);
    this.#tip = new Tip(
      this.element,
      (place) =>
        this.#plot &&
        readOut(this.#plot, this.#picture.lines, place, {
          xKind: this.#xKind,
          isSmoothed: this.#hasSmoothing,
          isNamed: options.isNamed ?? false,
        }),
      (x) => options.onPoint?.(x),
    );
    watchTheme(() => {
      this.#colours.forget();
      this.#page = null;
      this.draw();
    }, signal);
    this.#watchWidth(signal);
    this.#gutter.onGrowth(() => this.draw(), signal);
    this.element.addEventListener("dblclick", () => this.zoomTo(null), { signal });
    this.element.addEventListener("keydown", (event) => this.#tip.onKey(event), { signal });
    this.element.addEventListener("blur", () => this.#tip.hide(), { signal });
    signal.addEventListener("abort", () => this.#plot?.destroy());
  }

  get isZoomed(): boolean {
    return this.#zoom !== null;
  }

  get width(): number {
    return this.#width;
  }

  /** What is drawn now, and the canvas it is drawn on; null while there is nothing. */
  get drawn(): { scene: Scene; plot: Plot; colours: Colours } | null {
    if (!this.#scene || !this.#plot) return null;
    return { scene: this.#scene, plot: this.#plot, colours: this.#colours };
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

  /** Whether y spans what is in sight, or all there is. */
  setFitsY(fitsY: boolean): void {
    if (fitsY === this.#fitsY) return;
    this.#fitsY = fitsY;
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

  setHeight(height: number): void {
    if (height === this.#height) return;
    this.#height = height;
    this.draw();
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
    this.showPart(zoom);
    this.#options.onZoom(this.#xKind === "step" ? zoom : null, zoom);
  }

  /** The same, where it was decided elsewhere. */
  showPart(zoom: [number, number] | null): void {
    if (zoom?.[0] === this.#zoom?.[0] && zoom?.[1] === this.#zoom?.[1]) return;
    this.#zoom = zoom;
    this.#tip.hide();
    this.draw();
  }

  /** Mark an x at which the reader points in another chart. */
  pointAt(x: number | null): void {
    this.#tip.follow(x);
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
    const scene = this.#makeScene();
    this.#scene = scene;
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
      const place = { parent: this.element, gutter: this.#gutter };
      this.#plot = new Plot(scene, this.#colours, calls, place);
      this.#plot.over.append(this.#tip.marks);
    }
    this.#tip.refresh();
    this.#options.onDrawn?.(this.#plot);
    if (!scene.hasLane) return;
    if (this.#marks.element.parentElement !== this.element) {
      this.element.append(this.#marks.element);
    }
    this.#marks.place(this.#plot, this.#picture.marks, this.#chosen);
  }

  #makeScene(): Scene {
    const { lines, notes, marks, at = "step" } = this.#picture;
    const look = this.#look;
    const hasLane = marks.length > 0 && this.#xKind === at;
    const bottom = look.bottom + (hasLane ? LANE : 0);
    const height = this.#height + bottom - look.bottom;
    const [xKind, isLog, hasSmoothing] = [this.#xKind, this.#isLog, this.#hasSmoothing];
    const showsRaw = !hasSmoothing || lines.length <= RAW_LINES_UP_TO;
    const y = this.#yTicks(showsRaw, height - look.top - bottom);
    return {
      look,
      lines,
      notes,
      x: this.#zoom ?? xRange(this.#picture, xKind),
      y: [y.low, y.high],
      yTicks: look.linesApart
        ? y.values
        : y.values.filter((_, i, all) => i % (all.length - 1) === 0),
      xKind,
      isLog,
      hasSmoothing,
      showsRaw,
      lifted: this.#lifted,
      hasLane,
      width: this.#width,
      height,
      ...this.#ofPage(),
    };
  }

  #yTicks(showsRaw: boolean, room: number) {
    const { lines, extent } = this.#picture;
    const rows: Row[] = ["low", "high"];
    if (showsRaw) rows.push("y");
    if (this.#hasSmoothing) rows.push("smoothed");
    const { linesApart } = this.#look;
    const most = linesApart ? Math.max(Math.round(room / linesApart), 3) : 6; // of which two are named, near the values
    const all: [number, number] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
    const x = (this.#fitsY && this.#zoom) || all;
    const beyond = this.#fitsY || !this.#zoom ? null : (extent ?? null);
    return yTicks(lines, this.#xKind, x, { rows, isLog: this.#isLog, most, beyond });
  }

  /** What the page says, read once for each theme. */
  #ofPage(): { font: string; rawOpacity: number } {
    if (!this.#page) {
      const style = getComputedStyle(this.element);
      this.#page = {
        font: `12px ${style.fontFamily || "sans-serif"}`,
        rawOpacity: Number(style.getPropertyValue("--gd-raw")) || 0.36,
      };
    }
    return this.#page;
  }
}
