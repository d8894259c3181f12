/** The slider over steps: one handle for the step that is shown, two for a range when every step is. */
import { Picker } from "../card/picker";
import { h, setAttribute, setText, show } from "../dom";
import { formatCount } from "../format";
import { icon } from "../icons";
import { stepBefore } from "./choice";

const SAVE_AFTER_MS = 150;
const WAYS = [
  { id: "nearest", name: "nearest at or before, for each simulation" },
  { id: "every", name: "every step" },
];

interface StepCalls {
  /** While it is dragged, then once more for good. */
  onStep(step: number | null, isFinal: boolean): void;
  onBetween(between: [number, number] | null, isFinal: boolean): void;
  onEveryStep(isEvery: boolean): void;
}

export interface StepState {
  /** Ascending. */
  steps: readonly number[];
  atStep: number | null;
  between: readonly [number, number] | null;
  everyStep: boolean;
}

export class StepBar {
  readonly element: HTMLElement;
  readonly #calls: StepCalls;
  readonly #least = h("span", { class: "gd-stepend" });
  readonly #value = h("output", { class: "gd-stepend" });
  readonly #low = slider("First step");
  readonly #high = slider("Step");
  readonly #track = h("span", { class: "gd-steptrack" }, this.#low, this.#high);
  readonly #range: HTMLButtonElement;
  readonly #way: Picker;
  #state: StepState = { steps: [], atStep: null, between: null, everyStep: false };
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(calls: StepCalls, signal: AbortSignal) {
    this.#calls = calls;
    this.#range = h("button", { class: "gd-btn is-low", type: "button", title: "Show all steps" });
    this.#range.addEventListener("click", () => calls.onBetween(null, true));
    this.#way = new Picker({
      label: "Which steps",
      class: "gd-btn is-low gd-pick gd-way",
      options: () => WAYS,
      chosen: () => (this.#state.everyStep ? "every" : "nearest"),
      onPick: (id) => calls.onEveryStep(id === "every"),
    });
    this.element = h(
      "div",
      { class: "gd-stepbar", role: "group", label: "Steps" },
      h("span", { class: "gd-muted", text: "Steps" }),
      this.#least,
      this.#track,
      this.#value,
      this.#range,
      this.#way.button,
    );
    for (const input of [this.#low, this.#high]) {
      input.addEventListener("input", () => this.#onInput(input, false));
      input.addEventListener("change", () => this.#onInput(input, true));
      input.addEventListener("keydown", (event) => this.#onKey(input, event));
    }
    signal.addEventListener("abort", () => clearTimeout(this.#timer));
  }

  update(state: StepState): void {
    this.#state = state;
    const { steps, atStep, between, everyStep } = state;
    const [first, last] = [steps[0] ?? 0, steps.at(-1) ?? 0];
    show(this.element, steps.length > 1 || between !== null || atStep !== null);
    for (const input of [this.#low, this.#high]) {
      setAttribute(input, "min", String(first));
      setAttribute(input, "max", String(last));
    }
    show(this.#low, everyStep);
    const low = everyStep ? Math.max(between?.[0] ?? first, first) : first;
    const wanted = everyStep ? (between?.[1] ?? last) : (atStep ?? last);
    const high = Math.min(Math.max(wanted, first), last);
    this.#put(this.#low, low);
    this.#put(this.#high, high);
    const share = (step: number) => (last > first ? (step - first) / (last - first) : 1);
    this.#track.style.setProperty("--from", String(everyStep ? share(low) : 0));
    this.#track.style.setProperty("--to", String(share(high)));
    setText(this.#least, formatCount(low));
    const isNewest = !everyStep && atStep === null;
    const words = formatCount(everyStep ? high : (atStep ?? last));
    setText(this.#value, words, isNewest ? "The newest; follows what is recorded" : "");
    setAttribute(this.#high, "aria-label", everyStep ? "Last step" : "Step");
    setAttribute(this.#high, "aria-valuetext", isNewest ? `${words}, the newest` : words);
    setAttribute(this.#low, "aria-valuetext", formatCount(low));
    show(this.#range, between !== null);
    if (between) {
      const told = `${formatCount(between[0])} to ${formatCount(between[1])}`;
      if (this.#range.dataset.says !== told) {
        this.#range.dataset.says = told;
        this.#range.replaceChildren(everyStep ? "All" : told, icon("x"));
      }
      setAttribute(this.#range, "aria-label", `Only steps ${told}. Show all steps`);
    }
    this.#way.say(WAYS[everyStep ? 1 : 0]?.name ?? "");
  }

  #put(input: HTMLInputElement, step: number): void {
    if (Number(input.value) !== step) input.value = String(step);
  }

  #onInput(input: HTMLInputElement, isFinal: boolean): void {
    const { steps } = this.#state;
    this.#move(input, stepBefore(steps, Number(input.value)), isFinal);
  }

  /** Arrow keys go from recorded step to recorded step, however far apart they are. */
  #onKey(input: HTMLInputElement, event: KeyboardEvent): void {
    const { steps } = this.#state;
    const at = steps.indexOf(stepBefore(steps, Number(input.value)));
    const far = Math.max(Math.round(steps.length / 10), 1);
    const by = {
      ArrowRight: 1,
      ArrowUp: 1,
      ArrowLeft: -1,
      ArrowDown: -1,
      PageUp: far,
      PageDown: -far,
      Home: -steps.length,
      End: steps.length,
    }[event.key];
    if (!by) return;
    event.preventDefault();
    const step = steps[Math.min(Math.max(at + by, 0), steps.length - 1)];
    if (step !== undefined) this.#move(input, step, true);
  }

  #move(input: HTMLInputElement, step: number, isFinal: boolean): void {
    const { steps, everyStep, between } = this.#state;
    const [first, last] = [steps[0] ?? 0, steps.at(-1) ?? 0];
    const tell = (isLast: boolean) => {
      if (!everyStep) return this.#calls.onStep(step >= last ? null : step, isLast);
      const [low, high] = between ?? [first, last];
      const range: [number, number] =
        input === this.#low ? [step, Math.max(high, step)] : [Math.min(low, step), step];
      const isAll = range[0] <= first && range[1] >= last;
      this.#calls.onBetween(isAll ? null : range, isLast);
    };
    clearTimeout(this.#timer);
    tell(isFinal);
    if (!isFinal) this.#timer = setTimeout(() => tell(true), SAVE_AFTER_MS);
  }
}

function slider(label: string): HTMLInputElement {
  return h("input", { class: "gd-steps", type: "range", step: "any", label });
}
