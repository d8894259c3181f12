/** The types as a menu, where there is no room for the list. */
import { Picker } from "../card/picker";
import { h } from "../dom";

export class TypePick {
  readonly element: HTMLElement;
  readonly #picker: Picker;
  readonly #chosen: () => string;

  constructor(
    registered: () => readonly string[],
    chosen: () => string,
    onPick: (key: string) => void,
  ) {
    this.#chosen = chosen;
    this.#picker = new Picker({
      label: "Simulation type",
      class: "gd-btn is-low",
      options: () => registered().map((key) => ({ id: key, name: key })),
      chosen,
      onPick,
    });
    this.element = h("span", { class: "gd-start-pick" }, this.#picker.button);
    this.update();
  }

  update(): void {
    this.#picker.say(this.#chosen() || "Choose a type");
  }
}
