/** The media panel: it puts its parts together, chooses what is shown and takes what comes. */
import { h, setAttribute, setText, show } from "../dom";
import { formatCount } from "../format";
import type { Message } from "../messages";
import type { PanelContext, PanelPart } from "../panel";
import { walkThings } from "./arrow_keys";
import { CandidatesOf } from "./candidates";
import { type Choice, chosen, groups } from "./choice";
import { type Layout, watchColumns } from "./columns";
import { askBars, TILE_BARS, VIEWER_BARS } from "./histogram";
import { videosInSight } from "./in_sight";
import { type Item, Library } from "./library";
import { MediaFiles } from "./media_files";
import type { MediaTraits } from "./model";
import { once } from "./once";
import { Section, watchParts } from "./section";
import { StepBar } from "./step_bar";
import type { Surroundings } from "./tile";
import { Together } from "./together";
import { Toolbar } from "./toolbar";
import { Transport } from "./transport";
import { type About, Viewer } from "./viewer";

const LOADING_AFTER_MS = 300;
const NOTHING =
  "No media yet. Simulations record them with self.recorder.video, image, audio or text; trainings with record_video.";
const NOTHING_FITS = "Nothing was recorded that fits. Show all kinds, keys and steps to see more.";

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
  readonly #candidates = new CandidatesOf();
  readonly #sections = new Map<string, Section>();
  readonly #around: Surroundings;
  #layout: Layout = { width: 0, columns: 4 };
  #frame = 0;
  /** What is dragged and not yet the trait's value. */
  #dragged: { at_step?: number | null; between?: [number, number] | null } = {};
  /** While videos play, those recorded since wait. */
  #newest = Number.POSITIVE_INFINITY;
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
      text: once(async (number) => {
        const answer = await context.channel.ask("text", { number });
        return (answer as { text: string }).text;
      }),
      wave: once(async (number) => {
        const answer = await context.channel.ask("wave", { number });
        return (answer as { peaks: number[] }).peaks;
      }),
      bars: once((number) => askBars(context.channel, number, TILE_BARS)),
      isBusy: (item) => this.#together.isPlaying(item),
    };
    this.#viewer = new Viewer({
      files: this.#files,
      name: (id) => this.#library.sim(id).name,
      colour: (id) => this.#library.sim(id).colour,
      series: (item) => this.#library.series(item),
      bars: (number) => askBars(context.channel, number, VIEWER_BARS),
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
    this.#list.addEventListener("keydown", (event) => walkThings(this.#list, event));
    this.element.addEventListener("keydown", (event) => {
      // The notebook has its own use for letters and arrows, but saving and the like go on.
      if (!(event.ctrlKey || event.metaKey || event.altKey)) event.stopPropagation();
    });
    watchColumns(
      this.#list,
      this.#stage,
      (layout) => {
        this.#layout = layout;
        this.#refreshSoon();
      },
      signal,
    );
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
    const { fitting, counts, keys, steps } = this.#candidates.find(
      library.items,
      choice,
      this.#newest,
    );
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
      const tiles = videosInSight(this.#sections.values(), this.#stage);
      if (!tiles.length) return;
      this.#newest = (this.#library.items.at(-1)?.number ?? -1) + 1; // they are in this order
      void this.#together.start(tiles);
    }
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
    this.#toolbar.sayPlaying(state, progress);
  }
}
