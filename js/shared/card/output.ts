/** What a simulation printed in a process of its own, in a fold; only while it is open does anything come. */
import { h, show } from "../dom";
import { OutputText } from "../output_text";
import { Fold } from "./notes";
import type { Simulation } from "./simulation";

export class Output {
  readonly element: HTMLElement;
  readonly #fold = new Fold();
  readonly #whose = h("select", { class: "gd-field is-low gd-outputname", label: "Output of" });
  readonly #text: OutputText;
  readonly #onShown: () => void;
  #sims: Simulation[] = [];
  #chosen = "";

  /** Calls `onShown` when another output is shown, or none. */
  constructor(onShown: () => void, signal: AbortSignal) {
    this.#onShown = onShown;
    this.#text = new OutputText(signal);
    const { told, follow, copy } = this.#text;
    this.#fold.say("Output");
    this.element = h(
      "section",
      { class: "gd-outputs", label: "Output", hidden: true },
      h("div", { class: "gd-bar" }, this.#fold.button, this.#whose, told, follow, copy),
      this.#text.element,
    );
    this.#fold.button.addEventListener("click", () => this.#toggle());
    this.#whose.addEventListener("change", () => this.#choose(this.#whose.value));
  }

  /** Id of the simulation whose output is shown now, or `""`. */
  get shown(): string {
    return this.#fold.isOpen && this.#sims.length ? this.#chosen : "";
  }

  update(sims: readonly Simulation[], withOutput: readonly string[], isGroup: boolean): void {
    this.#sims = sims.filter((sim) => withOutput.includes(sim.id));
    show(this.element, this.#sims.length > 0);
    show(this.#whose, isGroup);
    if (isGroup) this.#listNames();
    if (this.#sims.some((sim) => sim.id === this.#chosen)) return;
    const failed = this.#sims.find((sim) => sim.state === "failed" || sim.state === "lost");
    this.#choose((failed ?? this.#sims[0])?.id ?? "");
  }

  take(simId: unknown, text: unknown): void {
    if (simId === this.#chosen) this.#text.take(String(text));
  }

  /** Put it elsewhere on the card; what is read stays in place. */
  placeAfter(other: HTMLElement): void {
    if (other.nextElementSibling === this.element) return;
    const { scrollTop } = this.#text.element;
    other.after(this.element);
    this.#text.element.scrollTop = scrollTop;
  }

  #toggle(): void {
    this.#text.show(this.#fold.toggle());
    this.#onShown();
  }

  #choose(id: string): void {
    this.#chosen = id;
    this.#whose.value = id;
    this.#text.clear();
    this.#onShown();
  }

  #listNames(): void {
    const options = [...this.#whose.options];
    const known = options.map((option) => `${option.value} ${option.text}`).join("\n");
    if (known === this.#sims.map((sim) => `${sim.id} ${sim.name}`).join("\n")) return;
    const listed = this.#sims.map((sim) => h("option", { value: sim.id, text: sim.name }));
    this.#whose.replaceChildren(...listed);
    this.#whose.value = this.#chosen;
  }
}
