/** One histogram: its bars, and below them whose it is. */
import { h, setAttribute, setText } from "../dom";
import { formatCount } from "../format";
import { seriesLook } from "../theme";
import { drawHistogram } from "./histogram";
import type { Item } from "./library";
import { describe, Line, type Surroundings, Swatch, type Thing } from "./tile";

export class HistogramTile implements Thing {
  readonly element: HTMLButtonElement;
  readonly #around: Surroundings;
  readonly #thumb = h("span", { class: "gd-thumb" });
  readonly #swatch = new Swatch();
  readonly #name = document.createTextNode("");
  readonly #line = new Line();
  #item: Item | null = null;
  #isThere = true;

  constructor(around: Surroundings) {
    this.#around = around;
    this.#line.left.append(this.#swatch.element, this.#name);
    this.element = h("button", { class: "gd-tile", type: "button" }, this.#thumb);
    this.element.append(this.#line.element);
    this.element.addEventListener("click", () => this.#item && around.open(this.#item));
  }

  show(item: Item): void {
    const sim = this.#around.sim(item.simId);
    this.#swatch.show(sim.colour);
    this.#thumb.style.setProperty("--c", seriesLook(sim.colour).colour);
    if (this.#name.data !== sim.name) this.#name.data = sim.name;
    setAttribute(this.#line.left, "title", sim.name);
    setText(this.#line.right, `step ${formatCount(item.step)}`);
    setAttribute(this.element, "aria-label", describe(item, sim.name));
    if (this.#item?.number === item.number) return;
    this.#item = item;
    this.element.dataset.number = String(item.number);
    this.#around.bars(item.number).then(
      (bars) => this.#put(item, drawHistogram(bars)),
      (error: Error) => this.#put(item, h("span", { class: "gd-muted", text: error.message })),
    );
  }

  remove(): void {
    this.#isThere = false;
    this.element.remove();
  }

  /** What was there before stays until it comes, so that nothing flickers while a step is dragged. */
  #put(item: Item, picture: HTMLElement): void {
    if (this.#isThere && this.#item === item) this.#thumb.replaceChildren(picture);
  }
}
