/** The media panel: it puts its parts together, chooses what is shown and takes what comes. */
import { h, setAttribute, setText, show } from "../dom";
import { formatCount } from "../format";
import type { Message } from "../messages";
import type { PanelContext, PanelPart } from "../panel";
import { type Choice, candidates, chosen, countKinds, groups, stepsOf } from "./choice";
import { type Item, Library } from "./library";
import { MediaFiles } from "./media_files";
import type { MediaTraits } from "./model";
import { type Layout, Section, watchParts } from "./section";
import { StepBar } from "./step_bar";
import { type Surroundings, Tile } from "./tile";
import { Together } from "./together";
import { Toolbar } from "./toolbar";
import { Transport } from "./transport";
import { type About, Viewer } from "./viewer";

/** As many videos as a browser plays at once without trouble. */
const MOST_PLAYING = 16;
const THINGS = ".gd-tile, .gd-textrow, .gd-wave";
const LOADING_AFTER_MS = 300;
const NOTHING =
  "No media yet. Simulations record them with self.recorder.video, image, audio or text; trainings with record_video.";
const NOTHING_FITS = "Nothing was recorded that fits. Show all kinds, keys and steps to see more.";

/** What can be chosen from, and what is said of it. */
interface Candidates {
  items: readonly Item[];
  asked: string;
  fitting: readonly Item[];
  counts: ReturnType<typeof countKinds>;
  keys: ReadonlyMap<string, number>;
  steps: readonly number[];
}

export class MediaPart implements PanelPart {
  readonly element: HTMLElement;
  readonly #context: PanelContext<MediaTraits>;
  readonly #library = new Library();
  readonly #files: MediaFiles;
  readonly #toolbar: Toolbar;
  readonly #stepBar: StepBar;
  readonly #transport: Transport;
  readonly #together: Together;
  readonly #viewer: Viewer;
  readonly #observer: IntersectionObserver | null;
  readonly #empty = h("p", { class: "gd-empty gd-muted", hidden: true });
  readonly #loading = h("div", { class: "gd-medialoading", hidden: true }, h("i"), h("i"), h("i"));
  readonly #list = h("div", { class: "gd-medialist" });
  readonly #body = h("div", { class: "gd-mediabody" });
  readonly #stage = h("div", { class: "gd-mediastage" });
  readonly #sections = new Map<string, Section>();
  readonly #around: Surroundings;
  readonly #words = new Map<number, Promise<string>>();
  readonly #waves = new Map<number, Promise<number[]>>();
  #layout: Layout = { width: 0, columns: 4 };
  #frame = 0;
  /** What is dragged and not yet the trait's value. */
  #dragged: { at_step?: number | null; between?: [number, number] | null } = {};
  /** While videos play, those recorded since wait. */
  #newest = Number.POSITIVE_INFINITY;
  #known: Candidates | null = null;
  #videosShown = 0;
  #last = "";
  #wasOpenedFrom: HTMLElement | null = null;

