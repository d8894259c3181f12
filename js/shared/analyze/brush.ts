/** The brush over the overview: the part that the detail shows, with edges that can be gripped. */
import { h, setAttribute } from "../dom";
import type { XKind } from "../picture";
import type { Plot } from "../plot";
import { dragged, type Grip, gripAt, nudged, partOrNull, rangeText, rounded } from "./brush_range";
import type { Range } from "./model";

const SMALLEST_DRAG_PX = 3;

interface BrushCalls {
  /** Another part is chosen, or with null the whole; `isDone` when the pointer was let go. */
  onPart(part: Range | null, isDone: boolean): void;
}

interface Drag {
  grip: Grip;
  from: number;
  pixel: number;
  part: Range;
  isMoving: boolean;
}

export class Brush {
  readonly element = h("div", { class: "gd-brush" });
  readonly #before = h("i", { class: "gd-brush-out" });
  readonly #after = h("i", { class: "gd-brush-out" });
  readonly #window = h("i", { class: "gd-brush-in" });
  readonly #low = handle("Beginning of the shown part");
  readonly #high = handle("End of the shown part");
  readonly #calls: BrushCalls;
  #plot: Plot | null = null;
  #whole: Range = [0, 1];
  #part: Range | null = null;
  #kind: XKind = "step";
  #drag: Drag | null = null;

  constructor(calls: BrushCalls, signal: AbortSignal) {
    this.#calls = calls;
    this.element.append(this.#before, this.#after, this.#window, this.#low, this.#high);
    this.element.title = "Drag to look at a part; double-click for all";
    const on = <K extends keyof HTMLElementEventMap>(
      name: K,
      does: (event: HTMLElementEventMap[K]) => void,
    ) => this.element.addEventListener(name, does, { signal });
    on("pointerdown", (event) => this.#begin(event));
    on("pointermove", (event) => this.#move(event));
    on("pointerup", () => this.#end());
    on("pointercancel", () => this.#end());
    on("keydown", (event) => this.#onKey(event));
    on("dblclick", (event) => {
      event.stopPropagation();
      this.#choose(null, true);
    });
  }

  get isDragging(): boolean {
    return this.#drag?.isMoving ?? false;
  }

  /** Lie over a plot that has been drawn. */
  place(plot: Plot, whole: readonly [number, number], kind: XKind): void {
    this.#plot = plot;
    this.#whole = [whole[0], whole[1]];
    this.#kind = kind;
    if (this.element.parentElement !== plot.over) plot.over.append(this.element);
    this.#put();
  }

  show(part: Range | null): void {
    this.#part = part;
    this.#put();
  }

  /** The part, or the whole where none is chosen. */
  get #shown(): Range {
    return this.#part ?? this.#whole;
  }

  #put(): void {
    const plot = this.#plot;
    if (!plot) return;
    const { width } = plot.area;
    const inside = (x: number) => Math.min(Math.max(plot.left(x), 0), width);
    const [low, high] = this.#shown.map((x) => Math.round(inside(x))) as [number, number];
    this.element.classList.toggle("is-whole", this.#part === null);
    this.#before.style.cssText = `left:0;width:${low}px`;
    this.#after.style.cssText = `left:${high}px;right:0`;
    this.#window.style.cssText = `left:${low}px;width:${Math.max(high - low, 0)}px`;
    for (const [edge, at, value] of [
      [this.#low, low, this.#shown[0]],
      [this.#high, high, this.#shown[1]],
    ] as const) {
      edge.style.left = `${at}px`;
      setAttribute(edge, "aria-valuemin", `${Math.round(this.#whole[0])}`);
      setAttribute(edge, "aria-valuemax", `${Math.round(this.#whole[1])}`);
      setAttribute(edge, "aria-valuenow", `${Math.round(value)}`);
      setAttribute(edge, "aria-valuetext", rangeText(this.#shown, this.#kind));
    }
  }

  #begin(event: PointerEvent): void {
    const plot = this.#plot;
    if (!plot || event.button !== 0) return;
    event.stopPropagation();
    const pixel = this.#pixel(event);
    const part: Range = [...this.#shown];
    const edges = [plot.left(part[0]), plot.left(part[1])] as const;
    const grip = gripAt(pixel, edges, { isWhole: this.#part === null });
    this.#drag = { grip, from: plot.valueAt(pixel), pixel, part, isMoving: false };
    this.element.setPointerCapture?.(event.pointerId);
    if (grip === "low" || grip === "high") {
      (grip === "low" ? this.#low : this.#high).focus({ preventScroll: true });
      event.preventDefault();
    }
  }

  #move(event: PointerEvent): void {
    const [plot, drag] = [this.#plot, this.#drag];
    if (!plot) return;
    const pixel = this.#pixel(event);
    if (!drag) {
      const edges = [plot.left(this.#shown[0]), plot.left(this.#shown[1])] as const;
      const grip = gripAt(pixel, edges, { isWhole: this.#part === null });
      this.element.style.cursor = CURSORS[grip];
      return;
    }
    if (!drag.isMoving && Math.abs(pixel - drag.pixel) < SMALLEST_DRAG_PX) return;
    drag.isMoving = true;
    const to = plot.valueAt(pixel);
    this.#choose(dragged(drag.part, drag.grip, [drag.from, to], this.#whole), false);
  }

  #end(): void {
    const drag = this.#drag;
    this.#drag = null;
    if (drag?.isMoving) this.#choose(this.#part, true);
  }

  #onKey(event: KeyboardEvent): void {
    const edge = event.target as Element;
    if (edge !== this.#low && edge !== this.#high) return;
    if (event.key === "Escape" || event.key === "Delete") this.#choose(null, true);
    else {
      const by = KEYS[event.key] ?? 0;
      if (!by) return;
      const grip = event.altKey ? "middle" : edge === this.#low ? "low" : "high";
      const far = event.shiftKey ? 10 * by : by;
      this.#choose(nudged(this.#shown, grip, far, this.#whole), true);
    }
    event.preventDefault();
    event.stopPropagation(); // the notebook would move to another cell
  }

  #choose(part: Range | null, isDone: boolean): void {
    const chosen = part && partOrNull(rounded(part, this.#kind), this.#whole);
    this.#part = chosen;
    this.#put();
    this.#calls.onPart(chosen, isDone);
  }

  #pixel(event: PointerEvent): number {
    return event.clientX - this.element.getBoundingClientRect().left;
  }
}

const CURSORS: Record<Grip, string> = {
  low: "ew-resize",
  high: "ew-resize",
  middle: "grab",
  new: "crosshair",
};

const KEYS: Record<string, number> = {
  ArrowLeft: -1,
  ArrowDown: -1,
  ArrowRight: 1,
  ArrowUp: 1,
  PageDown: -10,
  PageUp: 10,
  Home: -1000,
  End: 1000,
};

function handle(label: string): HTMLElement {
  return h("div", {
    class: "gd-brush-edge",
    role: "slider",
    tabindex: 0,
    label,
    "aria-orientation": "horizontal",
  });
}
