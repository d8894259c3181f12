/** While videos play in step: their clock, and how fast it goes. */
import { h, setAttribute, setText, show } from "../dom";
import { formatCount } from "../format";
import { icon } from "../icons";
import { clockText } from "./media_words";
import type { Together } from "./together";

const RATES = [0.25, 0.5, 1, 2, 4];

export class Transport {
  readonly element: HTMLElement;
  readonly #together: Together;
  readonly #about = h("span", { class: "gd-muted" });
  readonly #time = h("output", { class: "gd-stepend" });
  readonly #length = h("span", { class: "gd-stepend" });
  readonly #slider = h("input", { class: "gd-steps", type: "range", min: 0, step: "any" });
  readonly #track = h("span", { class: "gd-steptrack" }, this.#slider);
  readonly #rate = h("button", { class: "gd-btn is-low", type: "button", title: "How fast" });

  constructor(together: Together) {
    this.#together = together;
    const stop = h("button", { class: "gd-btn is-low", type: "button" }, icon("x"), "Stop");
    this.element = h(
      "div",
      { class: "gd-stepbar", role: "group", label: "Videos in step", hidden: true },
      this.#about,
      this.#time,
      this.#track,
      this.#length,
      this.#rate,
      stop,
    );
    setAttribute(this.#slider, "aria-label", "Time");
    this.#slider.addEventListener("input", () => together.seek(Number(this.#slider.value)));
    this.#rate.addEventListener("click", () => {
      const next = RATES[(RATES.indexOf(together.rate) + 1) % RATES.length] ?? 1;
      together.setRate(next);
    });
    stop.addEventListener("click", () => together.stop());
  }

  /** `shown` is how many videos there are to see, of which some may not play. */
  update(shown: number): void {
    const { state, time, duration, rate, count } = this.#together;
    const isOn = state !== "idle" && state !== "loading";
    show(this.element, isOn);
    if (!isOn) return;
    setText(this.#about, count < shown ? `${count} of ${formatCount(shown)} videos` : "Time");
    setAttribute(this.#slider, "max", String(duration));
    this.#slider.value = String(time);
    const share = duration > 0 ? time / duration : 0;
    this.#track.style.setProperty("--from", "0");
    this.#track.style.setProperty("--to", String(share));
    setText(this.#time, clockText(time));
    setText(this.#length, clockText(duration));
    setAttribute(this.#slider, "aria-valuetext", `${clockText(time)} of ${clockText(duration)}`);
    setText(this.#rate, `${rate}\u00d7`);
  }
}
