/** The same as Python: always there, to copy or to put into a new cell. */
import { copyText } from "../card/notes";
import { h, setText } from "../dom";
import { icon } from "../icons";
import { insertBelow } from "./insert_cell";

export class CodeBlock {
  readonly element: HTMLElement;
  readonly insertButton: HTMLButtonElement;
  readonly said = h("span", { class: "gd-small gd-muted", role: "status" });
  readonly #code = h("pre", { class: "gd-start-code", tabindex: 0, label: "The same as Python" });
  readonly #manager: unknown;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(manager: unknown, signal: AbortSignal) {
    this.#manager = manager;
    const copy = h(
      "button",
      {
        class: "gd-btn is-low is-icon gd-start-copy",
        type: "button",
        label: "Copy the code",
        title: "Copy",
      },
      icon("copy"),
    );
    copy.addEventListener("click", () => void this.#copy("Copied."));
    this.insertButton = h(
      "button",
      { class: "gd-btn", type: "button", title: "Put this into a new cell below" },
      icon("code"),
      "Insert as code",
    );
    this.insertButton.addEventListener("click", () => void this.insert(this.code));
    this.element = h("div", { class: "gd-start-codebox" }, this.#code, copy);
    signal.addEventListener("abort", () => clearTimeout(this.#timer));
  }

  get code(): string {
    return this.#code.textContent ?? "";
  }

  set code(code: string) {
    setText(this.#code, code);
  }

  /** Into a new cell, else to the clipboard. */
  async insert(code: string): Promise<void> {
    if (!code) return;
    if (insertBelow(this.#manager, this.element, code)) this.#say("Inserted in a new cell below.");
    else
      await this.#copy(
        "No cell can be inserted here: it is copied, paste it where you want it.",
        code,
      );
  }

  async #copy(words: string, code = this.code): Promise<void> {
    const isDone = await copyText(async () => code);
    this.#say(isDone ? words : "It cannot be copied here: select it and press Ctrl+C.");
  }

  #say(words: string): void {
    clearTimeout(this.#timer);
    setText(this.said, words);
    this.#timer = setTimeout(() => setText(this.said, ""), 6000);
  }
}
