/** A card: it puts its parts together, tells the kernel what it shows and takes what comes. */
import { Chart } from "../chart";
import { h, setText, show } from "../dom";
import { formatClock } from "../format";
import { Channel, floats, type Message } from "../messages";
import type { XKind } from "../picture";
import { Actions } from "./actions";
import { Calls } from "./calls";
import { CardLines } from "./card_lines";
import { ChartTools } from "./chart_tools";
import { Header } from "./header";
import { KernelClock } from "./kernel_clock";
import { KeyTabs } from "./key_tabs";
import { Legend } from "./legend";
import { MediaFiles, type MediaItem } from "./media_files";
import { MediaStrip } from "./media_strip";
import type { CardModel } from "./model";
import { ErrorNote, ProblemNote } from "./notes";
import { Presence } from "./presence";
import { RequestNotes } from "./requests";
import { groupAsOne, type Simulation } from "./simulation";
import { StatusLine } from "./status_line";

const CHART_HEIGHT = 232;
const DEFAULT_SMOOTHING = 0.85;
const PLACEHOLDER_AFTER_MS = 300;
const NO_SERIES_YET = "No series yet. They appear with the first value that is recorded.";

export class Card {
  readonly element: HTMLElement;
  readonly #model: CardModel;
  readonly #signal: AbortSignal;
  readonly #channel: Channel;
  readonly #presence: Presence;
  readonly #header: Header;
  readonly #problem = new ProblemNote();
  readonly #trouble = new ProblemNote();
  readonly #error: ErrorNote;
  readonly #requests: RequestNotes;
  readonly #actions: Actions;
  readonly #tabs: KeyTabs;
  readonly #tools: ChartTools;
  readonly #chart: Chart;
  readonly #strip: MediaStrip;
  readonly #statusLine: StatusLine;
  readonly #legend: Legend;
  readonly #series: HTMLElement;
  readonly #empty = h("p", { class: "gd-empty gd-muted" });
  readonly #placeholder = h("div", { class: "gd-loading", hidden: true, "aria-hidden": "true" });

  readonly #lines = new CardLines();
  readonly #clock = new KernelClock();
  #key = "";
  #hasPickedKey = false;
  #smoothing = DEFAULT_SMOOTHING;
  #xKind: XKind = "step";
  #isLog = false;
  #width = 0;
  #between: [number, number] | null = null;
  #hidden = new Set<string>();
  #media: MediaItem[] = [];

