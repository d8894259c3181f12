/** All media of one key: a head that folds it, and its things in parts that are only built while they are near. */
import { h, setAttribute, setText, show } from "../dom";
import { formatCount } from "../format";
import { icon } from "../icons";
import type { Group } from "./choice";
import type { Layout } from "./columns";
import { HistogramTile } from "./histogram_tile";
import type { Item } from "./library";
import type { MediaKind } from "./media_files";
import { SoundTile } from "./sound_tile";
import { TextRow } from "./text_row";
import { type Surroundings, type Thing, Tile } from "./tile";

/** Fits two, three, four and six columns. */
const PART = 12;
const GAP = 16;

const NAMES: Record<MediaKind, [string, string]> = {
  video: ["video", "videos"],
  image: ["image", "images"],
  histogram: ["histogram", "histograms"],
  text: ["text", "texts"],
  audio: ["audio", "audio"],
};

export class Section {
  readonly element: HTMLElement;
  readonly #around: Surroundings;
  readonly #observer: IntersectionObserver | null;
  readonly #head = h("button", { class: "gd-sectionhead", type: "button" });
  readonly #key = h("b", { class: "gd-clip" });
  readonly #about = h("span", { class: "gd-muted" });
  readonly #body = h("div");
  readonly #parts: Part[] = [];
  #group: Group;
  #isFolded = false;

  constructor(
    group: Group,
    around: Surroundings,
    observer: IntersectionObserver | null,
    onFold: (key: string) => void,
  ) {
    this.#group = group;
    this.#around = around;
    this.#observer = observer;
    this.#head.append(icon("right", "is-muted"), this.#key, this.#about);
    this.#head.addEventListener("click", () => onFold(this.#group.key));
    this.element = h("section", { class: "gd-mediasection" }, h("h3", {}, this.#head), this.#body);
  }

  get isFolded(): boolean {
    return this.#isFolded;
  }

  get things(): Thing[] {
    return this.#parts.flatMap((part) => part.things);
  }

  update(group: Group, where: string, isFolded: boolean, twoLines: boolean, layout: Layout): void {
    this.#group = group;
    this.#isFolded = isFolded;
    const { key, kind, items, total } = group;
    setText(this.#key, key, key);
    const [one, many] = NAMES[kind];
    const shown = items.length === total ? "" : `, ${formatCount(items.length)} shown${where}`;
    setText(this.#about, `${formatCount(total)} ${total === 1 ? one : many}${shown}`);
    setAttribute(this.element, "aria-label", `${key}, ${kind}`);
    setAttribute(this.#head, "aria-expanded", String(!isFolded));
    show(this.#body, !isFolded);
    const count = isFolded ? 0 : Math.ceil(items.length / PART);
    while (this.#parts.length > count) this.#dropLast();
    for (let i = 0; i < count; i++) {
      const part = this.#parts[i] ?? this.#addPart(kind);
      part.update(items.slice(i * PART, (i + 1) * PART), twoLines, layout);
    }
  }

  remove(): void {
    while (this.#parts.length) this.#dropLast();
    this.element.remove();
  }

  /** Build what shows a file, if it is here; it gives the element. */
  reveal(number: number): HTMLElement | null {
    for (const part of this.#parts) {
      if (!part.items.some((item) => item.number === number)) continue;
      part.setNear(true);
      return part.element.querySelector<HTMLElement>(`[data-number="${number}"]`);
    }
    return null;
  }

  #addPart(kind: MediaKind): Part {
    const part = new Part(kind, this.#around);
    this.#parts.push(part);
    this.#body.append(part.element);
    PARTS.set(part.element, part);
    if (this.#observer) this.#observer.observe(part.element);
    else part.setNear(true);
    return part;
  }

  #dropLast(): void {
    const part = this.#parts.pop();
    if (!part) return;
    this.#observer?.unobserve(part.element);
    part.remove();
  }
}

const PARTS = new WeakMap<Element, Part>();

/** Watches which parts are near the visible part of the page. */
export function watchParts(signal: AbortSignal): IntersectionObserver | null {
  if (typeof IntersectionObserver === "undefined") return null;
  const options = { rootMargin: "400px", scrollMargin: "400px" }; // the second one for a panel that scrolls itself
  const observer = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) PARTS.get(target)?.setNear(isIntersecting);
  }, options);
  signal.addEventListener("abort", () => observer.disconnect());
  return observer;
}

/** Some of a section's things; an empty box of the same height while they are far away. */
class Part {
  readonly element: HTMLElement;
  items: readonly Item[] = [];
  readonly #kind: MediaKind;
  readonly #around: Surroundings;
  #things = new Map<string, Thing>();
  #isNear = false;
  #twoLines = false;
  #layout: Layout = { width: 0, columns: 4 };

  constructor(kind: MediaKind, around: Surroundings) {
    this.#kind = kind;
    this.#around = around;
    const look = kind === "text" ? "gd-textrows" : "gd-mediagrid";
    this.element = h("div", { class: look, role: "group" });
  }

  get things(): Thing[] {
    return [...this.#things.values()];
  }

  update(items: readonly Item[], twoLines: boolean, layout: Layout): void {
    if (twoLines !== this.#twoLines) this.#clear();
    this.items = items;
    this.#twoLines = twoLines;
    this.#layout = layout;
    if (this.#isNear) this.#build();
    else this.#holdPlace();
  }

  setNear(isNear: boolean): void {
    if (isNear === this.#isNear) return;
    if (!isNear && this.items.some((item) => this.#around.isBusy(item))) return;
    this.#isNear = isNear;
    if (isNear) this.#build();
    else {
      this.#clear();
      this.#holdPlace();
    }
  }

  remove(): void {
    this.#clear();
    this.element.remove();
  }

  #clear(): void {
    for (const thing of this.#things.values()) thing.remove();
    this.#things.clear();
  }

  #holdPlace(): void {
    this.element.style.height = `${this.#height()}px`;
  }

  #height(): number {
    const { width, columns } = this.#layout;
    if (this.#kind === "text") return this.items.length * 28;
    const rows = Math.ceil(this.items.length / columns);
    const tile =
      this.#kind === "audio"
        ? 48
        : (((width - (columns - 1) * GAP) / columns) * 2) / 3 + (this.#twoLines ? 36 : 20);
    return rows * (tile + GAP);
  }

  /** What shows a simulation goes on showing it when another of its files takes the place of the one before. */
  #build(): void {
    this.element.style.height = "";
    const before = this.#things;
    this.#things = new Map();
    for (const [place, item] of this.items.entries()) {
      let id = String(item.series);
      while (this.#things.has(id)) id = `${item.series} ${item.number}`;
      const thing = before.get(id) ?? this.#make();
      before.delete(id);
      this.#things.set(id, thing);
      thing.show(item);
      const there = this.element.children[place];
      if (there !== thing.element) this.element.insertBefore(thing.element, there ?? null);
    }
    for (const thing of before.values()) thing.remove();
  }

  #make(): Thing {
    if (this.#kind === "text") return new TextRow(this.#around);
    if (this.#kind === "audio") return new SoundTile(this.#around);
    if (this.#kind === "histogram") return new HistogramTile(this.#around);
    return new Tile(this.#around, this.#twoLines);
  }
}
