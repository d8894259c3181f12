/** What a simulation printed in a process of its own, in a fold; only while it is open does anything come. */
import { h, setText, show } from "../dom";
import { icon } from "../icons";
import { copyText, Fold } from "./notes";
import type { Simulation } from "./simulation";

/** As many lines as the kernel sends at most. */
const SHOWN_LINES = 200;
const NEAR_END_PX = 8;

export class Output {
  readonly element: HTMLElement;
  readonly #fold = new Fold();
  readonly #whose = h("select", { class: "gd-field is-low gd-outputname", label: "Output of" });
  readonly #told = h("span", { class: "gd-small gd-muted gd-grow gd-clip" });
  readonly #copyWord = h("span", { text: "Copy" });
  readonly #copy: HTMLButtonElement;
  readonly #text = h("pre", {
    class: "gd-trace gd-output",
    hidden: true,
    tabindex: 0,
    role: "region",
    label: "Output",
  });
  readonly #onShown: () => void;
  #sims: Simulation[] = [];
  #chosen = "";
  /** The newest text; what is shown may be older while somebody reads. */
  #newest = "";

  /** Calls `onShown` when another output is shown, or none. */
  constructor(onShown: () => void, signal: AbortSignal) {
    this.#onShown = onShown;
    this.#copy = h(
      "button",
      { class: "gd-btn is-low", type: "button", hidden: true },
      icon("copy"),
      this.#copyWord,
    );
    this.#fold.say("Output");
    this.element = h(
      "section",
      { class: "gd-outputs", label: "Output", hidden: true },
      h("div", { class: "gd-bar" }, this.#fold.button, this.#whose, this.#told, this.#copy),
      this.#text,
    );
    this.#fold.button.addEventListener("click", () => this.#toggle());
    this.#whose.addEventListener("change", () => this.#choose(this.#whose.value));
    this.#copy.addEventListener("click", () => void this.#onCopy());
    this.#text.addEventListener("scroll", () => this.#showNewest(), { passive: true });
    document.addEventListener("selectionchange", () => this.#showNewest(), { signal });
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
    if (simId !== this.#chosen) return;
    this.#newest = String(text);
    this.#showNewest();
  }

  /** Put it elsewhere on the card; what is read stays in place. */
  placeAfter(other: HTMLElement): void {
    if (other.nextElementSibling === this.element) return;
    const { scrollTop } = this.#text;
    other.after(this.element);
    this.#text.scrollTop = scrollTop;
  }

  #toggle(): void {
    const isOpen = this.#fold.toggle();
    show(this.#text, isOpen);
    show(this.#copy, isOpen);
    if (!isOpen) this.#clear();
    this.#onShown();
  }

  #choose(id: string): void {
    this.#chosen = id;
    this.#whose.value = id;
    this.#clear();
    this.#onShown();
  }

  #clear(): void {
    this.#newest = "";
    setText(this.#text, "");
    setText(this.#told, "");
  }

  #listNames(): void {
    const options = [...this.#whose.options];
    const known = options.map((option) => `${option.value} ${option.text}`).join("\n");
    if (known === this.#sims.map((sim) => `${sim.id} ${sim.name}`).join("\n")) return;
    const listed = this.#sims.map((sim) => h("option", { value: sim.id, text: sim.name }));
    this.#whose.replaceChildren(...listed);
    this.#whose.value = this.#chosen;
  }

  /** Lines stay where they are while somebody has scrolled up or has marked some. */
  #showNewest(): void {
    const old = this.#text.textContent ?? "";
    if (old === this.#newest) return;
    const isRead = old !== "" && (!this.#isAtEnd || this.#isMarked);
    const lines = this.#newest.split("\n").length;
    const cut = lines >= SHOWN_LINES ? `last ${SHOWN_LINES} lines` : "";
    setText(this.#told, isRead ? "newer lines at the end" : cut);
    if (isRead) return;
    setText(this.#text, this.#newest);
    this.#text.scrollTop = this.#text.scrollHeight;
  }

  get #isAtEnd(): boolean {
    const { scrollHeight, scrollTop, clientHeight } = this.#text;
    return scrollHeight - scrollTop - clientHeight < NEAR_END_PX;
  }

  get #isMarked(): boolean {
    const selection = document.getSelection();
    if (!selection || selection.isCollapsed) return false;
    return [selection.anchorNode, selection.focusNode].some((end) => this.#text.contains(end));
  }

  async #onCopy(): Promise<void> {
    const isDone = await copyText(() => Promise.resolve(this.#newest));
    setText(this.#copyWord, isDone ? "Copied" : "Not copied");
    setTimeout(() => setText(this.#copyWord, "Copy"), 1500);
  }
}
