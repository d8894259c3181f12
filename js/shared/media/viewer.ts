/** One file, large, over the other ones: arrow keys go to the steps before and after, Escape goes back. */
import { h, setAttribute, setText, show } from "../dom";
import { formatCount, formatValue } from "../format";
import { type IconName, icon } from "../icons";
import { seriesLook } from "../theme";
import { type Bars, drawHistogram, histogramWords } from "./histogram";
import type { Item } from "./library";
import type { MediaFiles } from "./media_files";
import { Swatch, valueText } from "./tile";

interface ViewerCalls {
  files: MediaFiles;
  name(simId: string): string;
  colour(simId: string): number;
  /** Those of the same simulation and key, by step. */
  series(item: Item): readonly Item[];
  /** A histogram as bars of one width. */
  bars(number: number): Promise<Bars>;
  /** The file's name and what else is known of it. */
  about(number: number): Promise<About>;
  onClose(item: Item): void;
  onShow(): void;
}

export interface About {
  name: string;
  facts: Record<string, unknown>;
}

const TOLD = new Set(["episode", "n_letters", "n_frames", "fps", "duration_s"]);

export class Viewer {
  readonly element: HTMLElement;
  readonly #calls: ViewerCalls;
  readonly #swatch = new Swatch();
  readonly #name = h("b", { class: "gd-clip" });
  readonly #facts = h("span", { class: "gd-muted gd-clip gd-grow" });
  readonly #place = h("span", { class: "gd-muted gd-num" });
  readonly #before = button("left", "Step before (left arrow)");
  readonly #after = button("right", "Step after (right arrow)");
  readonly #download = button("download", "Download the file");
  readonly #close = button("x", "Close (Escape)");
  readonly #stage = h("div", { class: "gd-viewstage" });
  readonly #more = h("p", { class: "gd-muted gd-small gd-clip gd-viewmore" });
  #item: Item | null = null;
  #release: () => void = () => {};

