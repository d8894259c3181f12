/** The curves of a card: keys as tabs, chart tools, chart; what is drawn and how. */
import { Chart } from "../chart";
import { h, show } from "../dom";
import type { MediaItem } from "../media/media_files";
import { floats, type Message } from "../messages";
import type { XKind } from "../picture";
import { CardLines } from "./card_lines";
import { ChartTools } from "./chart_tools";
import { KeyTabs } from "./key_tabs";
import type { Simulation } from "./simulation";

const CHART_HEIGHT = 232;
const DEFAULT_SMOOTHING = 0.85;
const PLACEHOLDER_AFTER_MS = 300;

interface SeriesCalls {
  /** Something else is drawn, or at another width: the kernel has other points for it. */
  onShown(): void;
  /** Lines or last values changed. */
  onLines(): void;
  onMark(number: number): void;
}

export class SeriesPanel {
  readonly element: HTMLElement;
  readonly #calls: SeriesCalls;
  readonly #tabs: KeyTabs;
  readonly #tools: ChartTools;
  readonly #chart: Chart;
  readonly #placeholder = h("div", { class: "gd-loading", hidden: true, "aria-hidden": "true" });
  readonly #lines = new CardLines();
  #sims: readonly Simulation[] = [];
  #keys: readonly string[] = [];
  #isGroup = false;
  #key = "";
  #hasPickedKey = false;
  #smoothing = DEFAULT_SMOOTHING;
  #xKind: XKind = "step";
  #isLog = false;
  #width = 0;
  #between: [number, number] | null = null;
  #hidden = new Set<string>();
  #media: readonly MediaItem[] = [];

  constructor(calls: SeriesCalls, signal: AbortSignal) {
    this.#calls = calls;
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
          calls.onShown();
        },
        onMark: (number) => calls.onMark(number),
        onZoom: (between) => {
          this.#between = between;
          calls.onShown();
          this.#updateTools();
        },
      },
      signal,
    );
    this.#chart.setSmoothing(this.#smoothing > 0);
    for (let i = 0; i < 3; i++) this.#placeholder.append(h("i"));
    this.#chart.element.append(this.#placeholder);
    const parts = [this.#tabs.element, this.#tools.element, this.#chart.element];
    this.element = h("div", { class: "gd-series" }, ...parts);
    const patience = setTimeout(() => {
      show(this.#placeholder, !this.#lines.hasCome && this.#keys.length > 0);
    }, PLACEHOLDER_AFTER_MS);
    signal.addEventListener("abort", () => clearTimeout(patience));
  }

  /** What the kernel is told to send. */
  get shown(): object {
    return {
      key: this.#key,
      smoothing: this.#smoothing,
      width: this.#width || 800,
      // A zoomed picture needs more points only where some were left out.
      between: this.#lines.isThinned ? this.#between : null,
      tabs: this.#isGroup ? [] : this.#tabs.shown,
    };
  }

  /** Simulations whose lines are switched off. */
  get hidden(): ReadonlySet<string> {
    return this.#hidden;
  }

  /** The value that each simulation recorded last. */
  get lastValues(): Map<string, number> {
    return this.#lines.lastValues();
  }

  update(sims: readonly Simulation[], keys: readonly string[], isGroup: boolean): void {
    this.#sims = sims;
    this.#keys = keys;
    this.#isGroup = isGroup;
    show(this.element, keys.length > 0);
    show(this.#tabs.element, !isGroup);
    if (keys.length && (!this.#hasPickedKey || !keys.includes(this.#key))) {
      this.#changeKey(keys[0] ?? "");
    }
    this.#tabs.update(keys, this.#key);
    this.#updateTools();
    this.#draw();
  }

  /** Mark where media were recorded. */
  setMedia(media: readonly MediaItem[]): void {
    this.#media = media;
    this.#draw();
  }

  /** Let one mark stand out. */
  choose(number: number | null): void {
    this.#chart.choose(number);
  }

  /** Bring a simulation's line to the front. */
  lift(id: string | null): void {
    this.#chart.lift(id && this.#lines.has(id) ? id : null);
  }

  /** Switch a line off or on; alone: all others off, or all on again. */
  toggle(id: string, isAlone: boolean): void {
    const others = this.#sims.filter((sim) => sim.id !== id);
    if (isAlone) {
      const isAloneNow = !this.#hidden.has(id) && others.every((sim) => this.#hidden.has(sim.id));
      this.#hidden = new Set(isAloneNow ? [] : others.map((sim) => sim.id));
    } else if (!this.#hidden.delete(id)) this.#hidden.add(id);
    this.#draw();
    this.#calls.onLines();
  }

  // What the kernel says

  takeSeries(message: Message, buffers: DataView[]): void {
    if (message.key !== this.#key) return; // another was picked meanwhile
    this.#lines.take(message, buffers);
    show(this.#placeholder, false);
    this.#draw();
    this.#updateTools();
    this.#calls.onLines();
  }

  takeValues(message: Message, buffers: DataView[]): void {
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
    this.#tabs.update(this.#keys, key);
    this.#calls.onShown();
    this.#updateTools();
  }

  #setSmoothing(smoothing: number): void {
    this.#smoothing = smoothing;
    this.#chart.setSmoothing(smoothing > 0);
    this.#calls.onShown();
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

  #updateTools(): void {
    this.#tools.update({
      keys: this.#keys,
      key: this.#key,
      smoothing: this.#smoothing,
      xKind: this.#xKind,
      isLog: this.#isLog,
      isZoomed: this.#chart.isZoomed,
      isGroup: this.#isGroup,
      ...this.#lines.counts(),
    });
  }

  #draw(): void {
    const picture = this.#lines.picture(this.#sims, this.#hidden, this.#isGroup);
    const label = this.#key ? `${this.#key} over ${this.#xKind}s` : "No series yet";
    this.#chart.element.classList.toggle("is-blank", picture.lines.length === 0);
    this.#chart.show({ ...picture, marks: this.#media, label });
  }
}
