/** The buttons that start and queue: how many they would start, and what keeps them from it. */
import { h, setAttribute, setText, show } from "../dom";
import { plural } from "../format";
import { icon } from "../icons";
import type { Checked } from "./model";

export class StartButtons {
  readonly main = h("button", { class: "gd-btn is-main", type: "button", text: "Start" });
  readonly queue = h("button", {
    class: "gd-btn is-line",
    type: "button",
    text: "Queue",
    title: "Wait for a free place, behind what waits already",
  });
  /** How many values are wrong. */
  readonly wrong = h("span", { class: "gd-small gd-start-wrong", role: "status" });
  /** What is wrong that no field can say. */
  readonly trouble = h("div", { class: "gd-wrong", role: "alert", hidden: true });
  #isBusy = false;

  constructor(start: (isQueued: boolean) => void) {
    this.main.addEventListener("click", () => start(false));
    this.queue.addEventListener("click", () => start(true));
  }

  set isDisabled(isDisabled: boolean) {
    this.main.disabled = this.queue.disabled = isDisabled;
  }

  /** Whether somebody has pressed one of them, and no answer has come yet. */
  get isBusy(): boolean {
    return this.#isBusy;
  }

  set isBusy(isBusy: boolean) {
    this.#isBusy = isBusy;
    setAttribute(this.main, "aria-busy", isBusy ? "true" : null);
  }

  starting(): void {
    setText(this.main, "Starting\u2026");
  }

  /** Say what starting would do now; `loose` are the paths of errors that no row stands for. */
  write(checked: Checked | null, onlyMissing: boolean, loose: readonly string[]): void {
    const { errors = {}, count = 0, missing = 0 } = checked ?? {};
    const n = Object.keys(errors).length;
    setText(this.wrong, n ? plural(n, "value to correct", "values to correct") : "");
    if (n) this.wrong.prepend(icon("warn", "is-error"));
    setText(this.trouble, "");
    if (loose.length) {
      const words = loose
        .map((path) => (path ? `${path}: ${errors[path]}` : errors[path]))
        .join(" ");
      this.trouble.append(icon("warn"), h("span", { class: "gd-words", text: words }));
    }
    show(this.trouble, loose.length > 0);
    const left = onlyMissing ? missing : count;
    if (!this.#isBusy) setText(this.main, n && !left ? "Start" : startWords(left, onlyMissing));
    setAttribute(this.main, "aria-disabled", !n && checked && left === 0 ? "true" : null);
  }
}

/** What the main button will do. */
function startWords(count: number, isRest: boolean): string {
  if (isRest) return count ? `Start the ${count} missing` : "Nothing is missing";
  return count === 1 ? "Start simulation" : `Start ${plural(count, "simulation", "simulations")}`;
}
