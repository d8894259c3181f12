/**
 * The plane of a chart: a canvas, two scales, and the pointer over it (read, and drag to select).
 *
 * Small on purpose. Every widget carries its own copy of its bundle, and lines that each have their own
 * x and their own thinning do not fit the common table of x that chart libraries draw from.
 */
import { h } from "./dom";

const SMALLEST_DRAG = 4;

export interface Scale {
  min: number;
  max: number;
  isLog: boolean;
}

/** Edges of the plotting area in CSS pixels. */
export interface Margins {
  top: number;
  right: number;
  bottom: number;
  left: number;
}

interface PlaneCalls {
  /** The pointer is at so many pixels from the left of the plotting area; -1 when it left. */
  onPointer(pixel: number): void;
  /** So much was selected, in pixels from the left of the plotting area. */
  onSelect(from: number, to: number): void;
}

/** Where a value lies between the ends of a scale, 0 to 1 inside. Pure. */
export function share(scale: Scale, value: number): number {
  const { min, max, isLog } = scale;
  if (!isLog) return (value - min) / (max - min);
  if (value <= 0) return Number.NaN;
  return (Math.log10(value) - Math.log10(min)) / (Math.log10(max) - Math.log10(min));
}

/** The value at a share of a scale; undoes `share`. Pure. */
export function valueAt(scale: Scale, part: number): number {
  const { min, max, isLog } = scale;
  if (!isLog) return min + part * (max - min);
  return 10 ** (Math.log10(min) + part * (Math.log10(max) - Math.log10(min)));
}

export class Plane {
  readonly element = h("div", { class: "gd-plane" });
  /** Lies over the plotting area. */
  readonly over = h("div", { class: "gd-over" });
  readonly canvas = h("canvas", { "aria-hidden": "true" });
  readonly margins: Margins;
  x: Scale = { min: 0, max: 1, isLog: false };
  y: Scale = { min: 0, max: 1, isLog: false };
  #width = 0;
  #height = 0;
  #ratio = 1;
  readonly #selection = h("div", { class: "gd-selection", hidden: true });
  readonly #calls: PlaneCalls;

  constructor(margins: Margins, calls: PlaneCalls, signal: AbortSignal) {
    this.margins = margins;
    this.#calls = calls;
    this.element.append(this.canvas, this.over);
    this.over.append(this.#selection);
    this.#listen(signal);
  }

  /** Size of the plotting area in CSS pixels. */
  get plotWidth(): number {
    return Math.max(this.#width - this.margins.left - this.margins.right, 1);
  }

  get plotHeight(): number {
    return Math.max(this.#height - this.margins.top - this.margins.bottom, 1);
  }

  /** Pixels from the left of the plotting area. */
  left(value: number): number {
    return share(this.x, value) * this.plotWidth;
  }

  /** Pixels from the top of the plotting area. */
  top(value: number): number {
    return (1 - share(this.y, value)) * this.plotHeight;
  }

  valueAtLeft(pixel: number): number {
    return valueAt(this.x, pixel / this.plotWidth);
  }

  /**
   * Make room and clear; returns what to draw with, in CSS pixels from the corner of the plotting
   * area, or null where there is no canvas.
   */
  begin(width: number, height: number): CanvasRenderingContext2D | null {
    const ratio = globalThis.devicePixelRatio || 1;
    if (width !== this.#width || height !== this.#height || ratio !== this.#ratio) {
      this.#width = width;
      this.#height = height;
      this.#ratio = ratio;
      this.canvas.width = Math.round(width * ratio);
      this.canvas.height = Math.round(height * ratio);
      this.canvas.style.cssText = `width:${width}px;height:${height}px`;
    }
    const { left, top } = this.margins;
    this.over.style.cssText = `left:${left}px;top:${top}px;width:${this.plotWidth}px;height:${this.plotHeight}px`;
    const context = this.canvas.getContext("2d");
    if (!context) return null;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, this.canvas.width, this.canvas.height);
    context.setTransform(ratio, 0, 0, ratio, left * ratio, top * ratio);
    return context;
  }

  /** The middle of the nearest device pixel, where a thin line is sharp. */
  crisp(pixel: number): number {
    return (Math.round(pixel * this.#ratio) + 0.5) / this.#ratio;
  }

  #listen(signal: AbortSignal): void {
    let start: number | null = null;
    const { over } = this;
    const pixel = (event: PointerEvent) => {
      const at = event.clientX - over.getBoundingClientRect().left;
      return Math.min(Math.max(at, 0), this.plotWidth);
    };
    const stop = () => {
      start = null;
      this.#selection.hidden = true;
    };
    const on = (name: string, handler: (event: PointerEvent) => void) =>
      over.addEventListener(name, handler as (event: Event) => void, { signal });
    on("pointerdown", (event) => {
      if (event.button !== 0) return;
      start = pixel(event);
      over.setPointerCapture?.(event.pointerId);
    });
    on("pointermove", (event) => {
      const at = pixel(event);
      const isDrag = start !== null && Math.abs(at - start) >= SMALLEST_DRAG;
      if (start !== null) this.#select(Math.min(start, at), Math.max(start, at), isDrag);
      this.#calls.onPointer(isDrag ? -1 : at);
    });
    on("pointerup", (event) => {
      const from = start;
      const to = pixel(event);
      stop();
      if (from !== null && Math.abs(to - from) >= SMALLEST_DRAG) {
        this.#calls.onSelect(Math.min(from, to), Math.max(from, to));
      }
    });
    on("pointercancel", stop);
    on("pointerleave", () => start === null && this.#calls.onPointer(-1));
  }

  #select(from: number, to: number, isShown: boolean): void {
    this.#selection.hidden = !isShown;
    this.#selection.style.left = `${from}px`;
    this.#selection.style.width = `${to - from}px`;
  }
}
