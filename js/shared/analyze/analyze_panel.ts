/** The analyze panel: it puts its parts together, says what is on screen, and hands on what comes. */
import { copyText } from "../card/notes";
import type { Chart } from "../chart";
import { h, setText, show } from "../dom";
import { MediaFiles } from "../media/media_files";
import { floats, type Message } from "../messages";
import type { PanelPart } from "../panel";
import { rangeText } from "./brush_range";
import { FocusCharts } from "./focus_charts";
import { KeyGroups } from "./key_groups";
import { LegendTable, tableRows } from "./legend_table";
import { MediaPopover, withRoom } from "./media_popover";
import {
  type AnalyzeContext,
  type AnalyzeTraits,
  type ChartMessage,
  type KeyGroup,
  type Line,
  type MarkedMedia,
  type Path,
  type TableRow,
  xKindOf,
} from "./model";
import { fileName, pictureOf, pngFile, saveFile, svgFile } from "./picture_files";
import { Settings } from "./settings";

const NO_LINES: Line[] = [];
const NO_GROUPS: KeyGroup[] = [];
const NO_ROWS: Map<string, TableRow> = new Map();

interface Table {
  key: string;
  direction: "max" | "min";
  rows: Map<string, TableRow>;
}

export class AnalyzePanel implements PanelPart {
  readonly element: HTMLElement;
  readonly #context: AnalyzeContext;
  readonly #settings: Settings;
  readonly #focus: FocusCharts;
  readonly #legend: LegendTable;
  readonly #groups: KeyGroups;
  readonly #media: MediaPopover;
  readonly #empty = h("p", { class: "gd-empty gd-muted", hidden: true });
  readonly #notice = h("p", { class: "gd-small gd-muted gd-analyzenotice", hidden: true });
  readonly #body: HTMLElement;
  readonly #seen = new Set<Element>();
  #lines: Line[] | null = null;
  #paths: Path[] = [];
  #keys: KeyGroup[] | null = null;
  #items: MarkedMedia[] = [];
  #table: Table | null = null;
  #hidden: ReadonlySet<string> = new Set();
  #allKeys: string[] = [];

