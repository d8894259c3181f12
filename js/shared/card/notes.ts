/** What stands between head and chart, marked by a line at its left: an error, a problem of the card. */
import { h, setAttribute, setText, show } from "../dom";
import { plural } from "../format";
import { icon } from "../icons";
import type { Simulation } from "./simulation";

/** Fetches the traceback of one of a simulation's statuses. */
export type TraceCall = (simId: string, number: number) => Promise<string>;

/** Why a simulation failed: type, message, folded traceback, Copy. */
export class ErrorNote {
  readonly element: HTMLElement;
  readonly #type = h("b", { class: "gd-code" });
  readonly #message = h("span", { class: "gd-message" });
  readonly #fold = new Fold();
  readonly #frame = h("span", { class: "gd-code gd-muted gd-clip gd-wide" });
  readonly #copy: HTMLButtonElement;
  readonly #copyWord = h("span", { text: "Copy" });
  readonly #trace = h("pre", { class: "gd-trace", hidden: true, tabindex: 0, label: "Trace" });
  readonly #bar: HTMLElement;
  readonly #fetch: TraceCall;
  #sim: Simulation | null = null;
  #fetched = "";

  constructor(fetch: TraceCall) {
    this.#fetch = fetch;
    this.#copy = h(
      "button",
      { class: "gd-btn is-low", type: "button" },
      icon("copy"),
      this.#copyWord,
    );
    this.#bar = h(
      "div",
      { class: "gd-bar" },
      this.#fold.button,
      this.#frame,
      h("span", { class: "gd-grow" }),
      this.#copy,
    );
    this.element = h(
      "section",
      { class: "gd-note is-error", label: "Error", hidden: true },
      h("p", {}, this.#type, this.#message),
      this.#bar,
      this.#trace,
    );
    this.#fold.button.addEventListener("click", () => void this.#toggle());
    this.#copy.addEventListener("click", () => void this.#onCopy());
  }

  update(sim: Simulation): void {
    this.#sim = sim;
    const { error } = sim;
    show(this.element, error !== null);
    if (!error) return;
    setText(this.#type, error.type);
    show(this.#type, error.type !== "");
    setText(this.#message, error.message || (error.type ? "" : "It ended with an error."));
    show(this.#fold.button, error.lines > 0);
    this.#fold.say(`Trace, ${plural(error.lines, "line", "lines")}`);
    setText(this.#frame, error.frame, error.frame);
  }

  async #text(): Promise<string> {
    const { error, id } = this.#sim ?? {};
    if (!error || !id) return "";
    if (!error.lines) return [error.type, error.message].filter(Boolean).join(": ");
    this.#fetched ||= await this.#fetch(id, error.number);
    return this.#fetched;
  }

  async #toggle(): Promise<void> {
    const isOpen = this.#fold.toggle();
    if (isOpen) {
      const shown = await this.#text().catch((e: unknown) => `The trace cannot be read: ${e}`);
      setText(this.#trace, shown);
    }
    show(this.#trace, isOpen);
    if (isOpen) this.#trace.scrollTop = this.#trace.scrollHeight; // what went wrong stands last
  }

  async #onCopy(): Promise<void> {
    const isDone = await copyText(() => this.#text());
    setText(this.#copyWord, isDone ? "Copied" : "Not copied");
    setTimeout(() => setText(this.#copyWord, "Copy"), 1500);
  }
}

/** Something that keeps the card itself from working; plain words. */
export class ProblemNote {
  readonly element: HTMLElement;
  readonly #words = h("span");

  constructor() {
    this.element = h(
      "section",
      { class: "gd-note is-problem", role: "alert", hidden: true },
      icon("warn", "is-error"),
      this.#words,
    );
  }

  update(words: string): void {
    setText(this.#words, words);
    show(this.element, words !== "");
  }
}

/** A button that opens and closes something below it. */
export class Fold {
  readonly button: HTMLButtonElement;
  readonly #words = h("span");

  constructor() {
    this.button = h(
      "button",
      { class: "gd-btn is-low gd-foldbutton", type: "button", "aria-expanded": "false" },
      icon("right"),
      this.#words,
    );
  }

  say(words: string): void {
    setText(this.#words, words);
  }

  get isOpen(): boolean {
    return this.button.getAttribute("aria-expanded") === "true";
  }

  toggle(): boolean {
    const isOpen = !this.isOpen;
    setAttribute(this.button, "aria-expanded", String(isOpen));
    return isOpen;
  }
}

/** Put a text on the clipboard; false where that is not allowed. */
export async function copyText(read: () => Promise<string>): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(await read());
    return true;
  } catch {
    return false; // no permission, or a page without https
  }
}
