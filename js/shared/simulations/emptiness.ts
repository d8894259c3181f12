/** What stands where the list would be: nothing at first, then bars, or why there is nothing and what to do. */
import { copyText } from "../card/notes";
import { h, setText, show } from "../dom";
import { icon } from "../icons";
import type { Context } from "./model";
import { button } from "./sheet";

const LOADING_AFTER_MS = 300;
const EXAMPLE = `import gymdash_jupyter as gd

gd.run("stable_baselines", "first-try", algorithm="ppo", env="CartPole-v1", num_steps=20_000)
`;

export class Emptiness {
  readonly element: HTMLElement;
  readonly #words = h("p", { class: "gd-muted" });
  readonly #bars = h("div", { class: "gd-sims-loading", "aria-hidden": "true", hidden: true });
  readonly #start: HTMLButtonElement;
  readonly #copy: HTMLButtonElement;
  readonly #clear: HTMLButtonElement;
  readonly #context: Context;
  #isLoaded = false;

  constructor(context: Context, onClear: () => void) {
    this.#context = context;
    for (let i = 0; i < 6; i++) this.#bars.append(h("i"));
    this.#start = h(
      "button",
      { class: "gd-btn is-main", type: "button", hidden: true },
      icon("plus"),
      "Start",
    );
    this.#start.addEventListener("click", () =>
      context.set("start_asked", (context.get("start_asked") ?? 0) + 1),
    );
    this.#copy = button("Copy example code", () => void this.#onCopy());
    this.#clear = button("Clear the filter", onClear);
    this.element = h(
      "div",
      { class: "gd-sims-empty" },
      this.#bars,
      this.#words,
      h("div", { class: "gd-bar" }, this.#start, this.#copy, this.#clear),
    );
    const timer = setTimeout(() => show(this.#bars, !this.#isLoaded), LOADING_AFTER_MS);
    context.signal.addEventListener("abort", () => clearTimeout(timer));
    this.update(false, 0, 0);
  }

  update(isLoaded: boolean, all: number, shown: number): void {
    this.#isLoaded = isLoaded;
    if (isLoaded) show(this.#bars, false);
    show(this.element, shown === 0);
    const isEmpty = isLoaded && all === 0;
    const text = isEmpty
      ? "No simulations in this project yet."
      : "No simulation fits the filter.";
    setText(this.#words, text);
    show(this.#words, isLoaded);
    const canStart = this.#context.get("can_start") && !this.#context.get("is_read_only");
    show(this.#start, isEmpty && canStart === true);
    show(this.#copy, isEmpty);
    show(this.#clear, isLoaded && all > 0);
  }

  async #onCopy(): Promise<void> {
    const isDone = await copyText(async () => EXAMPLE);
    setText(this.#copy, isDone ? "Copied" : "The browser refuses to copy");
    setTimeout(() => setText(this.#copy, "Copy example code"), 2000);
  }
}