  constructor(model: CardModel, signal: AbortSignal) {
    this.#model = model;
    this.#signal = signal;
    this.#channel = new Channel(model);
    const calls = new Calls(this.#channel, (trouble) => this.#trouble.update(trouble));
    const stop = (ids: string[], isForced: boolean) =>
      calls.stop(ids, isForced).finally(() => setTimeout(() => this.#updateTimes(), 50));
    this.#actions = new Actions(calls, signal);
    this.#header = new Header(stop, this.#actions.buttons, this.#actions.menu.button);
    this.#error = new ErrorNote(calls.trace);
    this.#requests = new RequestNotes(calls);
    this.#tabs = new KeyTabs((key) => this.#pickKey(key), signal);
    this.#tools = new ChartTools(
      {
        onKey: (key) => this.#pickKey(key),
        onSmoothing: (smoothing) => this.#setSmoothing(smoothing),
        onX: (kind) => this.#setX(kind),
        onLog: (isLog) => this.#setLog(isLog),
        onReset: () => this.#chart.zoomTo(null),
      },
      signal,
    );
    this.#chart = new Chart(
      {
        height: CHART_HEIGHT,
        onWidth: (width) => {
          this.#width = width;
          this.#presence.say();
        },
        onMark: (number) => void this.#strip.choose(number),
        onZoom: (between) => {
          this.#between = between;
          this.#presence.say();
          this.#updateTools();
        },
      },
      signal,
    );
    const choose = (number: number | null) => this.#chart.choose(number);
    this.#strip = new MediaStrip(new MediaFiles(this.#channel, signal), choose, signal);
    this.#statusLine = new StatusLine(calls.statuses, calls.trace);
    this.#legend = new Legend({
      stop,
      onLift: (id) => this.#chart.lift(id && this.#lines.has(id) ? id : null),
      onToggle: (id, isAlone) => this.#toggleLine(id, isAlone),
    });
    for (let i = 0; i < 3; i++) this.#placeholder.append(h("i"));
    this.#chart.element.append(this.#placeholder);
    this.#series = h(
      "div",
      { class: "gd-series" },
      this.#tabs.element,
      this.#tools.element,
      this.#chart.element,
    );
    this.element = h(
      "article",
      { class: "gd gd-card gymdash-live-card" },
      this.#header.element,
      this.#problem.element,
      this.#trouble.element,
      this.#actions.element,
      this.#requests.element,
      this.#error.element,
      this.#empty,
      this.#series,
      this.#strip.element,
      this.#legend.element,
      this.#statusLine.element,
    );
    this.#presence = new Presence(this.#channel, this.element, {
      shown: () => this.#shown(),
      onSeen: () => this.#clock.hear(), // it could not be heard while nobody looked
    });
  }

  /** Listen to the model and tell the kernel; call it when the element is on the page. */
  start(): void {
    this.#listen();
    this.#chart.setSmoothing(this.#smoothing > 0);
    this.#update();
    const seconds = setInterval(() => this.#updateTimes(), 1000);
    const patience = setTimeout(() => {
      show(this.#placeholder, !this.#lines.hasCome && this.#keys().length > 0);
    }, PLACEHOLDER_AFTER_MS);
    this.#signal.addEventListener("abort", () => {
      clearInterval(seconds);
      clearTimeout(patience);
    });
    this.#presence.start(this.#signal);
  }

  #listen(): void {
    // biome-ignore lint/suspicious/noExplicitAny: each event has its own arguments
    const listeners: [string, (...args: any[]) => void][] = [
      ["msg:custom", (message: unknown, buffers: DataView[]) => this.#receive(message, buffers)],
      ["change:simulations", () => this.#onNews()],
      ["change:series_keys", () => this.#onNews()],
      ["change:problem", () => this.#onNews()],
    ];
    for (const [name, callback] of listeners) this.#model.on(name, callback);
    this.#signal.addEventListener("abort", () => {
      for (const [name, callback] of listeners) this.#model.off(name, callback);
    });
  }

  // What the kernel says

  #onNews(): void {
    this.#clock.hear(this.#model.get("clock"));
    this.#update();
  }

  #receive(content: unknown, buffers: DataView[]): void {
    this.#clock.hear();
    const message = this.#channel.receive(content, buffers);
    if (!message) return;
    if (message.kind === "series") this.#takeSeries(message, buffers);
    else if (message.kind === "values") this.#takeValues(message, buffers);
    else if (message.kind === "media") this.#takeMedia(message);
    else if (message.kind === "beat") this.#clock.hear(Number(message.clock));
  }

  #takeSeries(message: Message, buffers: DataView[]): void {
    if (message.key !== this.#key) return; // another was picked meanwhile
    this.#lines.take(message, buffers);
    show(this.#placeholder, false);
    this.#draw();
    this.#updateTools();
    this.#updateLegend();
  }

  #takeValues(message: Message, buffers: DataView[]): void {
    const [last, small] = buffers.map(floats);
    const keys = message.keys as string[];
    const values = new Map(keys.map((key, i) => [key, last?.[i] ?? Number.NaN]));
    const curves = new Map<string, Float64Array>();
    let start = 0;
    for (const [key, count] of message.tabs as [string, number][]) {
      curves.set(key, small?.slice(start, start + count) ?? new Float64Array());
      start += count;
    }
    this.#tabs.setValues(values, curves);
  }

  #takeMedia(message: Message): void {
    const known = message.is_new ? [] : this.#media;
    this.#media = [...known, ...(message.items as MediaItem[])];
    const names = new Map(this.#sims().map((sim) => [sim.id, sim.name]));
    this.#strip.update(this.#media, (id) => (this.#isGroup() ? (names.get(id) ?? "") : ""));
    this.#draw();
  }

  // What the person does

  #pickKey(key: string): void {
    this.#hasPickedKey = true;
    this.#changeKey(key);
  }

  #changeKey(key: string): void {
    if (key === this.#key) return;
    this.#key = key;
    this.#lines.clear();
    this.#chart.zoomTo(null);
    this.#tabs.update(this.#keys(), key);
    this.#presence.say();
    this.#updateTools();
  }

  #setSmoothing(smoothing: number): void {
    this.#smoothing = smoothing;
    this.#chart.setSmoothing(smoothing > 0);
    this.#presence.say();
    this.#updateTools();
  }

  #setX(kind: XKind): void {
    this.#xKind = kind;
    this.#chart.setX(kind);
    this.#updateTools();
  }

  #setLog(isLog: boolean): void {
    this.#isLog = isLog;
    this.#chart.setLog(isLog);
    this.#updateTools();
  }

  #toggleLine(id: string, isAlone: boolean): void {
    const others = this.#sims().filter((sim) => sim.id !== id);
    if (isAlone) {
      const isAloneNow = !this.#hidden.has(id) && others.every((sim) => this.#hidden.has(sim.id));
      this.#hidden = new Set(isAloneNow ? [] : others.map((sim) => sim.id));
    } else if (!this.#hidden.delete(id)) this.#hidden.add(id);
    this.#draw();
    this.#updateLegend();
  }

  #shown(): object {
    return {
      key: this.#key,
      smoothing: this.#smoothing,
      width: this.#width || 800,
      // A zoomed picture needs more points only where some were left out.
      between: this.#lines.isThinned ? this.#between : null,
      tabs: this.#isGroup() ? [] : this.#tabs.shown,
    };
  }

  // What is shown

  #sims(): Simulation[] {
    return this.#model.get("simulations") ?? [];
  }

  #keys(): string[] {
    return this.#model.get("series_keys") ?? [];
  }

  #isGroup(): boolean {
    return this.#model.get("is_group");
  }

  #update(): void {
    const sims = this.#sims();
    const keys = this.#keys();
    const isGroup = this.#isGroup();
    const first = sims[0];
    if (!first) return;
    const name = isGroup ? `Group, ${sims.length} simulations` : `Simulation ${first.name}`;
    this.element.setAttribute("aria-label", name);
    const isAnyActive = sims.some((sim) => sim.is_active);
    show(this.#series, keys.length > 0);
    show(this.#empty, keys.length === 0);
    setText(this.#empty, isAnyActive ? NO_SERIES_YET : "No series were recorded.");
    show(this.#tabs.element, !isGroup);
    show(this.#legend.element, isGroup);
    show(this.#statusLine.element, !isGroup);
    this.#requests.update(sims, isGroup, this.#model.get("can_reply"));
    show(this.#actions.menu.button, !isGroup);
    if (!isGroup) {
      this.#actions.update(first, this.#model.get("can_ask"));
      this.#error.update(first);
      this.#statusLine.update(first);
    }
    if (keys.length && (!this.#hasPickedKey || !keys.includes(this.#key))) {
      this.#changeKey(keys[0] ?? "");
    }
    this.#tabs.update(keys, this.#key);
    this.#problem.update(this.#model.get("problem"));
    this.#presence.say();
    this.#updateTools();
    this.#updateTimes();
    this.#draw();
  }

  /** What changes by itself as time goes. */
  #updateTimes(): void {
    const sims = this.#sims();
    const first = sims[0];
    if (!first) return;
    const isGroup = this.#isGroup();
    const whole = isGroup ? groupAsOne(sims, this.#model.get("title")) : first;
    const isStale = this.#presence.isSeen && whole.is_active && this.#clock.isSilent;
    this.element.classList.toggle("is-stale", isStale);
    this.#header.update({
      sims,
      whole,
      isGroup,
      canStop: this.#model.get("can_stop"),
      now: this.#clock.now,
      stale: isStale ? `as of ${formatClock(this.#clock.heard)}` : "",
    });
    this.#updateLegend();
  }

  #updateLegend(): void {
    if (!this.#isGroup()) return;
    this.#legend.update({
      sims: this.#sims(),
      hidden: this.#hidden,
      last: this.#lines.lastValues(),
      canStop: this.#model.get("can_stop"),
      now: this.#clock.now,
    });
  }

  #updateTools(): void {
    this.#tools.update({
      keys: this.#keys(),
      key: this.#key,
      smoothing: this.#smoothing,
      xKind: this.#xKind,
      isLog: this.#isLog,
      isZoomed: this.#chart.isZoomed,
      isGroup: this.#isGroup(),
      ...this.#lines.counts(),
    });
  }

  #draw(): void {
    const isGroup = this.#isGroup();
    const picture = this.#lines.picture(this.#sims(), this.#hidden, isGroup);
    const label = this.#key ? `${this.#key} over ${this.#xKind}s` : "No series yet";
    this.#chart.element.classList.toggle("is-blank", picture.lines.length === 0);
    this.#chart.show({ ...picture, marks: this.#media, label });
  }
}
