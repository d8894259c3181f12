/** Swatch and name of a simulation, or of the first of several. */
import { h, setAttribute, setText } from "../dom";
import { seriesLook, stripe } from "../theme";
import type { Swatched } from "./facts";

export class Whose {
  readonly element: HTMLElement;
  readonly #swatch = h("i", { class: "gd-swatch", "aria-hidden": "true" });
  readonly #name = h("span", { class: "gd-clip" });

  constructor() {
    this.element = h("span", { class: "gd-whose" }, this.#swatch, this.#name);
  }

  update(sims: readonly Swatched[]): void {
    const [first] = sims;
    if (!first) return;
    const { colour, dash } = seriesLook(Math.max(first.colour, 0));
    // One that was deleted has no colour any more.
    setAttribute(
      this.#swatch,
      "style",
      first.colour < 0 ? "--c: var(--gd-line)" : `--c: ${colour}`,
    );
    stripe(this.#swatch, dash);
    const more = sims.length > 1 ? ` and ${sims.length - 1} more` : "";
    setText(this.#name, first.name + more, sims.map((sim) => sim.name).join(", "));
  }
}
