/** The read-out of a chart: a vertical line, a dot on each curve, and a small table beside them. */

import { h, show } from "./dom";
import { formatClock, formatCount, formatDuration, formatValue } from "./format";
import type { ChartLine, XKind } from "./picture";
import type { Place } from "./read_out";
import { stripe } from "./theme";

const BESIDE = 12;
const MOST_ROWS = 12;

export interface Entry {
  line: ChartLine;
  value: number;
  raw: number;
  isSmoothed: boolean;
  /** Pixels from the left and the top of the plotting area. */
  left: number;
  top: number;
  /** Seconds since its simulation began. */
  elapsed: number;
}

export interface ReadOut {
  x: number;
  xKind: XKind;
  left: number;
  width: number;
  isGroup: boolean;
  entries: Entry[];
  others: [number, number][];
}

export class Tip {
  /** Lies over the plotting area and holds line, dots and table. */
  readonly marks = h("div", { class: "gd-marks", hidden: true });
  readonly #line = h("div", { class: "gd-cursor" });
  readonly #dots = h("div");
  readonly #table = h("div", { class: "gd-tip", role: "status" });
  readonly #read: (place: Place) => ReadOut | null;
  readonly #onPoint: (x: number | null) => void;
  readonly #chart: HTMLElement;
  #pixel = -1;
  /** The x of another chart that is followed, or null. */
  #followed: number | null = null;
  #told: number | null = null;
  #place = 0;

