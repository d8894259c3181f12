/** A button that says a key and opens the list of all. */
import { type Option, Picker } from "../card/picker";

export class KeyPick {
  readonly button: HTMLButtonElement;
  readonly #picker: Picker;
  #keys: readonly string[] = [];
  #key = "";

  constructor(label: string, onPick: (key: string) => void, signal: AbortSignal, isBold = false) {
    this.#picker = new Picker({
      label,
      class: `gd-btn is-low gd-analyzepick${isBold ? " is-bold" : ""}`,
      options: (): Option[] => this.#keys.map((key) => ({ id: key, name: key })),
      chosen: () => this.#key,
      onPick,
    });
    this.button = this.#picker.button;
    signal.addEventListener("abort", () => this.#picker.close());
  }

  update(keys: readonly string[], key: string): void {
    this.#keys = keys;
    this.#key = key;
    this.#picker.say(key || "no series");
  }
}
