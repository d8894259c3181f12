/** What a simulation type says about itself: a sentence, and the rest behind a button. */
import { h, setAttribute, setText, show } from "../dom";
import { icon } from "../icons";
import type { FormMessage } from "./model";

export class Documentation {
  readonly head: HTMLElement;
  readonly text = h("pre", {
    class: "gd-start-doc",
    tabindex: 0,
    label: "Documentation",
    hidden: true,
  });
  readonly #key = h("h2");
  readonly #words = h("span", { class: "gd-muted gd-small gd-clip gd-grow" });
  readonly #fold: HTMLButtonElement;

  constructor() {
    this.#fold = h(
      "button",
      { class: "gd-btn is-low gd-fold-end", type: "button", "aria-expanded": "false" },
      "Documentation",
      icon("down"),
    );
    this.#fold.addEventListener("click", () => this.#open(this.text.hidden === true));
    this.head = h("div", { class: "gd-bar" }, this.#key, this.#words, this.#fold);
  }

  update({
    key,
    words,
    documentation,
  }: Pick<FormMessage, "key" | "words" | "documentation">): void {
    setText(this.#key, key, key);
    setText(this.#words, words, words);
    setText(this.text, documentation);
    show(this.#fold, documentation !== "" && documentation !== words);
    if (this.#fold.hidden) this.#open(false);
  }

  #open(isOpen: boolean): void {
    show(this.text, isOpen);
    setAttribute(this.#fold, "aria-expanded", String(isOpen));
  }
}
