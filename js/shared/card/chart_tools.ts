/** What stands above the chart: key (in a group), smoothing, what x is, log y, reset. */

import { h, setAttribute, setText, show } from "../dom";
import { formatCount } from "../format";
import { icon } from "../icons";
import type { XKind } from "../picture";
import { Picker } from "./picker";

export interface ToolsState {
  keys: readonly string[];
  key: string;
  smoothing: number;
  xKind: XKind;
  isLog: boolean;
  isZoomed: boolean;
  isGroup: boolean;
  drawn: number;
  total: number;
}

interface ToolsCalls {
  onKey(key: string): void;
  onSmoothing(smoothing: number): void;
  onX(kind: XKind): void;
  onLog(isLog: boolean): void;
  onReset(): void;
}

export class ChartTools {
  readonly element: HTMLElement;
  readonly #key: Picker;
  readonly #x: Picker;
  readonly #slider: HTMLInputElement;
  readonly #number = h("span", { class: "gd-num gd-smoothing" });
  readonly #thinned = h("span", { class: "gd-muted gd-clip" });
  readonly #log: HTMLButtonElement;
  readonly #reset: HTMLButtonElement;
  #state: ToolsState | null = null;

  constructor(calls: ToolsCalls, signal: AbortSignal) {
    this.#key = new Picker({
      label: "Series",
      class: "gd-btn is-low gd-keypick",
      options: () => (this.#state?.keys ?? []).map((key) => ({ id: key, name: key })),
      chosen: () => this.#state?.key ?? "",
      onPick: calls.onKey,
    });
    this.#x = new Picker({
      label: "Horizontal axis",
      class: "gd-btn is-low gd-xpick",
      options: () => [
        { id: "step", name: "Step" },
        { id: "time", name: "Time since the start" },
      ],
      chosen: () => this.#state?.xKind ?? "step",
      onPick: (id) => calls.onX(id === "time" ? "time" : "step"),
    });
    this.#slider = h("input", {
      class: "gd-range",
      type: "range",
      min: 0,
      max: 0.99,
      step: 0.01,
      label: "Smoothing",
      title: "Running average, corrected for its start; 0 shows the values alone",
    });
    this.#slider.addEventListener("input", () => calls.onSmoothing(Number(this.#slider.value)), {
      signal,
    });
    this.#log = h("button", { class: "gd-btn is-low", type: "button", text: "Log y" });
    this.#log.addEventListener("click", () => calls.onLog(!this.#state?.isLog), { signal });
    const resetTitle = "Reset zoom (or double-click the chart)";
    this.#reset = h(
      "button",
      { class: "gd-btn is-low is-icon", type: "button", title: resetTitle, label: "Reset zoom" },
      icon("reset"),
    );
    this.#reset.addEventListener("click", () => calls.onReset(), { signal });
    signal.addEventListener("abort", () => {
      this.#key.close();
      this.#x.close();
    });
    this.element = h(
      "div",
      { class: "gd-tools" },
      this.#key.button,
      h("span", { class: "gd-muted gd-middle", text: "Smoothing" }),
      this.#slider,
      this.#number,
      h("span", { class: "gd-grow" }),
      this.#thinned,
      this.#x.button,
      this.#log,
      this.#reset,
    );
  }

  update(state: ToolsState): void {
    this.#state = state;
    show(this.#key.button, state.isGroup);
    this.element.classList.toggle("is-crowded", state.isGroup);
    this.#key.say(state.key);
    this.#x.say(state.xKind === "time" ? "Time" : "Step", "x");
    if (Number(this.#slider.value) !== state.smoothing) this.#slider.value = `${state.smoothing}`;
    this.#slider.style.setProperty("--v", `${(state.smoothing / 0.99) * 100}%`);
    setText(this.#number, state.smoothing.toFixed(2));
    setAttribute(this.#log, "aria-pressed", String(state.isLog));
    setAttribute(this.#reset, "aria-disabled", state.isZoomed ? null : "true");
    const isThinned = state.drawn < state.total;
    const words = `${formatCount(state.drawn)} of ${formatCount(state.total)} points`;
    setText(this.#thinned, isThinned ? words : "");
    setAttribute(
      this.#thinned,
      "title",
      isThinned ? "Lowest and highest of each stretch; all are stored" : null,
    );
  }
}
