/** The eight colours to choose from, beside the swatch that was pressed. */
import { h } from "../dom";
import { seriesLook } from "../theme";
import { Floating } from "./floating";
import type { Line } from "./model";

const NAMES = ["blue", "orange", "teal", "pink", "ochre", "violet", "steel", "rose"];

export class ColourMenu {
  readonly #popover: Floating;
  readonly #onPick: (line: string, index: number | null) => void;
  #line: Line | null = null;

  constructor(onPick: (line: string, index: number | null) => void, signal: AbortSignal) {
    this.#onPick = onPick;
    this.#popover = new Floating(
      { label: "Colour", class: "gd-colours", fill: (panel, close) => this.#fill(panel, close) },
      signal,
    );
  }

  toggle(swatch: HTMLElement, line: Line): void {
    if (swatch.getAttribute("aria-disabled") === "true") return;
    this.#line = line;
    this.#popover.toggle(swatch);
  }

  #fill(panel: HTMLElement, close: () => void): void {
    const line = this.#line;
    if (!line) return;
    const pick = (index: number | null) => {
      close();
      this.#onPick(line.id, index);
    };
    const choices = h("div", { class: "gd-colourrow", role: "group", label: "Colours" });
    for (const [i, name] of NAMES.entries()) {
      const isOn = line.colour === i;
      const choice = h("button", {
        class: "gd-colour",
        type: "button",
        label: `Colour ${i + 1}, ${name}`,
        title: name,
        "aria-pressed": String(isOn),
        ...(isOn && { "data-focus": true }),
      });
      choice.style.setProperty("--c", seriesLook(i).colour);
      choice.addEventListener("click", () => pick(i));
      choices.append(choice);
    }
    const own = h("button", { class: "gd-btn is-low", type: "button", text: "Its own" });
    own.title = "The colour that it has by its number";
    own.addEventListener("click", () => pick(null));
    panel.append(choices, own);
  }
}
