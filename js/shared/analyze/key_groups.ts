/** One small chart a key, in groups that fold; only those on screen are asked for and drawn. */
import { Chart } from "../chart";
import { h, setAttribute, setText, show } from "../dom";
import { plural } from "../format";
import { icon } from "../icons";
import { SMALL } from "../scene";
import { ChartData } from "./chart_data";
import { type ChartMessage, type KeyGroup, type Line, type PythonX, xKindOf } from "./model";
import { isSame } from "./same";

const HEIGHT = 92;
/** So many charts of a group are there at first. */
const FIRST = 30;
/** Out of sight for so long, a chart is let go. */
const PATIENCE_MS = 1000;

interface KeyCalls {
  /** Which charts are on screen, or their width, changed. */
  onShown(): void;
  onFold(folded: string[]): void;
  onOpen(key: string): void;
  onPoint(chart: Chart, x: number | null): void;
}

export interface KeyState {
  groups: readonly KeyGroup[];
  folded: readonly string[];
  lines: readonly Line[];
  hidden: ReadonlySet<string>;
  detailKey: string;
  x: PythonX;
  isLog: boolean;
}

export class KeyGroups {
  readonly element = h("div", { class: "gd-keygroups" });
  readonly #calls: KeyCalls;
  readonly #signal: AbortSignal;
  readonly #observer: IntersectionObserver | null = null;
  readonly #cells = new Map<Element, KeyCell>();
  readonly #byKey = new Map<string, KeyCell>();
  #sections = new Map<string, GroupSection>();
  #state: KeyState | null = null;

