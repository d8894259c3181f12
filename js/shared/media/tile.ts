/** One image or video: its small picture, and below it whose it is. */
import { h, setAttribute, setText } from "../dom";
import { formatCount, formatValue } from "../format";
import { icon } from "../icons";
import { seriesLook, stripe } from "../theme";
import type { Bars } from "./histogram";
import type { Item, Sim } from "./library";
import type { MediaFiles } from "./media_files";
import { clockText } from "./media_words";

/** What the things in a section may use. */
export interface Surroundings {
  files: MediaFiles;
  sim(id: string): Sim;
  open(item: Item): void;
  /** The first letters of a text. */
  text(number: number): Promise<string>;
  /** How loud a sound is over its length. */
  wave(number: number): Promise<number[]>;
  /** A histogram as bars of one width. */
  bars(number: number): Promise<Bars>;
  /** Whether it plays now, so must stay. */
  isBusy(item: Item): boolean;
}

export interface Thing {
  readonly element: HTMLElement;
  show(item: Item): void;
  /** It is taken off the page. */
  remove(): void;
}

/** Two words on a line, the second at its end. */
export class Line {
  readonly element: HTMLElement;
  readonly left = h("span", { class: "gd-clip" });
  readonly right = h("span");

  constructor(className = "") {
    this.element = h("span", { class: `gd-two ${className}` }, this.left, this.right);
  }
}

export class Swatch {
  readonly element = h("i", { class: "gd-swatch" });
  #colour = -1;

  show(colour: number): void {
    if (colour === this.#colour) return;
    this.#colour = colour;
    const look = seriesLook(colour);
    this.element.style.setProperty("--c", look.colour);
    this.element.style.background = "";
    stripe(this.element, look.dash);
  }
}

/** `return 455`, or "" where no value was recorded. */
export function valueText({ value, valueName }: Item): string {
  return Number.isNaN(value) ? "" : `${valueName} ${formatValue(value)}`;
}

/** All that is known of it in one line, for those who cannot see it. */
export function describe(item: Item, name: string): string {
  const episode = Number.isNaN(item.episode) ? "" : `episode ${formatCount(item.episode)}`;
  const step = `step ${formatCount(item.step)}`;
  return [item.kind, item.key, name, step, valueText(item), episode].filter(Boolean).join(", ");
}

export class Tile implements Thing {
  readonly element: HTMLButtonElement;
  readonly #around: Surroundings;
  readonly #thumb = h("span", { class: "gd-thumb" });
  readonly #image = h("img", { alt: "", hidden: true, draggable: "false" });
  readonly #says = h("span", { class: "gd-muted" });
  readonly #badge = h("span", { class: "gd-play" });
  readonly #swatch = new Swatch();
  readonly #name = document.createTextNode("");
  readonly #first = new Line();
  readonly #second = new Line("gd-muted");
  #item: Item | null = null;
  #isThere = true;

  constructor(around: Surroundings, hasTwoLines: boolean) {
    this.#around = around;
    this.#first.left.append(this.#swatch.element, this.#name);
    this.element = h("button", { class: "gd-tile", type: "button" }, this.#thumb);
    this.#thumb.append(this.#image, this.#says, this.#badge);
    this.element.append(this.#first.element);
    if (hasTwoLines) this.element.append(this.#second.element);
    this.#hasTwoLines = hasTwoLines;
    this.element.addEventListener("click", () => this.#item && this.#around.open(this.#item));
    this.#image.addEventListener("error", () => {
      this.#image.hidden = true;
      this.say("No small picture");
    });
  }

  readonly #hasTwoLines: boolean;

  get item(): Item | null {
    return this.#item;
  }

  /** Where a video is put that plays here. */
  get stage(): HTMLElement {
    return this.#thumb;
  }

  show(item: Item): void {
    const sim = this.#around.sim(item.simId);
    this.#swatch.show(sim.colour);
    if (this.#name.data !== sim.name) this.#name.data = sim.name;
    setAttribute(this.#first.left, "title", sim.name);
    const step = `step ${formatCount(item.step)}`;
    const episode = Number.isNaN(item.episode) ? "" : `ep ${formatCount(item.episode)}`;
    setText(this.#first.right, this.#hasTwoLines ? valueText(item) : step);
    setText(this.#second.left, step);
    setText(this.#second.right, episode);
    setAttribute(this.element, "aria-label", describe(item, sim.name));
    if (this.#item?.number === item.number) return;
    this.#item = item;
    this.element.dataset.number = String(item.number);
    this.idle();
    void this.#picture(item);
  }

  remove(): void {
    this.#isThere = false;
    this.element.remove();
  }

  /** Say what plays here: nothing, so its length. */
  idle(): void {
    const isVideo = this.#item?.kind === "video";
    const length =
      this.#item && !Number.isNaN(this.#item.seconds) ? clockText(this.#item.seconds) : "";
    this.badge(isVideo ? "play" : null, length);
  }

  badge(name: "play" | "pause" | "check" | null, words: string): void {
    const text = `${name ?? ""} ${words}`;
    if (this.#badge.dataset.says === text) return;
    this.#badge.dataset.says = text;
    this.#badge.hidden = name === null;
    this.#badge.replaceChildren(...(name ? [icon(name, `is-${name}`), words] : []));
  }

  /** Say in the place of the picture why there is none. */
  say(words: string): void {
    setText(this.#says, words);
  }

  async #picture(item: Item): Promise<void> {
    const isWanted = () => this.#isThere && this.#item === item;
    this.say("");
    if (!item.hasThumbnail) {
      this.#image.hidden = true;
      this.say(item.kind === "video" ? "" : "No small picture");
      return;
    }
    const known = this.#around.files.knownThumbnail(item.number);
    if (known === undefined) this.#image.classList.add("is-old");
    try {
      const url = known ?? (await this.#around.files.thumbnail(item.number, isWanted));
      if (!isWanted()) return;
      if (url) this.#image.src = url;
      this.#image.hidden = url === "";
    } catch (error) {
      if (!isWanted()) return;
      this.#image.hidden = true;
      this.say((error as Error).message);
    }
    this.#image.classList.remove("is-old");
  }
}
