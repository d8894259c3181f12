/** A card: it puts its parts together, tells the kernel what it shows and takes what comes. */
import { Chart, type ChartLine, type Note, type XKind } from "../chart";
import { Curve, plannedEnd } from "../curve";
import { h, setText, show } from "../dom";
import { formatClock, formatCount } from "../format";
import { Channel, floats, type Message } from "../messages";
import { seriesLook } from "../theme";
import { watchVisibility } from "../visibility";
import { ChartTools } from "./chart_tools";
import { Header } from "./header";
import { KeyTabs } from "./key_tabs";
import { Legend } from "./legend";
import { ErrorNote, ProblemNote, RequestNote } from "./notes";
import { groupAsOne, type ShownStatus, type Simulation } from "./simulation";
import { StatusLine } from "./status_line";

const CHART_HEIGHT = 232;
const DEFAULT_SMOOTHING = 0.85;
const PLACEHOLDER_AFTER_MS = 300;
const SHOW_AT_MOST_EVERY_MS = 60;
const HERE_EVERY_MS = 10_000;
const SILENCE_S = 6;
const NO_SERIES_YET = "No series yet. They appear with the first value that is recorded.";
const ANSWER_WITHIN_MS = 3_000;

/** As the Python class has them. */
export interface CardTraits {
  [name: string]: unknown;
  title: string;
  is_group: boolean;
  can_stop: boolean;
  simulations: Simulation[];
  series_keys: string[];
  clock: number;
  problem: string;
}

/** What a card needs of a widget model. */
export interface CardModel {
  get<K extends keyof CardTraits & string>(name: K): CardTraits[K];
  // biome-ignore lint/suspicious/noExplicitAny: as anywidget's own types have it
  on(name: string, callback: (...args: any[]) => void): void;
  // biome-ignore lint/suspicious/noExplicitAny: as anywidget's own types have it
  off(name?: string | null, callback?: ((...args: any[]) => void) | null): void;
  send(content: unknown): void;
}

interface Part {
  sim_id: string;
  is_all: boolean;
  count: number;
  total: number;
}

export class Card {
  readonly element: HTMLElement;
  readonly #model: CardModel;
  readonly #signal: AbortSignal;
  readonly #channel: Channel;
  readonly #header: Header;
  readonly #problem = new ProblemNote();
  readonly #trouble = new ProblemNote();
  readonly #error: ErrorNote;
  readonly #request = new RequestNote();
  readonly #tabs: KeyTabs;
  readonly #tools: ChartTools;
  readonly #chart: Chart;
  readonly #statusLine: StatusLine;
  readonly #legend: Legend;
  readonly #series: HTMLElement;
  readonly #empty = h("p", { class: "gd-empty gd-muted" });
  readonly #placeholder = h("div", { class: "gd-loading", hidden: true, "aria-hidden": "true" });

  #key = "";
  #hasPickedKey = false;
  #smoothing = DEFAULT_SMOOTHING;
  #xKind: XKind = "step";
  #isLog = false;
  #width = 0;
  #between: [number, number] | null = null;
  #curves = new Map<string, Curve>();
  #hasSeries = false;
  #hidden = new Set<string>();
  #isSeen = false;
  #heard = Date.now() / 1000;
  #clockAhead = 0;
  #showTimer: ReturnType<typeof setTimeout> | undefined;
  #lastShow = "";