  constructor(calls: KeyCalls, signal: AbortSignal) {
    this.#calls = calls;
    this.#signal = signal;
    if (typeof IntersectionObserver === "undefined") return;
    const observer = new IntersectionObserver(
      (entries) => {
        for (const entry of entries) {
          this.#cells.get(entry.target)?.setSeen(entry.isIntersecting);
        }
        calls.onShown();
      },
      { rootMargin: "120px" },
    );
    this.#observer = observer;
    signal.addEventListener("abort", () => {
      observer.disconnect();
      for (const cell of this.#byKey.values()) cell.letGo();
    });
  }

  /** The charts on screen, from the top. */
  get shown(): { id: string; width: number }[] {
    return this.charts
      .filter((cell) => cell.width > 0)
      .map(({ key, width }) => ({ id: `key:${key}`, width }));
  }

  get charts(): KeyCell[] {
    return [...this.#byKey.values()].filter((cell) => cell.isSeen);
  }

  take(key: string, message: ChartMessage, buffers: DataView[]): void {
    const cell = this.#byKey.get(key);
    if (!cell || !this.#state) return;
    cell.take(message, buffers);
    cell.draw(this.#state);
  }

  /** Bring a line to the front in all charts. */
  lift(line: string | null): void {
    for (const cell of this.charts) cell.chart?.lift(line);
  }

  pointAt(from: Chart | null, x: number | null): void {
    for (const { chart } of this.charts) if (chart !== from) chart?.pointAt(x);
  }

  update(state: KeyState): void {
    const names = Object.keys(state) as (keyof KeyState)[];
    if (isSame(this.#state, state, names)) return;
    this.#state = state;
    this.#arrange(state);
    for (const cell of this.charts) cell.draw(state);
  }

  #arrange(state: KeyState): void {
    const names = state.groups.map((group) => group.name);
    const old = this.#sections;
    this.#sections = new Map(names.map((name) => [name, old.get(name) ?? this.#section(name)]));
    for (const [name, section] of old) if (!this.#sections.has(name)) this.#drop(section);
    const elements = [...this.#sections.values()].map((section) => section.element);
    if (elements.some((element, i) => this.element.children[i] !== element)) {
      this.element.replaceChildren(...elements);
    }
    for (const group of state.groups) {
      const isOpen = !state.folded.includes(group.name);
      this.#sections.get(group.name)?.update(group, isOpen);
    }
  }

  #section(name: string): GroupSection {
    return new GroupSection(name, {
      onFold: () => this.#toggle(name),
      add: (key) => this.#cell(key),
      remove: (cell) => this.#remove(cell),
    });
  }

  #toggle(name: string): void {
    const folded = this.#state?.folded ?? [];
    const isFolded = folded.includes(name);
    this.#calls.onFold(isFolded ? folded.filter((each) => each !== name) : [...folded, name]);
  }

  #cell(key: string): KeyCell {
    const cell = new KeyCell(
      key,
      {
        onShown: this.#calls.onShown,
        onOpen: () => this.#calls.onOpen(key),
        onPoint: this.#calls.onPoint,
        draw: () => this.#state && cell.draw(this.#state),
      },
      this.#signal,
    );
    this.#cells.set(cell.element, cell);
    this.#byKey.set(key, cell);
    if (this.#observer) this.#observer.observe(cell.element);
    else cell.setSeen(true);
    return cell;
  }

  #remove(cell: KeyCell): void {
    this.#observer?.unobserve(cell.element);
    this.#cells.delete(cell.element);
    if (this.#byKey.get(cell.key) === cell) this.#byKey.delete(cell.key);
    cell.letGo();
    cell.element.remove();
  }

  #drop(section: GroupSection): void {
    section.update({ name: section.name, keys: [] }, false);
    section.element.remove();
  }
}

interface SectionCalls {
  onFold(): void;
  add(key: string): KeyCell;
  remove(cell: KeyCell): void;
}

class GroupSection {
  readonly element: HTMLElement;
  readonly name: string;
  readonly #calls: SectionCalls;
  readonly #button: HTMLButtonElement;
  readonly #count = h("span", { class: "gd-muted" });
  readonly #grid = h("div", { class: "gd-keygrid" });
  readonly #more = h("button", { class: "gd-btn is-low gd-morekeys", type: "button" });
  #cells = new Map<string, KeyCell>();
  #hasAll = false;
  #last: { group: KeyGroup; isOpen: boolean } | null = null;

  constructor(name: string, calls: SectionCalls) {
    this.name = name;
    this.#calls = calls;
    this.#button = h(
      "button",
      { class: "gd-fold gd-keyfold gd-foldbutton", type: "button" },
      icon("right", "is-muted"),
      h("b", { class: "gd-clip", text: name || "other keys" }),
      this.#count,
    );
    this.#button.addEventListener("click", () => calls.onFold());
    this.#more.addEventListener("click", () => {
      this.#hasAll = true;
      if (this.#last) this.update(this.#last.group, this.#last.isOpen);
    });
    const label = name || "other keys";
    this.element = h("section", { label }, this.#button, this.#grid, this.#more);
  }

  update(group: KeyGroup, isOpen: boolean): void {
    this.#last = { group, isOpen };
    setAttribute(this.#button, "aria-expanded", String(isOpen));
    const wanted = !isOpen ? [] : this.#hasAll ? group.keys : group.keys.slice(0, FIRST);
    const isCut = isOpen && wanted.length < group.keys.length;
    const count = plural(group.keys.length, "key", "keys");
    setText(this.#count, isCut ? `${wanted.length} of ${count}` : count);
    show(this.#more, isCut);
    setText(this.#more, `Show all ${count}`);
    show(this.#grid, isOpen);
    if (wanted.join("\n") === [...this.#cells.keys()].join("\n")) return;
    const old = this.#cells;
    this.#cells = new Map(wanted.map((key) => [key, old.get(key) ?? this.#calls.add(key)]));
    for (const [key, cell] of old) if (!this.#cells.has(key)) this.#calls.remove(cell);
    this.#grid.replaceChildren(...[...this.#cells.values()].map((cell) => cell.element));
  }
}

interface CellCalls {
  onShown(): void;
  onOpen(): void;
  onPoint(chart: Chart, x: number | null): void;
  draw(): void;
}

/** The place of one small chart; the chart is there while it is on screen. */
class KeyCell {
  readonly element: HTMLElement;
  readonly key: string;
  readonly #calls: CellCalls;
  readonly #signal: AbortSignal;
  readonly #place = h("div", { class: "gd-keychart" });
  readonly #name: HTMLButtonElement;
  readonly #data = new ChartData();
  #chart: Chart | null = null;
  #life: AbortController | null = null;
  #isSeen = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(key: string, calls: CellCalls, signal: AbortSignal) {
    this.key = key;
    this.#calls = calls;
    this.#signal = signal;
    const cut = key.indexOf("/");
    this.#name = h("button", {
      class: "gd-small gd-clip gd-keyname",
      type: "button",
      text: cut > 0 ? key.slice(cut + 1) : key,
      title: `${key}: show it in the large chart`,
    });
    this.#name.addEventListener("click", () => calls.onOpen());
    this.element = h("div", { class: "gd-keycell", "data-key": key }, this.#name, this.#place);
  }

  get isSeen(): boolean {
    return this.#isSeen;
  }

  get chart(): Chart | null {
    return this.#chart;
  }

  get width(): number {
    return this.#chart?.width ?? 0;
  }

  setSeen(isSeen: boolean): void {
    clearTimeout(this.#timer);
    this.#isSeen = isSeen;
    if (isSeen && !this.#chart) this.#make();
    else if (!isSeen) this.#timer = setTimeout(() => this.letGo(), PATIENCE_MS);
  }

  letGo(): void {
    clearTimeout(this.#timer);
    this.#life?.abort();
    this.#life = null;
    this.#chart?.element.remove();
    this.#chart = null;
    this.#data.clear();
  }

  take(message: ChartMessage, buffers: DataView[]): void {
    this.#data.take(message, buffers);
  }

  draw({ lines, hidden, x, isLog, detailKey }: KeyState): void {
    setAttribute(this.#name, "aria-current", this.key === detailKey ? "true" : null);
    const chart = this.#chart;
    if (!chart) return;
    chart.setX(xKindOf(x));
    chart.setLog(isLog);
    chart.setSmoothing(this.#data.isSmoothed);
    const picture = this.#data.picture(lines, { hidden, isPlain: false });
    const thick = picture.lines.map((line) => ({ ...line, width: 1.5 }));
    chart.show({ ...picture, lines: thick, label: `${this.key} over ${x}` });
    this.#place.classList.toggle("is-waiting", !this.#data.hasCome);
    this.#place.classList.toggle("is-empty", this.#data.isDone && !picture.lines.length);
  }

  #make(): void {
    const life = new AbortController();
    this.#life = life;
    const options = {
      height: HEIGHT,
      look: SMALL,
      isNamed: true,
      onWidth: () => this.#calls.onShown(),
      onZoom: () => {},
      onMark: () => {},
      onPoint: (x: number | null) => this.#calls.onPoint(chart, x),
    };
    const chart: Chart = new Chart(options, life.signal);
    this.#chart = chart;
    chart.element.addEventListener("dblclick", () => this.#calls.onOpen(), {
      signal: this.#signal,
    });
    this.#place.append(chart.element);
    this.#calls.draw();
  }
}
