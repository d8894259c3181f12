/** Marks in a lane below the x axis of a chart: a triangle for one thing, a pill with a number for several. */

import { h } from "./dom";
import { formatCount } from "./format";
import { clusters } from "./media/media_words";
import type { Plot } from "./plot";

const APART = 20;

export interface MarkData {
  step: number;
  number: number;
}

/** The number to go to, all that the mark stands for, and itself. */
type OnPick = (number: number, all: readonly number[], mark: HTMLElement) => void;

export class Marks {
  readonly element = h("div", { class: "gd-lane" });
  readonly #onPick: OnPick;
  #last = "";

  constructor(onPick: OnPick) {
    this.#onPick = onPick;
  }

  /** Put them where their steps are; those out of sight are left out. */
  place(plot: Plot, marks: readonly MarkData[], chosen: number | null): void {
    const { left: side, top, width, height } = plot.area;
    const places = marks
      .map(({ step, number }) => ({ left: Math.round(plot.left(step)), number }))
      .filter(({ left }) => left >= 0 && left <= width);
    const found = clusters(places, APART);
    const text = JSON.stringify([found, chosen, side, top, height]);
    if (text === this.#last) return;
    this.#last = text;
    this.element.style.cssText = `left:${side}px;top:${top + height + 7}px`;
    this.element.replaceChildren(
      ...found.map(({ left, numbers }) => this.#mark(left, numbers, chosen)),
    );
  }

  #mark(left: number, numbers: readonly number[], chosen: number | null): HTMLElement {
    const isOn = chosen !== null && numbers.includes(chosen);
    const isOne = numbers.length === 1;
    const label = isOne ? "Media" : `${formatCount(numbers.length)} media`;
    const look = `${isOne ? "gd-mark" : "gd-mark is-pill"}${isOn ? " is-on" : ""}`;
    const mark = h("button", { class: look, type: "button", label, title: label, tabindex: -1 });
    if (!isOne) mark.textContent = formatCount(numbers.length);
    mark.style.left = `${left}px`;
    // Again and again at a pill goes through what is in it.
    const next = numbers[(chosen === null ? -1 : numbers.indexOf(chosen)) + 1] ?? numbers[0];
    mark.addEventListener("click", () => {
      if (next !== undefined) this.#onPick(next, numbers, mark);
    });
    return mark;
  }
}