  constructor(model: CardModel, signal: AbortSignal) {
    this.#model = model;
    this.#signal = signal;
    this.#channel = new Channel(model);
    const stop = (ids: string[], isForced: boolean) => this.#stop(ids, isForced);
    const trace = (simId: string, number: number) =>
      this.#channel.ask("trace", { sim_id: simId, number }).then(String);
    this.#header = new Header(stop);
    this.#error = new ErrorNote(trace);
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
          this.#sayShown();
        },
        onZoom: (between) => {
          this.#between = between;
          this.#sayShown();
          this.#updateTools();
        },
      },
      signal,
    );
    const statuses = (simId: string) =>
      this.#channel.ask("statuses", { sim_id: simId }).then((found) => found as ShownStatus[]);
    this.#statusLine = new StatusLine(statuses, trace);
    this.#legend = new Legend({
      stop,
      onLift: (id) => this.#chart.lift(id && this.#curves.has(id) ? id : null),
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
      this.#request.element,
      this.#error.element,
      this.#empty,
      this.#series,
      this.#legend.element,
      this.#statusLine.element,
    );
  }

  /** Listen to the model and tell the kernel; call it when the element is on the page. */
  start(): void {
    this.#listen();
    this.#chart.setSmoothing(this.#smoothing > 0);
    this.#update();
    const seconds = setInterval(() => this.#updateTimes(), 1000);
    const here = setInterval(() => this.#isSeen && this.#channel.tell("here"), HERE_EVERY_MS);
    const patience = setTimeout(() => {
      show(this.#placeholder, !this.#hasSeries && this.#keys().length > 0);
    }, PLACEHOLDER_AFTER_MS);
    const leave = () => this.#channel.tell("gone");
    window.addEventListener("pagehide", leave, { signal: this.#signal });
    this.#signal.addEventListener("abort", () => {
      clearInterval(seconds);
      clearInterval(here);
      clearTimeout(patience);
      clearTimeout(this.#showTimer);
      leave();
    });
    watchVisibility(this.element, (isSeen) => this.#setSeen(isSeen), this.#signal);
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
    this.#setClock(this.#model.get("clock"));
    this.#update();
  }

  #receive(content: unknown, buffers: DataView[]): void {
    this.#heard = Date.now() / 1000;
    const message = this.#channel.receive(content);
    if (!message) return;
    if (message.kind === "series") this.#takeSeries(message, buffers);
    else if (message.kind === "values") this.#takeValues(message, buffers);
    else if (message.kind === "beat") this.#setClock(Number(message.clock));
  }

  #takeSeries(message: Message, buffers: DataView[]): void {
    if (message.key !== this.#key) return; // another was picked meanwhile
    const all = buffers.map(floats);
    if (message.is_new) this.#curves.clear();
    let start = 0;
    for (const [i, part] of (message.parts as Part[]).entries()) {
      const cut = (row: number) =>
        all[row]?.slice(start, start + part.count) ?? new Float64Array();
      const points = { x: cut(0), y: cut(1), time: cut(2), smoothed: cut(3) };
      start += part.count;
      const curve = this.#curves.get(part.sim_id) ?? new Curve();
      this.#curves.set(part.sim_id, curve);
      if (part.is_all) curve.replace(points);
      else curve.append(points);
      curve.total = part.total;
      curve.last = all[4]?.[i] ?? Number.NaN;
    }
    this.#hasSeries = true;
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

  #setClock(clock: number): void {
    const now = Date.now() / 1000;
    this.#heard = now;
    // On one machine the difference is only the way; another machine's clock may be minutes off.
    const ahead = clock - now;
    if (Math.abs(ahead - this.#clockAhead) > 1.5 && Math.abs(ahead) < 1e6)
      this.#clockAhead = ahead;
    if (Math.abs(ahead) < 1.5) this.#clockAhead = 0;
  }

  // What the person does

  #pickKey(key: string): void {
    this.#hasPickedKey = true;
    this.#changeKey(key);
  }

  #changeKey(key: string): void {
    if (key === this.#key) return;
    this.#key = key;
    this.#curves.clear();
    this.#chart.zoomTo(null);
    this.#tabs.update(this.#keys(), key);
    this.#sayShown();
    this.#updateTools();
  }

  #setSmoothing(smoothing: number): void {
    this.#smoothing = smoothing;
    this.#chart.setSmoothing(smoothing > 0);
    this.#sayShown();
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

  async #stop(ids: string[], isForced: boolean): Promise<void> {
    this.#trouble.update("");
    const patience = setTimeout(() => {
      this.#trouble.update("The kernel has not answered yet; it is busy with a cell, or gone.");
    }, ANSWER_WITHIN_MS);
    try {
      const asked = ids.map((id) =>
        this.#channel.ask("stop", { sim_id: id, is_forced: isForced }),
      );
      const failed = (await Promise.allSettled(asked)).filter(
        (each) => each.status === "rejected",
      );
      const words = failed.map((each) => String((each.reason as Error).message));
      this.#trouble.update([...new Set(words)].join(" "));
    } finally {
      clearTimeout(patience);
      setTimeout(() => this.#updateTimes(), 50);
    }
  }

  #setSeen(isSeen: boolean): void {
    this.#isSeen = isSeen;
    if (isSeen) {
      this.#heard = Date.now() / 1000;
      this.#lastShow = "";
      this.#sayShown();
    } else {
      this.#channel.tell("seen", { is_seen: false });
    }
  }

  /** Tell the kernel what is drawn, at once, then at most every so often while it changes. */
  #sayShown(): void {
    if (!this.#isSeen || this.#showTimer !== undefined) return;
    const say = () => {
      const shown = {
        key: this.#key,
        smoothing: this.#smoothing,
        width: this.#width || 800,
        between: this.#isThinnedZoom() ? this.#between : null,
        tabs: this.#isGroup() ? [] : this.#tabs.shown,
      };
      const text = JSON.stringify(shown);
      if (text === this.#lastShow || !this.#isSeen) return;
      this.#lastShow = text;
      this.#channel.tell("show", shown);
    };
    say();
    this.#showTimer = setTimeout(() => {
      this.#showTimer = undefined;
      say();
    }, SHOW_AT_MOST_EVERY_MS);
  }

  /** A zoomed picture needs more points only where some were left out. */
  #isThinnedZoom(): boolean {
    return this.#between !== null && [...this.#curves.values()].some((curve) => curve.isThinned);
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

  #now(): number {
    return Date.now() / 1000 + this.#clockAhead;
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
    if (!isGroup) {
      this.#error.update(first);
      this.#request.update(first);
      this.#statusLine.update(first);
    }
    if (keys.length && (!this.#hasPickedKey || !keys.includes(this.#key))) {
      this.#changeKey(keys[0] ?? "");
    }
    this.#tabs.update(keys, this.#key);
    this.#problem.update(this.#model.get("problem"));
    this.#sayShown();
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
    const silence = Date.now() / 1000 - this.#heard;
    const isStale = this.#isSeen && whole.is_active && silence > SILENCE_S;
    this.element.classList.toggle("is-stale", isStale);
    const now = isStale ? this.#heard + this.#clockAhead : this.#now();
    this.#header.update({
      sims,
      whole,
      isGroup,
      canStop: this.#model.get("can_stop"),
      now,
      stale: isStale ? `as of ${formatClock(this.#heard)}` : "",
    });
    this.#updateLegend();
  }

  #updateLegend(): void {
    if (!this.#isGroup()) return;
    const last = new Map<string, number>();
    for (const [id, curve] of this.#curves) if (curve.length) last.set(id, curve.last);
    this.#legend.update({
      sims: this.#sims(),
      hidden: this.#hidden,
      last,
      canStop: this.#model.get("can_stop"),
      now: this.#now(),
    });
  }

  #updateTools(): void {
    const curves = [...this.#curves.values()];
    const sum = (pick: (curve: Curve) => number) =>
      curves.reduce((n, curve) => n + pick(curve), 0);
    this.#tools.update({
      keys: this.#keys(),
      key: this.#key,
      smoothing: this.#smoothing,
      xKind: this.#xKind,
      isLog: this.#isLog,
      isZoomed: this.#chart.isZoomed,
      isGroup: this.#isGroup(),
      drawn: sum((curve) => curve.length),
      total: sum((curve) => curve.total),
    });
  }

  #draw(): void {
    const lines: ChartLine[] = [];
    const notes: Note[] = [];
    let end: number | null = null;
    for (const [i, sim] of this.#sims().entries()) {
      const curve = this.#curves.get(sim.id);
      if (!curve?.length || this.#hidden.has(sim.id)) continue;
      lines.push({
        id: sim.id,
        name: sim.name,
        ...seriesLook(i),
        curve,
        isLive: sim.is_active,
        origin: sim.started ?? sim.created ?? curve.time[0] ?? 0,
      });
      const lastStep = curve.x.at(-1) ?? 0;
      const planned = plannedEnd(lastStep, sim.current, sim.total);
      if (planned !== null && sim.state !== "succeeded") end = Math.max(end ?? 0, planned);
      const isFailure = sim.state === "failed" && !this.#isGroup() && planned !== null;
      if (isFailure && sim.current !== null) {
        notes.push({ x: sim.current, text: `failed at ${formatCount(sim.current)}` });
      }
    }
    const isWaiting = this.#hasSeries && lines.length === 0;
    this.#chart.element.classList.toggle("is-blank", lines.length === 0);
    if (isWaiting && this.#curves.size === 0) show(this.#placeholder, false);
    const label = this.#key ? `${this.#key} over ${this.#xKind}s` : "No series yet";
    this.#chart.show({ lines, notes, end, label });
  }
}
