/** Overview and detail: the same width, linked by a brush. */
import { Chart } from "../chart";
import { h, setText, show } from "../dom";
import { formatCount } from "../format";
import { Gutter } from "../gutter";
import { icon } from "../icons";
import { MAIN, OVERVIEW } from "../scene";
import { Brush } from "./brush";
import { partOrNull, rangeText, rounded } from "./brush_range";
import { ChartData } from "./chart_data";
import { KeyPick } from "./key_pick";
import { type Line, type MarkedMedia, type PythonX, type Range, xKindOf } from "./model";
import { isSame } from "./same";

const OVERVIEW_HEIGHT = 68;
const DETAIL_HEIGHT = 236;
const PLACEHOLDER_AFTER_MS = 300;
const TELL_EVERY_MS = 100;

interface FocusCalls {
  onBetween(between: Range | null): void;
  onOverviewKey(key: string): void;
  onDetailKey(key: string): void;
  onPoint(chart: Chart, x: number | null): void;
  onMark(numbers: readonly number[], mark: HTMLElement): void;
  /** Charts have another width. */
  onShown(): void;
}

export interface FocusState {
  lines: readonly Line[];
  hidden: ReadonlySet<string>;
  keys: readonly string[];
  overviewKey: string;
  detailKey: string;
  between: Range | null;
  x: PythonX;
  isLog: boolean;
  fitsY: boolean;
  media: readonly MarkedMedia[];
}

export class FocusCharts {
  readonly element: HTMLElement;
  readonly overview: Chart;
  readonly detail: Chart;
  readonly #calls: FocusCalls;
  readonly #gutter = new Gutter();
  readonly #overviewData = new ChartData();
  readonly #detailData = new ChartData();
  readonly #brush: Brush;
  readonly #overviewKey: KeyPick;
  readonly #detailKey: KeyPick;
  readonly #range = h("span", { class: "gd-small gd-muted gd-clip" });
  readonly #thinned = h("span", { class: "gd-small gd-muted gd-clip gd-middle" });
  readonly #reset: HTMLButtonElement;
  readonly #placeholder = h("div", { class: "gd-loading", hidden: true, "aria-hidden": "true" });
  readonly #nothing = h("p", { class: "gd-nothing gd-muted", hidden: true });
  #state: FocusState | null = null;
  #between: Range | null = null;
  #told = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isPatient = true;
  #patience: ReturnType<typeof setTimeout> | undefined;

