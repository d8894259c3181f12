/** A few choices side by side, of which one holds; the arrow keys go through them. */
import { h, setAttribute } from "../dom";

export class Segmented<T extends string> {
  readonly element: HTMLElement;
  readonly #buttons = new Map<T, HTMLButtonElement>();

  constructor(
    label: string,
    choices: readonly (readonly [T, string, string])[],
    onPick: (id: T) => void,
  ) {
    this.element = h("span", { class: "gd-seg", role: "radiogroup", label });
    for (const [id, words, title] of choices) {
      const button = h("button", { type: "button", role: "radio", text: words, title });
      button.addEventListener("click", () => {
        if (this.element.getAttribute("aria-disabled") !== "true") onPick(id);
      });
      this.#buttons.set(id, button);
      this.element.append(button);
    }
    this.element.addEventListener("keydown", (event) => {
      const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
      const all = [...this.#buttons.values()];
      const next = by && all[all.indexOf(event.target as HTMLButtonElement) + by];
      if (by === undefined) return;
      event.preventDefault();
      event.stopPropagation(); // the notebook would move to another cell
      if (next) {
        next.focus();
        next.click();
      }
    });
  }

  update(chosen: T, isEnabled = true): void {
    setAttribute(this.element, "aria-disabled", isEnabled ? null : "true");
    for (const [id, button] of this.#buttons) {
      setAttribute(button, "aria-checked", String(id === chosen));
      button.tabIndex = id === chosen ? 0 : -1;
    }
  }
}
