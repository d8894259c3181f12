/** A sound: play, its shape, whose it is. */
import { h, setAttribute, setText } from "../dom";
import { formatCount } from "../format";
import { icon } from "../icons";
import type { Item } from "./library";
import { clockText } from "./media_words";
import { describe, Line, type Surroundings, Swatch, type Thing } from "./tile";

const HEIGHT = 28;
const PITCH = 4;

export class SoundTile implements Thing {
  readonly element: HTMLElement;
  readonly #around: Surroundings;
  readonly #button = h("button", { class: "gd-btn is-low is-icon is-line", type: "button" });
  readonly #wave = h("button", { class: "gd-wave", type: "button" });
  readonly #swatch = new Swatch();
  readonly #name = document.createTextNode("");
  readonly #line = new Line();
  readonly #audio = new Audio();
  #release: () => void = () => {};
  #item: Item | null = null;
  #isThere = true;
  #isAsked = false;

  constructor(around: Surroundings) {
    this.#around = around;
    this.#line.left.append(this.#swatch.element, this.#name);
    const bar = h("span", { class: "gd-bar" }, this.#button, this.#wave);
    this.element = h("div", { class: "gd-soundtile" }, bar, this.#line.element);
    this.#button.addEventListener("click", () => void this.#toggle());
    this.#wave.addEventListener("click", () => this.#item && around.open(this.#item));
    for (const name of ["play", "pause", "ended", "timeupdate"]) {
      this.#audio.addEventListener(name, () => this.#update());
    }
    this.#audio.addEventListener("error", () => {
      if (this.#audio.getAttribute("src")) this.#says("The browser cannot play it");
    });
  }

  show(item: Item): void {
    const sim = this.#around.sim(item.simId);
    this.#swatch.show(sim.colour);
    if (this.#name.data !== sim.name) this.#name.data = sim.name;
    setAttribute(this.#line.left, "title", sim.name);
    const about = describe(item, sim.name);
    setAttribute(this.#wave, "aria-label", `Open ${about}`);
    setAttribute(this.#button, "aria-label", `Play ${about}`);
    if (this.#item?.number === item.number) return;
    this.#stop();
    this.#item = item;
    this.element.dataset.number = String(item.number);
    this.#wave.replaceChildren();
    this.#update();
    this.#around.wave(item.number).then(
      (peaks) => this.#isThere && this.#item === item && this.#draw(peaks),
      () => {},
    );
  }

  remove(): void {
    this.#isThere = false;
    this.#stop();
    this.element.remove();
  }

  #stop(): void {
    this.#audio.pause();
    this.#audio.removeAttribute("src");
    this.#release();
    this.#isAsked = false;
  }

  async #toggle(): Promise<void> {
    const item = this.#item;
    if (!item || this.#isAsked) return;
    if (this.#audio.getAttribute("src")) {
      if (this.#audio.paused) await this.#audio.play().catch(() => {});
      else this.#audio.pause();
      return;
    }
    this.#isAsked = true;
    const isWanted = () => this.#isThere && this.#item === item;
    const onProgress = (share: number) => this.#says(`${Math.floor(share * 100)}\u00a0%`);
    try {
      const url = await this.#around.files.file(item.number, onProgress, isWanted);
      if (!isWanted()) return;
      this.#release = this.#around.files.hold(item.number);
      this.#audio.src = url;
      await this.#audio.play().catch(() => {});
      this.#update();
    } catch (error) {
      if (isWanted()) this.#says((error as Error).message);
    } finally {
      this.#isAsked = false;
    }
  }

  #update(): void {
    const item = this.#item;
    if (!item) return;
    const isPlaying = !this.#audio.paused;
    const name = isPlaying ? "pause" : "play";
    if (this.#button.dataset.icon !== name) {
      this.#button.dataset.icon = name;
      this.#button.replaceChildren(icon(name));
    }
    const share = this.#audio.duration > 0 ? this.#audio.currentTime / this.#audio.duration : 0;
    const bars = this.#wave.querySelectorAll("rect");
    for (const [place, bar] of bars.entries()) {
      bar.classList.toggle("is-played", (place + 0.5) / bars.length < share);
    }
    const isBegun = share > 0 && share < 1;
    const step = `step ${formatCount(item.step)}`;
    this.#says(
      isBegun
        ? `${clockText(this.#audio.currentTime)} / ${clockText(this.#audio.duration)}`
        : step,
    );
  }

  #says(words: string): void {
    setText(this.#line.right, words, words);
  }

  #draw(peaks: readonly number[]): void {
    const bars = peaks.length ? peaks : new Array<number>(48).fill(0);
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    svg.setAttribute("viewBox", `0 0 ${bars.length * PITCH} ${HEIGHT}`);
    svg.setAttribute("preserveAspectRatio", "none");
    svg.setAttribute("aria-hidden", "true");
    for (const [place, peak] of bars.entries()) {
      const height = 2 + Math.min(Math.max(peak, 0), 1) * (HEIGHT - 4);
      const bar = document.createElementNS("http://www.w3.org/2000/svg", "rect");
      bar.setAttribute("x", String(place * PITCH));
      bar.setAttribute("y", String((HEIGHT - height) / 2));
      bar.setAttribute("width", "2");
      bar.setAttribute("height", String(height));
      svg.append(bar);
    }
    this.#wave.replaceChildren(svg);
  }
}