  constructor(calls: ViewerCalls) {
    this.#calls = calls;
    this.element = h(
      "div",
      { class: "gd-viewer", role: "dialog", label: "File", tabindex: -1, hidden: true },
      h(
        "div",
        { class: "gd-bar gd-small gd-viewhead" },
        this.#swatch.element,
        this.#name,
        this.#facts,
        this.#place,
        this.#before,
        this.#after,
        this.#download,
        this.#close,
      ),
      this.#stage,
      this.#more,
    );
    this.#before.addEventListener("click", () => this.#go(-1));
    this.#after.addEventListener("click", () => this.#go(1));
    this.#close.addEventListener("click", () => this.close());
    this.#download.addEventListener("click", () => void this.#save());
    this.element.addEventListener("keydown", (event) => this.#onKey(event));
  }

  get item(): Item | null {
    return this.#item;
  }

  open(item: Item): void {
    const isOther = this.#item?.number !== item.number;
    this.#item = item;
    show(this.element, true);
    if (isOther) void this.#show(item);
    this.update();
    this.element.focus({ preventScroll: true });
    this.#calls.onShow();
  }

  close(): void {
    const item = this.#item;
    if (!item) return;
    this.#item = null;
    this.#empty();
    show(this.element, false);
    this.#calls.onClose(item);
  }

  /** Names may have changed, or others may have been recorded before and after. */
  update(): void {
    const item = this.#item;
    if (!item) return;
    this.#swatch.show(this.#calls.colour(item.simId));
    const name = this.#calls.name(item.simId);
    setText(this.#name, name, name);
    const episode = Number.isNaN(item.episode) ? "" : `episode ${formatCount(item.episode)}`;
    const told = [item.key, `step ${formatCount(item.step)}`, valueText(item), episode];
    const words = told.filter(Boolean).join(" \u00b7 ");
    setText(this.#facts, words, words);
    setAttribute(this.element, "aria-label", `${item.kind} of ${name}, ${words}`);
    const series = this.#calls.series(item);
    const at = series.findIndex(({ number }) => number === item.number);
    setText(this.#place, `${formatCount(at + 1)} of ${formatCount(series.length)}`);
    setAttribute(this.#before, "aria-disabled", at > 0 ? null : "true");
    setAttribute(this.#after, "aria-disabled", at < series.length - 1 ? null : "true");
  }

  #go(by: number): void {
    const item = this.#item;
    if (!item) return;
    const series = this.#calls.series(item);
    const next = series[series.findIndex(({ number }) => number === item.number) + by];
    if (next) this.open(next);
  }

  #onKey(event: KeyboardEvent): void {
    const media = this.#stage.querySelector<HTMLMediaElement>("video,audio");
    if (event.key === "Escape") this.close();
    else if (event.key === "ArrowLeft") this.#go(-1);
    else if (event.key === "ArrowRight") this.#go(1);
    else if (event.key === " " && media && event.target === this.element) {
      if (media.paused) media.play().catch(() => {});
      else media.pause();
    } else return;
    event.preventDefault();
  }

  #empty(): void {
    this.#release();
    this.#release = () => {};
    for (const media of this.#stage.querySelectorAll<HTMLMediaElement>("video,audio")) {
      media.pause();
      media.removeAttribute("src");
    }
    this.#stage.replaceChildren();
  }

  async #show(item: Item): Promise<void> {
    this.#empty();
    setText(this.#more, "");
    const isWanted = () => this.#item?.number === item.number;
    const says = h("p", {
      class: "gd-muted gd-small gd-viewsays",
      role: "status",
      text: "Loading\u2026",
    });
    const small = this.#calls.files.knownThumbnail(item.number);
    if (small) this.#stage.append(h("img", { src: small, alt: "", class: "is-old" }));
    this.#stage.append(says);
    void this.#sayMore(item, isWanted);
    try {
      const content = await this.#content(item, says, isWanted);
      if (isWanted()) this.#stage.replaceChildren(content);
      if (content instanceof HTMLMediaElement) content.play().catch(() => {}); // some want a click
    } catch (error) {
      if (isWanted()) setText(says, (error as Error).message);
    }
  }

  async #content(item: Item, says: HTMLElement, isWanted: () => boolean): Promise<HTMLElement> {
    const { files } = this.#calls;
    if (item.kind === "text") {
      const text = await files.text(item.number);
      return h("pre", { class: "gd-viewtext", text, tabindex: 0, label: "Text" });
    }
    if (item.kind === "histogram") {
      const bars = await this.#calls.bars(item.number);
      const words = histogramWords(bars);
      const picture = drawHistogram(bars, { isLarge: true });
      picture.style.setProperty("--c", seriesLook(this.#calls.colour(item.simId)).colour);
      return h("figure", { class: "gd-viewbars" }, picture, h("figcaption", { text: words }));
    }
    const onProgress = (part: number) => setText(says, `Loading ${Math.floor(part * 100)}\u00a0%`);
    const src = await files.file(item.number, onProgress, isWanted);
    if (isWanted()) this.#release = files.hold(item.number);
    const fail = (element: HTMLElement) =>
      element.replaceWith(
        h("p", {
          class: "gd-viewsays",
          text: `The browser cannot ${item.kind === "image" ? "show" : "play"} it. Download it to open it elsewhere.`,
        }),
      );
    if (item.kind === "image") {
      const image = h("img", { src, alt: "" });
      image.addEventListener("error", () => fail(image));
      return image;
    }
    const media = h(item.kind, { src, controls: true, loop: item.kind === "video" });
    media.addEventListener("error", () => fail(media));
    return media;
  }

  async #sayMore(item: Item, isWanted: () => boolean): Promise<void> {
    const about = await this.#calls.about(item.number).catch(() => null);
    if (!about || !isWanted()) return;
    const { width, height } = about.facts;
    const size = width && height ? `${width} \u00d7 ${height}` : "";
    const others = Object.entries(about.facts)
      .filter(([name]) => !TOLD.has(name) && !["width", "height", item.valueName].includes(name))
      .map(([name, value]) => `${name} ${typeof value === "number" ? formatValue(value) : value}`);
    const words = [about.name, size, ...others].filter(Boolean).join(" \u00b7 ");
    setText(this.#more, words, words);
  }

  async #save(): Promise<void> {
    const item = this.#item;
    if (!item) return;
    try {
      const onProgress = (part: number) =>
        setAttribute(this.#download, "title", `Loading ${Math.floor(part * 100)} %`);
      const [href, about] = await Promise.all([
        this.#calls.files.file(item.number, onProgress, () => true),
        this.#calls.about(item.number),
      ]);
      const link = h("a", { href, download: about.name, hidden: true });
      this.element.append(link);
      link.click();
      link.remove();
      setAttribute(this.#download, "title", "Download the file");
    } catch (error) {
      setText(this.#more, (error as Error).message, (error as Error).message);
    }
  }
}

function button(name: IconName, title: string): HTMLButtonElement {
  const made = h("button", {
    class: "gd-btn is-low is-icon",
    type: "button",
    title,
    label: title,
  });
  made.append(icon(name));
  return made;
}
