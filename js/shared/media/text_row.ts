/** A text as one row: step, simulation, its first words. */
import { h, setAttribute, setText } from "../dom";
import { formatCount } from "../format";
import type { Item } from "./library";
import { describe, type Surroundings, Swatch, type Thing } from "./tile";

export class TextRow implements Thing {
  readonly element: HTMLButtonElement;
  readonly #around: Surroundings;
  readonly #step = h("span", { class: "gd-clip" });
  readonly #swatch = new Swatch();
  readonly #name = document.createTextNode("");
  readonly #who = h("span", { class: "gd-clip" });
  readonly #words = h("span", { class: "gd-clip" });
  #item: Item | null = null;
  #isThere = true;

  constructor(around: Surroundings) {
    this.#around = around;
    this.#who.append(this.#swatch.element, this.#name);
    this.element = h("button", { class: "gd-textrow", type: "button" });
    this.element.append(this.#step, this.#who, this.#words);
    this.element.addEventListener("click", () => this.#item && around.open(this.#item));
  }

  show(item: Item): void {
    const sim = this.#around.sim(item.simId);
    this.#swatch.show(sim.colour);
    if (this.#name.data !== sim.name) this.#name.data = sim.name;
    setAttribute(this.#who, "title", sim.name);
    setAttribute(this.element, "aria-label", describe(item, sim.name));
    setText(this.#step, `step ${formatCount(item.step)}`);
    if (this.#item?.number === item.number) return;
    this.#item = item;
    this.element.dataset.number = String(item.number);
    this.#around.text(item.number).then(
      (text) => this.#say(item, text),
      (error: Error) => this.#say(item, error.message, true),
    );
  }

  remove(): void {
    this.#isThere = false;
    this.element.remove();
  }

  #say(item: Item, text: string, isMuted = false): void {
    if (!this.#isThere || this.#item !== item) return;
    const line = text.replaceAll(/\s+/g, " ").trim();
    setText(this.#words, line || "(empty)");
    this.#words.classList.toggle("gd-muted", isMuted || line === "");
  }
}
