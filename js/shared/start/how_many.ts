/** How many simulations, which of them, and where: what stands below the fields of every type. */
import { Segmented } from "../analyze/segmented";
import { h, setText, show } from "../dom";
import { FormRow } from "../form/row";
import type { Checked, Filled } from "./model";

interface HowManyCalls {
  filled(): Filled;
  change(changed: Partial<Filled>): void;
}

export class HowMany {
  readonly element: HTMLElement;
  readonly n: FormRow;
  readonly #calls: HowManyCalls;
  readonly #mode: Segmented<Filled["mode"]>;
  readonly #launcher: Segmented<Filled["launcher"]>;
  readonly #modeRow: HTMLElement[];
  readonly #nRow: HTMLElement[];
  readonly #missingRow: HTMLElement;
  readonly #missing = h("input", { type: "checkbox", id: `gymdash-missing-${Math.random()}` });
  readonly #missingWords = h("span", { class: "gd-small gd-muted" });
  readonly #places = h("span", { class: "gd-small gd-muted gd-clip" });
  #maxRunning = 1;

  constructor(calls: HowManyCalls) {
    this.#calls = calls;
    this.#mode = new Segmented(
      "Which combinations",
      [
        ["grid", "Grid", "Every combination of the values"],
        ["random", "Random", "Some settings, drawn from the values, each with every seed"],
      ],
      (mode) =>
        calls.change({ mode, n: mode === "random" ? (calls.filled().n ?? 10) : calls.filled().n }),
    );
    this.#launcher = new Segmented(
      "Launcher",
      [
        [
          "process",
          "Process",
          "Each in a process of its own, which goes on without this notebook",
        ],
        ["thread", "Thread", "In this kernel, with which they end; for small things"],
      ],
      (launcher) => calls.change({ launcher }),
    );
    this.n = new FormRow({
      name: "Draws",
      control: "short",
      hint: "settings, each with every seed",
    });
    this.n.input.setAttribute("data-path", ":n");
    this.n.onChange(() => {
      const n = Number(this.n.text);
      calls.change({ n: Number.isInteger(n) && n > 0 ? n : null });
    });
    const name = (text: string) => h("span", { class: "gd-start-name", text });
    this.#modeRow = [name("Combinations"), h("div", { class: "gd-bar" }, this.#mode.element)];
    this.#nRow = [this.n.label, this.n.body];
    this.#missing.addEventListener("change", () =>
      calls.change({ only_missing: this.#missing.checked }),
    );
    this.#missingRow = h(
      "div",
      { class: "gd-bar gd-start-missing" },
      this.#missing,
      h("label", { for: this.#missing.id, text: "Complete what is missing" }),
      this.#missingWords,
    );
    this.element = h(
      "div",
      { class: "gd-form" },
      ...this.#modeRow,
      ...this.#nRow,
      name("Launcher"),
      h("div", { class: "gd-bar" }, this.#launcher.element, this.#places),
      this.#missingRow,
    );
    this.update();
    this.checked(null);
  }

  set maxRunning(n: number) {
    this.#maxRunning = n;
  }

  update(): void {
    const { mode, n, launcher, only_missing } = this.#calls.filled();
    this.#mode.update(mode);
    this.#launcher.update(launcher);
    this.#missing.checked = only_missing;
    if (document.activeElement !== this.n.input) this.n.text = n === null ? "" : String(n);
    for (const element of this.#nRow)
      show(element, mode === "random" && !this.#modeRow[0]?.hidden);
  }

  checked(checked: Checked | null): void {
    const paths = Object.keys(checked?.several ?? {});
    // Seeds repeat what the other values say, and are never drawn.
    const hasChoice = paths.some((path) => !/(^|\.)seed$/.test(path));
    const isRandom = this.#calls.filled().mode === "random";
    for (const element of this.#modeRow) show(element, hasChoice);
    for (const element of this.#nRow) show(element, hasChoice && isRandom);
    this.n.wrong(checked?.errors[":n"] ?? "");
    const { count = 0, missing = 0 } = checked ?? {};
    const there = count - missing;
    show(this.#missingRow, count > 1 && (there > 0 || this.#calls.filled().only_missing));
    setText(this.#missingWords, `${there} of ${count} are there already, or go on`);
    const isMany = (this.#calls.filled().only_missing ? missing : count) > this.#maxRunning;
    setText(
      this.#places,
      isMany ? `at most ${this.#maxRunning} at once, the rest wait in the queue` : "",
    );
  }
}