  constructor(context: AnalyzeContext) {
    this.#context = context;
    const { signal } = context;
    const set = (changed: Partial<AnalyzeTraits>) => this.#set(changed);
    const onPoint = (from: Chart, x: number | null) => this.#pointAt(from, x);
    const onShown = () => context.say();
    this.#settings = new Settings(set, this.#downloads(), signal);
    this.#focus = new FocusCharts(
      {
        onBetween: (between) => set({ between }),
        onOverviewKey: (overview_key) => set({ overview_key }),
        onDetailKey: (detail_key) => set({ detail_key }),
        onPoint,
        onMark: (numbers, mark) => this.#openMedia(numbers, mark),
        onShown,
      },
      signal,
    );
    this.#legend = new LegendTable(
      {
        onLift: (line) => this.#lift(line),
        onToggle: (line, isAlone) => this.#toggle(line, isAlone),
        onColour: (line, index) => void context.ask("colour", { line, index }).catch(() => {}),
        onDirection: () => this.#turnBest(),
      },
      signal,
    );
    this.#groups = new KeyGroups(
      {
        onShown,
        onFold: (folded) => set({ folded }),
        onOpen: (key) => this.#open(key),
        onPoint,
      },
      signal,
    );
    const files = new MediaFiles(context.channel, signal);
    this.#media = new MediaPopover(
      () => ({
        files,
        name: (id) => this.#nameOf(id),
        onZoom: (range) => this.#zoomTo(range),
        onOpen: context.get("has_media_panel") ? (items) => this.#openElsewhere(items) : null,
        onClose: () => this.#focus.detail.choose(null),
      }),
      signal,
    );
    this.#body = h("div", {}, this.#focus.element, this.#legend.element, this.#groups.element);
    this.element = h(
      "div",
      { class: "gd-analyze" },
      this.#settings.element,
      this.#notice,
      this.#empty,
      this.#body,
    );
    this.#watch(signal);
  }

  shown(): object {
    const { overview, detail } = this.#focus;
    const focus = [
      { id: "detail", chart: detail },
      { id: "overview", chart: overview },
    ]
      .filter(({ chart }) => this.#isSeen(chart.element) && chart.width > 0)
      .map(({ id, chart }) => ({ id, width: chart.width }));
    const key = this.#context.get("detail_key");
    return {
      charts: [...focus, ...this.#groups.shown],
      tables: key && this.#isSeen(this.#legend.element) ? [key] : [],
      media: this.#isSeen(detail.element),
    };
  }

  receive(message: Message, buffers: DataView[]): void {
    const content = message as unknown;
    if (message.kind === "chart") this.#takeChart(content as ChartMessage, buffers);
    else if (message.kind === "lines") {
      this.#lines = message.lines as Line[];
      this.#paths = message.paths as Path[];
      setText(this.#notice, String(message.notice ?? ""));
      show(this.#notice, message.notice !== "");
      this.update();
    } else if (message.kind === "keys") {
      this.#keys = message.groups as KeyGroup[];
      this.#allKeys = this.#keys.flatMap((group) => group.keys);
      this.update();
    } else if (message.kind === "table") {
      const { key, direction, rows } = content as Table & { rows: TableRow[] };
      this.#table = { key, direction, rows: tableRows(rows, buffers[0] && floats(buffers[0])) };
      this.#updateLegend();
    } else if (message.kind === "media") {
      const items = message.items as MarkedMedia[];
      this.#items = message.is_new ? items : [...this.#items, ...items];
      this.#updateFocus();
    }
  }

  update(): void {
    const get = this.#context.get;
    const hidden = get("hidden");
    // The same as before while nothing was hidden or shown: what depends on it stays as it is.
    const isOther =
      hidden.length !== this.#hidden.size || hidden.some((id) => !this.#hidden.has(id));
    if (isOther) this.#hidden = new Set(hidden);
    const hasLines = (this.#lines?.length ?? 0) > 0;
    const hasKeys = (this.#keys?.some((group) => group.keys.length) ?? false) && hasLines;
    const words = this.#emptyWords(hasLines, hasKeys);
    setText(this.#empty, words);
    show(this.#empty, words !== "");
    show(this.#body, words === "");
    show(this.#settings.element, words === "" || hasLines);
    this.#settings.update({
      group_by: get("group_by"),
      statistic: get("statistic"),
      smoothing_kind: get("smoothing_kind"),
      smoothing: get("smoothing"),
      smoothing_window: get("smoothing_window"),
      smoothing_passes: get("smoothing_passes"),
      x: get("x"),
      log_y: get("log_y"),
      fits_y: get("fits_y"),
      paths: this.#paths,
    });
    this.#updateFocus();
    this.#updateLegend();
    this.#groups.update({
      groups: this.#keys ?? NO_GROUPS,
      folded: get("folded"),
      lines: this.#lines ?? NO_LINES,
      hidden: this.#hidden,
      detailKey: get("detail_key"),
      x: get("x"),
      isLog: get("log_y"),
    });
  }

  // What is shown

  #emptyWords(hasLines: boolean, hasKeys: boolean): string {
    if (this.#lines === null || this.#keys === null || hasKeys) return "";
    if (hasLines) return "No series yet. They appear with the first value that is recorded.";
    const hasChoice = this.#context.get("sims").length > 0;
    const gone = "The chosen simulations are not in this project any more.";
    return hasChoice ? gone : "No simulations in this project yet.";
  }

  #updateFocus(): void {
    const get = this.#context.get;
    this.#focus.update({
      lines: this.#lines ?? NO_LINES,
      hidden: this.#hidden,
      keys: this.#allKeys,
      overviewKey: get("overview_key"),
      detailKey: get("detail_key"),
      between: get("between"),
      x: get("x"),
      isLog: get("log_y"),
      fitsY: get("fits_y"),
      media: this.#items,
    });
  }

  #updateLegend(): void {
    const get = this.#context.get;
    const key = get("detail_key");
    const table = this.#table?.key === key ? this.#table : null;
    show(this.#legend.element, (this.#lines?.length ?? 0) > 0);
    this.#legend.update({
      lines: this.#lines ?? NO_LINES,
      rows: table?.rows ?? NO_ROWS,
      hidden: this.#hidden,
      direction: table?.direction ?? "max",
      x: get("x"),
      isReadOnly: get("is_read_only"),
    });
  }

  #takeChart(message: ChartMessage, buffers: DataView[]): void {
    const { chart } = message;
    if (chart === "overview" || chart === "detail") this.#focus.take(chart, message, buffers);
    else this.#groups.take(chart.slice("key:".length), message, buffers);
  }

  #lift(line: string | null): void {
    this.#focus.overview.lift(line);
    this.#focus.detail.lift(line);
    this.#groups.lift(line);
  }

  #pointAt(from: Chart, x: number | null): void {
    if (from !== this.#focus.detail) this.#focus.detail.pointAt(x);
    this.#groups.pointAt(from, x);
  }

  /** Which of the large parts are on screen. */
  #watch(signal: AbortSignal): void {
    const watched = [this.#focus.overview, this.#focus.detail].map((chart) => chart.element);
    watched.push(this.#legend.element);
    if (typeof IntersectionObserver === "undefined") {
      for (const element of watched) this.#seen.add(element);
      return;
    }
    const observer = new IntersectionObserver(
      (entries) => {
        for (const { target, isIntersecting } of entries) {
          if (isIntersecting) this.#seen.add(target);
          else this.#seen.delete(target);
        }
        this.#context.say();
      },
      { rootMargin: "120px" },
    );
    for (const element of watched) observer.observe(element);
    signal.addEventListener("abort", () => observer.disconnect());
  }

  #isSeen(element: Element): boolean {
    return this.#seen.has(element);
  }

  // What the person does

  #set(changed: Partial<AnalyzeTraits>): void {
    for (const [name, value] of Object.entries(changed)) this.#context.set(name, value);
  }

  #toggle(line: string, isAlone: boolean): void {
    const hidden = new Set(this.#context.get("hidden"));
    const others = (this.#lines ?? []).map(({ id }) => id).filter((id) => id !== line);
    if (isAlone) {
      const isAloneNow = !hidden.has(line) && others.every((id) => hidden.has(id));
      this.#set({ hidden: isAloneNow ? [] : others });
      return;
    }
    if (!hidden.delete(line)) hidden.add(line);
    this.#set({ hidden: [...hidden] });
  }

  #turnBest(): void {
    const key = this.#context.get("detail_key");
    const turned = this.#table?.direction === "min" ? "max" : "min";
    this.#set({ best: { ...this.#context.get("best"), [key]: turned } });
  }

  #open(key: string): void {
    this.#set({ detail_key: key });
    this.#focus.detail.element.scrollIntoView?.({ block: "nearest" });
  }

  #zoomTo(range: [number, number]): void {
    const whole = this.#focus.overview.drawn?.scene.x;
    if (whole) this.#set({ between: withRoom(range, whole) });
  }

  #openMedia(numbers: readonly number[], mark: HTMLElement): void {
    const chosen = new Set(numbers);
    const items = this.#items.filter((item) => chosen.has(item.number));
    const [first] = items;
    if (!first) return;
    const { detail } = this.#focus;
    this.#media.open(items, this.#context.get("x"), mark, detail.element);
    detail.choose(first.number);
  }

  #openElsewhere(items: readonly MarkedMedia[]): void {
    this.#set({ open_media: items.map(({ sim_id, key, step }) => [sim_id, key, step]) });
  }

  #nameOf(simId: string): string {
    const line = this.#lines?.find(({ sims }) => sims.includes(simId));
    return line && (this.#lines?.length ?? 0) > 1 ? line.name : "";
  }

  #downloads() {
    const context = this.#context;
    const picture = () => {
      const { key, range } = this.#names();
      const drawn = pictureOf(this.#focus.detail, key, range);
      if (!drawn) context.trouble("There is nothing drawn to download yet.");
      return drawn;
    };
    return {
      png: async () => {
        const drawn = picture();
        if (!drawn) return;
        try {
          saveFile(await pngFile(drawn), fileName(this.#names().key, "png"));
        } catch {
          context.trouble("This browser could not make a PNG. SVG holds the same picture.");
        }
      },
      svg: async () => {
        const drawn = picture();
        if (drawn) saveFile(svgFile(drawn), fileName(this.#names().key, "svg"));
      },
      csv: async () => {
        try {
          const { result, bytes } = await context.channel.askBytes("csv", {});
          const { name, type } = result as { name: string; type: string };
          saveFile(new Blob([bytes], { type }), name);
        } catch (error) {
          context.trouble((error as Error).message);
        }
      },
      python: () =>
        copyText(async () => ((await context.ask("code", {})) as { text: string }).text),
    };
  }

  #names() {
    const context = this.#context;
    const between = context.get("between");
    return {
      key: context.get("detail_key"),
      range: between ? rangeText(between, xKindOf(context.get("x"))) : "",
    };
  }
}
