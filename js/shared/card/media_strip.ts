/** The newest media of a card as small pictures, all of them on demand, and the one that is looked at. */
import { h, setAttribute, setText, show } from "../dom";
import { formatCount } from "../format";
import { icon } from "../icons";
import type { MediaFiles, MediaItem } from "../media/media_files";
import { captionLines, lengthText } from "../media/media_words";
import { Fold } from "./notes";

const NEWEST = 3;
const MOST = 300;

export class MediaStrip {
  readonly element: HTMLElement;
  readonly #files: MediaFiles;
  readonly #onChoose: (number: number | null) => void;
  readonly #about = h("span", { class: "gd-muted gd-grow gd-clip" });
  readonly #all = new Fold();
  readonly #strip = h("div", { class: "gd-strip" });
  readonly #player: HTMLElement;
  readonly #tiles = new Map<number, HTMLElement>();
  readonly #observer: IntersectionObserver | null = null;
  #items: MediaItem[] = [];
  #names: (simId: string) => string = () => "";
  #isMixed = false;
  #chosen: number | null = null;

  /** Always with all of them, without a head of its own, where `showsAll`. */
  constructor(
    files: MediaFiles,
    onChoose: (number: number | null) => void,
    signal: AbortSignal,
    showsAll = false,
  ) {
    this.#files = files;
    this.#onChoose = onChoose;
    if (showsAll) this.#all.toggle();
    this.#player = h("div", { class: "gd-player", hidden: true });
    this.#all.button.addEventListener("click", () => {
      this.#all.toggle();
      this.#build();
    });
    this.element = h(
      "section",
      { class: "gd-media", label: "Media", hidden: true },
      h(
        "div",
        { class: "gd-bar gd-small", hidden: showsAll },
        h("b", { text: "Media" }),
        this.#about,
        this.#all.button,
      ),
      this.#strip,
      this.#player,
    );
    if (typeof IntersectionObserver === "undefined") return;
    this.#observer = new IntersectionObserver((entries) => {
      for (const { isIntersecting, target } of entries) {
        if (isIntersecting) this.#fill(target as HTMLElement);
      }
    });
    signal.addEventListener("abort", () => this.#observer?.disconnect());
  }

  get chosen(): number | null {
    return this.#chosen;
  }

  /** Show these, in the order in which they came; `names` gives what a group's simulations are called. */
  update(items: MediaItem[], names: (simId: string) => string): void {
    this.#names = names;
    if (items.length === this.#items.length && items[0] === this.#items[0]) return;
    this.#items = items;
    show(this.element, items.length > 0);
    const keys = [...new Set(items.map((item) => item.key))];
    if (this.#isMixed !== keys.length > 1) this.#tiles.clear();
    this.#isMixed = keys.length > 1;
    const about = `${keys.join(", ")} \u00b7 ${formatCount(items.length)}`;
    setText(this.#about, about, about);
    show(this.#all.button, items.length > NEWEST);
    this.#build();
  }

  /** Look at one, or with null, or the same again, at none. */
  async choose(number: number | null): Promise<void> {
    this.#chosen = number === this.#chosen ? null : number;
    this.#onChoose(this.#chosen);
    this.#build();
    const item = this.#items.find((each) => each.number === this.#chosen);
    show(this.#player, item !== undefined);
    this.#player.replaceChildren();
    if (!item) return;
    const says = h("p", { class: "gd-muted gd-small", text: "Loading\u2026", role: "status" });
    this.#player.append(says, this.#footer(item));
    const isWanted = () => this.#chosen === item.number;
    try {
      const content = await this.#content(item, says, isWanted);
      if (isWanted()) says.replaceWith(content);
    } catch (error) {
      if (isWanted()) setText(says, (error as Error).message);
    }
  }

  async #content(
    item: MediaItem,
    says: HTMLElement,
    isWanted: () => boolean,
  ): Promise<HTMLElement> {
    if (item.kind === "text" || item.kind === "histogram") {
      const text = await this.#files.text(item.number);
      return h("pre", { class: "gd-trace", text, tabindex: 0, label: item.name });
    }
    const onProgress = (part: number) => setText(says, `Loading ${Math.floor(part * 100)}\u00a0%`);
    const src = await this.#files.file(item.number, onProgress, isWanted);
    if (item.kind === "image") return h("img", { src, alt: item.name });
    const media = h(item.kind, { src, controls: true, label: item.name });
    media.addEventListener("error", () => {
      media.replaceWith(h("p", { text: `This browser cannot play ${item.name}.` }));
    });
    media.play().catch(() => {}); // some browsers want another click
    return media;
  }

  #footer(item: MediaItem): HTMLElement {
    const close = h("button", { class: "gd-btn is-low", type: "button", text: "Close" });
    close.addEventListener("click", () => void this.choose(null));
    const words = [item.key, ...captionLines(item), item.name].join(" \u00b7 ");
    return h(
      "div",
      { class: "gd-bar gd-small" },
      h("span", { class: "gd-muted gd-clip gd-grow", text: words, title: words }),
      close,
    );
  }

  #build(): void {
    const isAll = this.#all.isOpen;
    this.#all.say(isAll ? "Show newest" : "Show all");
    const shown = this.#items.slice(isAll ? -MOST : -NEWEST);
    const chosen = this.#items.find((item) => item.number === this.#chosen);
    if (chosen && !shown.includes(chosen)) shown.splice(0, 1, chosen);
    this.#strip.classList.toggle("is-all", isAll);
    const tiles = shown.map((item) => this.#tile(item));
    this.#strip.replaceChildren(...tiles);
    for (const [number, tile] of this.#tiles) {
      const isOn = number === this.#chosen;
      tile.firstElementChild?.classList.toggle("is-on", isOn);
      setAttribute(tile, "aria-pressed", String(isOn));
    }
    for (const tile of tiles) {
      if (this.#observer) this.#observer.observe(tile);
      else this.#fill(tile);
    }
  }

  #tile(item: MediaItem): HTMLElement {
    const known = this.#tiles.get(item.number);
    if (known) return known;
    const length = lengthText(item);
    const isPlayed = item.kind === "video" || item.kind === "audio";
    const play = isPlayed ? h("span", { class: "gd-play" }, icon("play"), length) : null;
    const lines = captionLines(item);
    const tile = h(
      "button",
      {
        class: "gd-clipcard",
        type: "button",
        "data-number": item.number,
        title: [item.key, item.name].join(" \u00b7 "),
        label: [item.kind, item.key, ...lines].join(", "),
      },
      h(
        "span",
        { class: "gd-thumb" },
        play,
        isPlayed
          ? null
          : h("span", { class: "gd-muted", text: item.has_thumbnail ? "" : item.name }),
      ),
      h(
        "span",
        { class: "gd-caption" },
        ...[this.#names(item.sim_id), this.#isMixed ? item.key : "", ...lines]
          .filter(Boolean)
          .map((text, i) => h("span", { class: i ? "gd-muted" : "", text })),
      ),
    );
    tile.addEventListener("click", () => void this.choose(item.number));
    this.#tiles.set(item.number, tile);
    return tile;
  }

  /** Fetch the small picture of a tile that is seen for the first time. */
  #fill(tile: HTMLElement): void {
    this.#observer?.unobserve(tile);
    const number = Number(tile.dataset.number);
    const item = this.#items.find((each) => each.number === number);
    if (!item?.has_thumbnail || tile.querySelector("img")) return;
    const image = h("img", { alt: "", hidden: true });
    tile.firstElementChild?.prepend(image);
    this.#files.thumbnail(number).then(
      (url) => {
        if (url) image.src = url;
        show(image, url !== "");
      },
      () => image.remove(),
    );
  }
}