  constructor(context: PanelContext<MediaTraits>) {
    this.#context = context;
    const { signal } = context;
    this.#files = new MediaFiles(context.channel, signal);
    this.#together = new Together(this.#files, () => this.#onPlaying(), signal);
    this.#transport = new Transport(this.#together);
    this.#toolbar = new Toolbar({
      onKind: (kind) => this.#set("kind", kind),
      onKeys: (keys) => this.#set("only_keys", keys),
      onSort: (sort) => this.#set("sort", sort),
      onPlay: () => this.#play(),
    });
    this.#stepBar = new StepBar(
      {
        onStep: (step, isFinal) => this.#drag("at_step", step, isFinal),
        onBetween: (between, isFinal) => this.#drag("between", between, isFinal),
        onEveryStep: (isEvery) => this.#set("every_step", isEvery),
      },
      signal,
    );
    this.#around = {
      files: this.#files,
      sim: (id) => this.#library.sim(id),
      open: (item) => this.#open(item),
      text: (number) => this.#once(this.#words, number, () => this.#text(number)),
      wave: (number) => this.#once(this.#waves, number, () => this.#wave(number)),
      isBusy: (item) => this.#together.isPlaying(item),
    };
    this.#viewer = new Viewer({
      files: this.#files,
      name: (id) => this.#library.sim(id).name,
      colour: (id) => this.#library.sim(id).colour,
      series: (item) => this.#library.series(item),
      about: (number) => context.channel.ask("about", { number }) as Promise<About>,
      onClose: (item) => this.#onClose(item),
      onShow: () => this.#cover(true),
    });
    this.#observer = watchParts(signal);
    this.#body.append(this.#empty, this.#loading, this.#list);
    this.#stage.append(this.#body, this.#viewer.element);
    this.element = h(
      "div",
      { class: "gd-mediapanel" },
      this.#toolbar.element,
      this.#stepBar.element,
      this.#transport.element,
      this.#stage,
    );
    this.#list.addEventListener("keydown", (event) => this.#walk(event));
    this.element.addEventListener("keydown", (event) => {
      // The notebook has its own use for letters and arrows, but saving and the like go on.
      if (!(event.ctrlKey || event.metaKey || event.altKey)) event.stopPropagation();
    });
    this.#watchWidth(signal);
    const timer = setTimeout(() => {
      show(this.#loading, !this.#library.isComplete && this.#library.items.length === 0);
    }, LOADING_AFTER_MS);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      cancelAnimationFrame(this.#frame);
    });
  }

  receive(message: Message, buffers: DataView[]): void {
    if (message.kind === "open") {
      const item = this.#library.get(Number(message.number));
      if (item) this.#open(item);
    } else if (this.#library.receive(message, buffers)) this.#refreshSoon();
  }

  update(): void {
    this.#refreshSoon();
  }

  // What is shown

  #set<K extends keyof MediaTraits & string>(name: K, value: MediaTraits[K]): void {
    this.#together.stop();
    this.#context.set(name, value);
    this.#refresh();
  }

  #drag<K extends "at_step" | "between">(name: K, value: MediaTraits[K], isFinal: boolean): void {
    if (this.#together.state !== "idle") this.#together.stop();
    if (isFinal) {
      delete this.#dragged[name];
      if (JSON.stringify(this.#context.get(name)) !== JSON.stringify(value)) {
        this.#context.set(name, value);
      }
    } else this.#dragged[name] = value as never;
    this.#refreshSoon();
  }

  #choice(): Choice {
    const get = this.#context.get;
    const { at_step = get("at_step"), between = get("between") } = this.#dragged;
    return {
      sims: new Set(get("sims")),
      keys: new Set(get("only_keys")),
      kind: get("kind"),
      between: between ?? null,
      atStep: at_step ?? null,
      everyStep: get("every_step"),
      sort: get("sort"),
    };
  }

  /** At most once a frame, however much comes. */
  #refreshSoon(): void {
    if (this.#frame) return;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      this.#refresh();
    });
  }

  #refresh(): void {
    const library = this.#library;
    const choice = this.#choice();
    const { fitting, counts, keys, steps } = this.#candidates(choice);
    const shown = chosen(fitting, choice, (id) => library.sim(id));
    const found = groups(shown, fitting, choice.kind);
    this.#videosShown = shown.filter(({ kind }) => kind === "video").length;
    this.#toolbar.update({
      kind: choice.kind,
      counts,
      keys,
      onlyKeys: [...choice.keys],
      sort: choice.sort,
      canPlay: this.#videosShown > 0,
    });
    const { atStep, between, everyStep } = choice;
    this.#stepBar.update({ steps, atStep, between, everyStep });
    show(this.#loading, !this.#loading.hidden && !library.isComplete && !library.items.length);
    show(this.#empty, library.isComplete && found.length === 0);
    setText(this.#empty, library.items.length ? NOTHING_FITS : NOTHING);
    show(this.#toolbar.element, library.items.length > 0);
    show(this.#list, found.length > 0);
    this.#showGroups(found, choice);
    const open = this.#viewer.item;
    if (open && !library.get(open.number)) this.#viewer.close(); // it was deleted
    this.#viewer.update();
    this.#onPlaying();
  }

  /** What does not depend on the step that is shown, so stays while it is dragged. */
  #candidates(choice: Choice): Candidates {
    const { sims, keys, kind, between, everyStep } = choice;
    const { items } = this.#library;
    const asked = JSON.stringify([[...sims], [...keys], kind, between, everyStep, this.#newest]);
    const known = this.#known;
    if (known?.items === items && known.asked === asked) return known;
    const here = items.filter(({ number }) => number < this.#newest);
    const ofSims = candidates(here, { ...choice, keys: new Set(), between: null });
    const ofKeys = candidates(ofSims, { ...choice, between: null });
    const fitting = between ? candidates(ofKeys, choice) : ofKeys;
    const ranged = everyStep ? ofKeys : fitting; // a range is dragged within all steps there are
    const counted = new Map<string, number>();
    for (const { key } of ofSims) counted.set(key, (counted.get(key) ?? 0) + 1);
    this.#known = {
      items,
      asked,
      fitting,
      counts: countKinds(fitting),
      keys: new Map([...counted].sort(([a], [b]) => (a < b ? -1 : 1))),
      steps: stepsOf(ranged.filter((item) => kind === "all" || item.kind === kind)),
    };
    return this.#known;
  }

  #showGroups(found: ReturnType<typeof groups>, choice: Choice): void {
    const folded = new Set(this.#context.get("folded"));
    const isAt = choice.atStep !== null && !choice.everyStep;
    const where = isAt ? ` at ${formatCount(choice.atStep ?? 0)}` : "";
    const before = new Map(this.#sections);
    for (const [place, group] of found.entries()) {
      const section = this.#sections.get(group.id) ?? this.#addSection(group);
      before.delete(group.id);
      const twoLines =
        group.kind === "video" ||
        group.items.some(({ value, episode }) => !(Number.isNaN(value) && Number.isNaN(episode)));
      section.update(group, where, folded.has(group.key), twoLines, this.#layout);
      const there = this.#list.children[place];
      if (there !== section.element) this.#list.insertBefore(section.element, there ?? null);
    }
    for (const [id, section] of before) {
      section.remove();
      this.#sections.delete(id);
    }
  }

  #addSection(group: ReturnType<typeof groups>[number]): Section {
    const onFold = (key: string) => {
      const folded = this.#context.get("folded");
      const isFolded = folded.includes(key);
      this.#set("folded", isFolded ? folded.filter((each) => each !== key) : [...folded, key]);
    };
    const section = new Section(group, this.#around, this.#observer, onFold);
    this.#sections.set(group.id, section);
    return section;
  }

  /** Arrow keys go from tile to tile, and from row to row. */
  #walk(event: KeyboardEvent): void {
    const from = (event.target as HTMLElement).closest(THINGS);
    const across = { ArrowRight: 1, ArrowLeft: -1 }[event.key] ?? 0;
    const down = { ArrowDown: 1, ArrowUp: -1 }[event.key] ?? 0;
    if (!from || !(across || down)) return;
    const all = [...this.#list.querySelectorAll<HTMLElement>(THINGS)];
    const at = from.getBoundingClientRect();
    const middle = (at.left + at.right) / 2;
    const next = across
      ? all[all.indexOf(from as HTMLElement) + across]
      : (down > 0 ? all : all.reverse()).find((each) => {
          const to = each.getBoundingClientRect();
          const isBeyond = down > 0 ? to.top >= at.bottom : to.bottom <= at.top;
          return isBeyond && to.left <= middle && middle <= to.right;
        });
    next?.focus();
    event.preventDefault();
  }

  #watchWidth(signal: AbortSignal): void {
    if (typeof ResizeObserver === "undefined") return;
    const observer = new ResizeObserver(() => {
      const width = this.#list.clientWidth;
      if (!width || width === this.#layout.width) return;
      const columns =
        width < 300 ? 1 : width < 520 ? 2 : width < 700 ? 3 : Math.max(4, Math.floor(width / 260));
      this.#layout = { width, columns };
      this.#list.style.setProperty("--columns", String(columns));
      this.#refreshSoon();
    });
    observer.observe(this.#stage);
    signal.addEventListener("abort", () => observer.disconnect());
  }

  // What is asked once and kept: small

  #once<T>(known: Map<number, Promise<T>>, number: number, ask: () => Promise<T>): Promise<T> {
    const there = known.get(number);
    if (there) return there;
    const asked = ask();
    known.set(number, asked);
    asked.catch(() => known.delete(number)); // it may come another time
    return asked;
  }

  async #text(number: number): Promise<string> {
    const answer = await this.#context.channel.ask("text", { number });
    return (answer as { text: string }).text;
  }

  async #wave(number: number): Promise<number[]> {
    const answer = await this.#context.channel.ask("wave", { number });
    return (answer as { peaks: number[] }).peaks;
  }

  // Opening and playing

  #open(item: Item): void {
    if (this.#together.state === "playing") this.#together.pause();
    const section = this.#sections.get(`${item.kind} ${item.key}`);
    const at = document.activeElement;
    if (!this.#viewer.item) this.#wasOpenedFrom = at instanceof HTMLElement ? at : null;
    section?.reveal(item.number)?.scrollIntoView({ block: "nearest" });
    this.#viewer.open(item);
    this.#markOpen(item);
  }

  #onClose(item: Item): void {
    this.#cover(false);
    this.#markOpen(null);
    const section = this.#sections.get(`${item.kind} ${item.key}`);
    const from = this.#wasOpenedFrom;
    const target = section?.reveal(item.number) ?? (from?.isConnected ? from : null);
    target?.focus({ preventScroll: false });
  }

  /** What lies under the open file is out of reach. */
  #cover(isCovered: boolean): void {
    this.#stage.classList.toggle("is-viewing", isCovered);
    this.#body.inert = isCovered;
  }

  #markOpen(item: Item | null): void {
    for (const tile of this.#list.querySelectorAll<HTMLElement>(".gd-tile.is-on")) {
      tile.classList.remove("is-on");
    }
    if (!item) return;
    this.#list.querySelector(`.gd-tile[data-number="${item.number}"]`)?.classList.add("is-on");
  }

  #play(): void {
    const { state } = this.#together;
    if (state === "playing") this.#together.pause();
    else if (state === "paused" || state === "ended") this.#together.resume();
    else if (state === "loading") this.#together.stop();
    else {
      const tiles = this.#tilesToPlay();
      if (!tiles.length) return;
      this.#newest = (this.#library.items.at(-1)?.number ?? -1) + 1; // they are in this order
      void this.#together.start(tiles);
    }
  }

  /** The videos in sight first, then those nearest to it. */
  #tilesToPlay(): Tile[] {
    const tiles = [...this.#sections.values()]
      .filter((section) => !section.isFolded)
      .flatMap((section) => section.things)
      .filter((thing) => thing instanceof Tile)
      .filter((tile) => tile.item?.kind === "video");
    if (tiles.length <= MOST_PLAYING) return tiles;
    const box = this.#stage.getBoundingClientRect();
    const top = Math.max(box.top, 0);
    const bottom = Math.min(box.bottom, window.innerHeight);
    const far = (tile: Tile) => {
      const at = tile.element.getBoundingClientRect();
      return Math.max(top - at.bottom, at.top - bottom, 0);
    };
    return [...tiles].sort((a, b) => far(a) - far(b)).slice(0, MOST_PLAYING);
  }

  #onPlaying(): void {
    if (!this.#together || !this.#transport) return;
    const { state, progress } = this.#together;
    if (state === "idle" && this.#newest !== Number.POSITIVE_INFINITY) {
      this.#newest = Number.POSITIVE_INFINITY;
      this.#refreshSoon();
    }
    this.#transport.update(this.#videosShown);
    if (state !== this.#last) {
      this.#last = state;
      const isOn = state !== "idle" && state !== "loading";
      this.#stepBar.element.classList.toggle("is-away", isOn);
      setAttribute(this.element, "data-playing", state);
    }
    const [loaded, wanted] = progress;
    if (state === "loading")
      this.#toolbar.sayPlay("pause", `Loading ${loaded} of ${wanted}`, true);
    else if (state === "playing") this.#toolbar.sayPlay("pause", "Pause", true);
    else if (state === "paused") this.#toolbar.sayPlay("play", "Play", true);
    else if (state === "ended") this.#toolbar.sayPlay("reset", "Play again", true);
    else this.#toolbar.sayPlay("play", "Play in step");
  }
}
