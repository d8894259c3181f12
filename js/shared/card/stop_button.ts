/** Stop, then Force stop for a simulation that does not answer. Hidden when there is nothing to stop. */
import { h, setAttribute, setText, show } from "../dom";
import { icon } from "../icons";
import { isNotAnswering, type Simulation } from "./simulation";

export type StopCall = (simIds: string[], isForced: boolean) => Promise<void>;

export class StopButton {
  readonly element: HTMLButtonElement;
  readonly #word = h("span");
  readonly #stop: StopCall;
  readonly #isSmall: boolean;
  #ids: string[] = [];
  #isForced = false;
  #isBusy = false;

  constructor(stop: StopCall, isSmall: boolean) {
    this.#stop = stop;
    this.#isSmall = isSmall;
    const look = isSmall ? "gd-btn is-low is-icon" : "gd-btn is-line is-danger gd-stop";
    this.element = h("button", { class: look, type: "button" }, icon("stop"));
    if (!isSmall) this.element.append(this.#word);
    this.element.addEventListener("click", () => void this.#press());
  }

  /** Show what can be done to these simulations. */
  update(sims: readonly Simulation[], isAllowed: boolean, isGroup: boolean, now: number): void {
    const active = sims.filter((sim) => sim.is_active);
    const deaf = active.filter((sim) => isNotAnswering(sim, now));
    const unasked = active.filter((sim) => sim.stop_asked === null);
    this.#isForced = unasked.length === 0 && deaf.length > 0;
    this.#ids = (this.#isForced ? deaf : unasked).map((sim) => sim.id);
    const isWaiting = this.#isBusy || this.#ids.length === 0;
    const what = isGroup ? " all" : "";
    const word = this.#isForced
      ? `Force stop${what}`
      : isWaiting
        ? "Stopping\u2026"
        : `Stop${what}`;
    setText(this.#word, word);
    const of = this.#isSmall ? ` ${sims[0]?.name ?? ""}` : "";
    const label = this.#isForced ? `Force stop${of}: it does not answer` : `${word}${of}`;
    setAttribute(this.element, "title", label);
    setAttribute(this.element, "aria-label", label);
    setAttribute(this.element, "aria-disabled", isWaiting ? "true" : null);
    const isGone = !isAllowed || active.length === 0;
    if (this.#isSmall) setAttribute(this.element, "style", isGone ? "visibility:hidden" : null);
    else show(this.element, !isGone);
  }

  async #press(): Promise<void> {
    if (this.#isBusy || this.#ids.length === 0) return;
    this.#isBusy = true;
    setText(this.#word, "Stopping\u2026");
    setAttribute(this.element, "aria-disabled", "true");
    try {
      await this.#stop(this.#ids, this.#isForced);
    } finally {
      this.#isBusy = false;
    }
  }
}