  constructor(calls: FocusCalls, signal: AbortSignal) {
    this.#calls = calls;
    const none = () => {};
    this.overview = new Chart(
      {
        height: OVERVIEW_HEIGHT,
        look: OVERVIEW,
        gutter: this.#gutter,
        isNamed: true,
        onWidth: calls.onShown,
        onZoom: none,
        onMark: none,
        onDrawn: (plot) => {
          const drawn = this.overview.drawn;
          if (drawn) this.#brush.place(plot, drawn.scene.x, drawn.scene.xKind);
        },
      },
      signal,
    );
    this.overview.element.tabIndex = -1; // its edges take the keyboard
    this.detail = new Chart(
      {
        height: DETAIL_HEIGHT,
        look: MAIN,
        gutter: this.#gutter,
        isNamed: true,
        onWidth: calls.onShown,
        onZoom: (_, zoom) => this.#choose(zoom, true),
        onMark: (_, all, mark) => calls.onMark(all, mark),
        onPoint: (x) => calls.onPoint(this.detail, x),
      },
      signal,
    );
    this.#brush = new Brush({ onPart: (part, isDone) => this.#choose(part, isDone) }, signal);
    this.#overviewKey = new KeyPick("Key of the overview", calls.onOverviewKey, signal);
    this.#detailKey = new KeyPick("Key of the chart", calls.onDetailKey, signal, true);
    this.#reset = h(
      "button",
      { class: "gd-btn is-low", type: "button", title: "Show all (or double-click the chart)" },
      icon("reset"),
      h("span", { text: "Reset zoom" }),
    );
    this.#reset.addEventListener("click", () => this.#choose(null, true));
    for (let i = 0; i < 3; i++) this.#placeholder.append(h("i"));
    this.detail.element.append(this.#placeholder, this.#nothing);
    this.element = h(
      "div",
      { class: "gd-focus" },
      h(
        "div",
        { class: "gd-bar gd-overviewbar" },
        h("span", { class: "gd-small gd-muted", text: "Overview" }),
        this.#overviewKey.button,
      ),
      this.overview.element,
      h(
        "div",
        { class: "gd-bar gd-detailbar" },
        this.#detailKey.button,
        this.#range,
        h("span", { class: "gd-grow" }),
        this.#thinned,
        this.#reset,
      ),
      this.detail.element,
    );
    this.#wait();
    signal.addEventListener("abort", () => {
      clearTimeout(this.#timer);
      clearTimeout(this.#patience);
    });
  }

  get detailData(): ChartData {
    return this.#detailData;
  }

  /** Take the points of one of both; the other must have been asked for, too. */
  take(chart: "overview" | "detail", message: Parameters<ChartData["take"]>[0], b: DataView[]) {
    const data = chart === "overview" ? this.#overviewData : this.#detailData;
    if (chart === "detail" && message.is_new && message.key !== data.key) this.#gutter.reset();
    data.take(message, b);
    if (chart === "overview") this.#drawOverview();
    this.#draw();
  }

  update(state: FocusState): void {
    const before = this.#state;
    this.#state = state;
    if (before && before.detailKey !== state.detailKey) this.#wait();
    this.#overviewKey.update(state.keys, state.overviewKey);
    this.#detailKey.update(state.keys, state.detailKey);
    // While the brush moves, what was told a moment ago comes back.
    if (!this.#brush.isDragging && this.#timer === undefined) this.#between = state.between;
    if (!isSame(before, state, ["lines", "hidden", "overviewKey", "x", "isLog"])) {
      this.#drawOverview();
    }
    this.#draw();
  }

  /** Not while only the brush moves: it may have many lines. */
  #drawOverview(): void {
    const state = this.#state;
    if (!state) return;
    const { lines, hidden } = state;
    this.overview.setX(xKindOf(state.x));
    this.overview.setLog(state.isLog);
    this.overview.setSmoothing(this.#overviewData.isSmoothed);
    this.overview.show({
      ...this.#overviewData.picture(lines, { hidden, isPlain: true }),
      label: `Overview of ${state.overviewKey}`,
    });
  }

  #draw(): void {
    const state = this.#state;
    if (!state) return;
    const { lines, hidden } = state;
    const kind = xKindOf(state.x);
    const data = this.#dataOfDetail();
    const isOf = (each: ChartData, key: string) => each.key === key;
    this.detail.setX(kind);
    this.detail.setLog(state.isLog);
    this.detail.setFitsY(state.fitsY);
    this.detail.showPart(this.#between);
    this.#brush.show(this.#between);
    const range = this.#between ? rangeText(this.#between, kind) : "";
    const marks = state.media
      .filter((item) => !hidden.has(item.line))
      .map((item) => ({ step: item[state.x], number: item.number }));
    this.detail.setSmoothing(data.isSmoothed);
    const picture = data.picture(lines, { hidden, isPlain: false });
    if (isOf(data, state.detailKey) || !data.hasCome) {
      const label = [`${state.detailKey} over ${state.x}`, range].filter(Boolean).join(", ");
      this.detail.show({ ...picture, marks, label });
    }
    this.#say(range, data, picture.lines.length);
  }

  #say(range: string, data: ChartData, drawn: number): void {
    const state = this.#state;
    if (!state) return;
    setText(this.#range, range);
    show(this.#reset, this.#between !== null);
    const shown = state.lines.filter((line) => !state.hidden.has(line.id));
    const counts = data.counts(shown);
    const isThinned = this.#between === null && counts.drawn < counts.total;
    const words = `${formatCount(counts.drawn)} of ${formatCount(counts.total)} points`;
    setText(this.#thinned, isThinned ? words : "");
    this.#thinned.title = isThinned ? "Lowest and highest of each stretch; all are stored" : "";
    const isWaiting = !data.hasLines && !data.isDone && state.detailKey !== "";
    show(this.#placeholder, isWaiting && !this.#isPatient);
    show(this.#nothing, !isWaiting && drawn === 0 && state.detailKey !== "");
    setText(
      this.#nothing,
      data.hasLines ? "All lines are hidden." : `Nothing was recorded under ${state.detailKey}.`,
    );
    this.detail.element.classList.toggle("is-blank", drawn === 0);
  }

  /** Bars in the place of lines, but only when they take long. */
  #wait(): void {
    this.#isPatient = true;
    clearTimeout(this.#patience);
    this.#patience = setTimeout(() => {
      this.#isPatient = false;
      this.#draw();
    }, PLACEHOLDER_AFTER_MS);
  }

  /** What is there for the shown part: until its own points come, those of the overview. */
  #dataOfDetail(): ChartData {
    const [own, whole] = [this.#detailData, this.#overviewData];
    const key = this.#state?.detailKey;
    if (own.key === key && own.covers(this.#between)) return own;
    return whole.key === key && whole.hasLines ? whole : own;
  }

  #choose(part: Range | null, isDone: boolean): void {
    const state = this.#state;
    if (!state) return;
    const whole = this.overview.drawn?.scene.x;
    const kind = xKindOf(state.x);
    this.#between = part && whole ? partOrNull(rounded(part, kind), [...whole]) : part;
    this.#draw();
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const tell = () => {
      this.#timer = undefined;
      this.#told = performance.now();
      this.#calls.onBetween(this.#between);
    };
    const wait = TELL_EVERY_MS - (performance.now() - this.#told);
    if (isDone || wait <= 0) tell();
    else this.#timer = setTimeout(tell, wait);
  }
}