  /** Tells at which x the reader points, and with null when no more. */
  constructor(
    chart: HTMLElement,
    read: (place: Place) => ReadOut | null,
    onPoint: (x: number | null) => void = () => {},
  ) {
    this.#chart = chart;
    this.#read = read;
    this.#onPoint = onPoint;
    this.marks.append(this.#line, this.#dots, this.#table);
  }

  /** Show what is at a pixel of the plotting area; a negative one hides it. */
  at(pixel: number): void {
    this.#pixel = pixel;
    const read = pixel >= 0 ? this.#read({ pixel }) : null;
    if (read?.entries.length) {
      this.#followed = null;
      show(this.#table, true);
      this.#put(read);
      this.#table.replaceChildren(...rows(read));
      this.#putTable(read);
      this.#tell(read.x);
    } else {
      if (this.#followed === null) show(this.marks, false);
      this.#tell(null);
    }
  }

  /** Mark an x that is read in another chart, without a table; null ends it. */
  follow(x: number | null): void {
    if (this.#told !== null || (x === null && this.#followed === null)) return;
    this.#followed = x;
    const read = x === null ? null : this.#read({ x });
    show(this.#table, false);
    // Many dots in many charts would follow late, and say nothing.
    if (read && read.entries.length > MOST_ROWS) read.entries = [];
    if (read) this.#put(read);
    else show(this.marks, false);
  }

  /** Show the same place again, after the lines have changed. */
  refresh(): void {
    if (this.#followed !== null) this.follow(this.#followed);
    else if (!this.marks.hidden) this.at(this.#pixel);
  }

  hide(): void {
    if (this.#pixel >= 0 || this.#told !== null) this.at(-1);
    else if (this.#followed === null) show(this.marks, false);
  }

  #tell(x: number | null): void {
    if (x === this.#told) return;
    this.#told = x;
    this.#onPoint(x);
  }

  #put(read: ReadOut): void {
    show(this.marks, true);
    this.#line.style.transform = `translateX(${Math.round(read.left)}px)`;
    const drawn = read.entries.filter((entry) => Number.isFinite(entry.top));
    // Kept from one place to the next: many charts follow each move of the pointer.
    while (this.#dots.childElementCount < drawn.length) {
      this.#dots.append(h("i", { class: "gd-dot" }));
    }
    for (const [i, dot] of [...this.#dots.children].entries()) {
      const entry = drawn[i];
      show(dot as HTMLElement, entry !== undefined);
      if (!entry) continue;
      const { style } = dot as HTMLElement;
      style.transform = `translate(${entry.left}px, ${entry.top}px)`;
      style.setProperty("--c", entry.line.colour);
    }
  }

  onKey(event: KeyboardEvent): void {
    const by = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (event.key === "Escape") this.hide();
    if (!by || event.target !== this.#chart) return;
    event.preventDefault();
    event.stopPropagation(); // the notebook would move to another cell
    const before = this.#pixel >= 0 ? this.#read({ pixel: this.#pixel }) : null;
    if (!before) {
      const width = this.marks.parentElement?.clientWidth ?? 0;
      this.at(by > 0 ? 0 : width);
      return;
    }
    // Points may be closer than a pixel: go on until another one is read.
    for (let pixel = before.left + by; pixel >= 0 && pixel <= before.width; pixel += by) {
      const read = this.#read({ pixel });
      if (read && read.x !== before.x) {
        this.at(Math.min(Math.max(read.left, 0), before.width));
        return;
      }
    }
  }

  /** Beside the line, where it covers fewest points; it stays where it is unless that is much worse. */
  #putTable(read: ReadOut): void {
    const { offsetWidth: w, offsetHeight: height } = this.#table;
    const room = this.marks.clientHeight;
    const places: [number, number][] = [];
    for (const left of [read.left + BESIDE, read.left - BESIDE - w]) {
      for (const top of [0, Math.max(room - height - 4, 0)]) places.push([left, top]);
    }
    const costs = places.map(([left, top], i) => {
      const isOut = left < -40 || left + w > read.width + 12;
      const covered = read.others.filter(
        ([x, y]) => x > left - 4 && x < left + w + 4 && y > top - 4 && y < top + height + 4,
      );
      return covered.length + (isOut ? 1e6 : 0) + (i === this.#place ? -3 : 0);
    });
    this.#place = costs.indexOf(Math.min(...costs));
    const [left, top] = places[this.#place] ?? [0, 0];
    this.#table.style.left = `${Math.round(left)}px`;
    this.#table.style.top = `${Math.round(top)}px`;
  }
}

function rows(read: ReadOut): HTMLElement[] {
  const isStep = read.xKind === "step";
  const head = row(null, isStep ? "step" : "time", xText(read.x, read.xKind), true);
  if (read.isGroup) {
    const sorted = [...read.entries].sort((a, b) => b.value - a.value);
    const shown = sorted
      .slice(0, MOST_ROWS)
      .map((e) => row(e.line.colour, e.line.name, formatValue(e.value), false, e.line.dash));
    const more = sorted.length - shown.length;
    return [head, ...shown, ...(more ? [row(null, `${more} more`, "", true)] : [])];
  }
  const entry = read.entries[0];
  if (!entry) return [head];
  const faint = `color-mix(in srgb, ${entry.line.colour} 40%, transparent)`;
  const values = entry.isSmoothed
    ? [
        row(entry.line.colour, "smoothed", formatValue(entry.value)),
        row(faint, "raw", formatValue(entry.raw)),
      ]
    : [row(entry.line.colour, "value", formatValue(entry.raw))];
  const at = isStep
    ? row(null, "at", formatDuration(entry.elapsed), true)
    : row(null, "step", formatCount(stepOf(entry, read)), true);
  return [head, ...values, at];
}

/** A place on the x axis in words. */
export function xText(x: number, kind: XKind): string {
  if (kind === "wall") return formatClock(x);
  return kind === "step" ? formatCount(x) : formatDuration(x);
}

function stepOf(entry: Entry, read: ReadOut): number {
  const { time, x } = entry.line.curve;
  let best = 0;
  for (let i = 1; i < time.length; i++) {
    const distance = Math.abs((time[i] as number) - entry.line.origin - read.x);
    if (distance < Math.abs((time[best] as number) - entry.line.origin - read.x)) best = i;
  }
  return x[best] ?? 0;
}

function row(
  colour: string | null,
  name: string,
  value: string,
  isMuted = false,
  dash: readonly number[] = [],
): HTMLElement {
  const swatch = colour ? h("i", { class: "gd-swatch" }) : null;
  swatch?.style.setProperty("--c", colour);
  if (swatch) stripe(swatch, dash);
  return h(
    "div",
    { class: isMuted ? "gd-muted" : "" },
    swatch,
    h("span", { class: "gd-clip", text: name }),
    h("span", { text: value }),
  );
}
