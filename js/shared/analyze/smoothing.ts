/** How lines are smoothed: a slider and its number; the kind, and the passes of a window, in a small menu. */
import { h, setAttribute, show } from "../dom";
import { icon } from "../icons";
import { Floating } from "./floating";
import type { AnalyzeTraits } from "./model";

export type Smoothing = Pick<
  AnalyzeTraits,
  "smoothing_kind" | "smoothing" | "smoothing_window" | "smoothing_passes"
>;

const MOST_EMA = 0.99;
const MOST_WINDOW = 1000;
const MOST_PASSES = 10;
const TELL_EVERY_MS = 60;

const KINDS = [
  [
    "ema",
    "Running average",
    "Each point has a share in all that follow, fading; corrected for its start",
  ],
  ["window", "Window", "The mean of a point and those just before it"],
] as const;

export class SmoothingControl {
  readonly element: HTMLElement;
  readonly #onChange: (changed: Partial<Smoothing>) => void;
  readonly #slider = h("input", { class: "gd-range", type: "range", step: 0.01, min: 0 });
  readonly #number = h("input", {
    class: "gd-smoothnumber",
    type: "text",
    inputmode: "decimal",
    label: "Amount of smoothing",
    spellcheck: "false",
    autocomplete: "off",
  });
  readonly #menu: Floating;
  #state: Smoothing | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #repaint: () => void = () => {};

  constructor(onChange: (changed: Partial<Smoothing>) => void, signal: AbortSignal) {
    this.#onChange = onChange;
    const button = h(
      "button",
      { class: "gd-btn is-low gd-analyzepick", type: "button", label: "Kind of smoothing" },
      h("span", { class: "gd-muted", text: "Smoothing" }),
      icon("down"),
    );
    this.#menu = new Floating(
      {
        label: "Kind of smoothing",
        class: "gd-smoothmenu",
        fill: (panel) => this.#fill(panel),
        onClose: () => {
          this.#repaint = () => {};
        },
      },
      signal,
    );
    this.#menu.attach(button);
    this.#slider.addEventListener("input", () => this.#onSlide(), { signal });
    this.#number.addEventListener("change", () => this.#onType(), { signal });
    this.#number.addEventListener("keydown", (event) => this.#onKey(event), { signal });
    signal.addEventListener("abort", () => clearTimeout(this.#timer));
    this.element = h("span", { class: "gd-smooth" }, button, this.#slider, this.#number);
  }

  update(state: Smoothing): void {
    this.#state = state;
    const isEma = state.smoothing_kind === "ema";
    const value = isEma ? state.smoothing : Math.log(state.smoothing_window);
    const most = isEma ? MOST_EMA : Math.log(MOST_WINDOW);
    this.#slider.max = `${most}`;
    if (Math.abs(Number(this.#slider.value) - value) > 0.005) this.#slider.value = `${value}`;
    setAttribute(this.#slider, "aria-label", isEma ? "Smoothing" : "Window of smoothing");
    const words = isEma ? state.smoothing.toFixed(2) : `${state.smoothing_window}`;
    setAttribute(this.#slider, "aria-valuetext", isEma ? words : `${words} points`);
    this.#slider.title = isEma
      ? "Running average, corrected for its start; 0 shows the values alone"
      : "Mean of so many points; 1 shows the values alone";
    this.#slider.style.setProperty("--v", `${(value / most) * 100}%`);
    if (document.activeElement !== this.#number) this.#number.value = words;
    this.#number.title = isEma ? "From 0 to 0.99" : "Points";
    this.#repaint();
  }

  #onSlide(): void {
    const value = Number(this.#slider.value);
    const isEma = this.#state?.smoothing_kind === "ema";
    const changed = isEma
      ? { smoothing: Math.round(value * 100) / 100 }
      : { smoothing_window: Math.round(Math.exp(value)) };
    if (this.#state) this.update({ ...this.#state, ...changed });
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#onChange(changed), TELL_EVERY_MS);
  }

  #onType(): void {
    const isEma = this.#state?.smoothing_kind === "ema";
    const value = Number(this.#number.value.replace(",", "."));
    if (Number.isFinite(value) && this.#number.value.trim()) {
      this.#onChange(
        isEma
          ? { smoothing: Math.min(Math.max(value, 0), MOST_EMA) }
          : { smoothing_window: Math.max(Math.round(value), 1) },
      );
    }
    this.#number.blur();
    if (this.#state) this.update(this.#state);
  }

  #onKey(event: KeyboardEvent): void {
    event.stopPropagation(); // the notebook has its own use for letters and arrows
    if (event.key === "Enter") this.#onType();
    const by = event.key === "ArrowUp" ? 1 : event.key === "ArrowDown" ? -1 : 0;
    const state = this.#state;
    if (!by || !state) return;
    event.preventDefault();
    const ema = Math.min(Math.max(state.smoothing + 0.01 * by, 0), MOST_EMA);
    const changed =
      state.smoothing_kind === "ema"
        ? { smoothing: Math.round(ema * 100) / 100 }
        : { smoothing_window: Math.max(state.smoothing_window + by, 1) };
    this.#number.value = `${Object.values(changed)[0]}`;
    this.#onChange(changed);
  }

  #fill(panel: HTMLElement): void {
    const passes = h("input", {
      class: "gd-field is-low",
      type: "number",
      min: 1,
      max: MOST_PASSES,
      step: 1,
      label: "Passes",
    });
    const row = h(
      "label",
      { class: "gd-option gd-passes", title: "Smooth again what was smoothed" },
      h("span", { class: "gd-grow", text: "Passes" }),
      passes,
    );
    passes.addEventListener("change", () => {
      const value = Math.min(Math.max(Math.round(Number(passes.value)) || 1, 1), MOST_PASSES);
      this.#onChange({ smoothing_passes: value });
    });
    const kinds = KINDS.map(([id, words, title]) => {
      const tick = h("span", { class: "gd-tick" }, icon("check"));
      const button = h(
        "button",
        { class: "gd-option", type: "button", title },
        tick,
        h("span", { text: words }),
      );
      button.addEventListener("click", () => this.#onChange({ smoothing_kind: id }));
      panel.append(button);
      return { id, tick, button };
    });
    panel.append(row);
    this.#repaint = () => {
      const { smoothing_kind: kind, smoothing_passes: count = 1 } = this.#state ?? {};
      for (const { id, tick, button } of kinds) {
        setAttribute(button, "aria-pressed", String(id === kind));
        tick.style.visibility = id === kind ? "" : "hidden";
      }
      show(row, kind === "window");
      if (document.activeElement !== passes) passes.value = `${count}`;
      this.#menu.place();
    };
    this.#repaint();
  }
}
