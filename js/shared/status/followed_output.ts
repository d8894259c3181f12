/** What one simulation prints, followed like a terminal does. */
import { h, setAttribute, setText, show } from "../dom";
import { OutputText } from "../output_text";
import type { Whose } from "./facts";

const NONE = "";

interface OutputCalls {
  /** Another simulation is chosen, or none. */
  onChoose(simId: string): void;
  /** Which simulations have printed something. */
  list(): Promise<Whose[]>;
}

export class FollowedOutput {
  readonly element: HTMLElement;
  readonly #calls: OutputCalls;
  readonly #text: OutputText;
  readonly #whose = h("select", { class: "gd-field is-low gd-outputname", label: "Output of" });
  readonly #hint = h("p", { class: "gd-small gd-muted gd-saidnone" });
  #chosen = NONE;
  #named: Whose | null = null;
  #known: Whose[] = [];
  #listed = Number.NEGATIVE_INFINITY;

  constructor(calls: OutputCalls, signal: AbortSignal) {
    this.#calls = calls;
    this.#text = new OutputText(signal);
    const { told, follow, copy, element } = this.#text;
    this.element = h(
      "section",
      { class: "gd-followed", label: "Output" },
      h(
        "div",
        { class: "gd-bar gd-statushead" },
        h("h2", { text: "Output" }),
        this.#whose,
        told,
        follow,
        copy,
      ),
      this.#hint,
      element,
    );
    this.#whose.addEventListener("change", () => calls.onChoose(this.#whose.value));
    for (const event of ["pointerenter", "focusin"] as const) {
      this.element.addEventListener(event, () => void this.list(2_000));
    }
    this.#say();
  }

  /** Ask which simulations have printed something, unless that is known since a moment ago. */
  async list(sinceMs = 0): Promise<void> {
    if (performance.now() - this.#listed < sinceMs) return;
    this.#listed = performance.now();
    this.#known = await this.#calls.list().catch(() => this.#known);
    this.#say();
  }

  show(simId: string): void {
    if (simId === this.#chosen) return;
    this.#chosen = simId;
    this.#text.clear();
    this.#text.show(simId !== NONE);
    this.#say();
    if (simId && !this.#known.some((sim) => sim.id === simId)) void this.list();
  }

  take(sim: Whose, text: string): void {
    if (sim.id !== this.#chosen) return;
    this.#named = sim;
    this.#text.take(text);
    this.#say(text === "");
  }

  #say(isEmpty = false): void {
    const options = this.#known.map((sim) => [sim.id, sim.name] as const);
    if (this.#chosen && !options.some(([id]) => id === this.#chosen)) {
      const name = this.#named?.id === this.#chosen ? this.#named.name : this.#chosen.slice(0, 8);
      options.unshift([this.#chosen, name]);
    }
    const wanted = [[NONE, "none"] as const, ...options];
    const known = [...this.#whose.options].map((option) => `${option.value} ${option.text}`);
    if (known.join("\n") !== wanted.map(([id, name]) => `${id} ${name}`).join("\n")) {
      this.#whose.replaceChildren(...wanted.map(([value, text]) => h("option", { value, text })));
    }
    if (this.#whose.value !== this.#chosen) this.#whose.value = this.#chosen;
    const hint = this.#known.length
      ? "Choose a simulation to see what it prints."
      : "No simulation has printed anything in a process of its own.";
    setText(
      this.#hint,
      this.#chosen ? "It has not printed anything in a process of its own." : hint,
    );
    show(this.#hint, this.#chosen === NONE || isEmpty);
    setAttribute(this.element, "data-open", this.#chosen && !isEmpty ? "" : null);
  }
}
