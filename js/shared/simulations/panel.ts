/** The list of simulations: it puts its parts together and keeps them in step with the kernel. */
import type { ShownStatus } from "../card/simulation";
import { h, setAttribute, setText, show } from "../dom";
import { formatCount } from "../format";
import type { Message } from "../messages";
import type { PanelPart } from "../panel";
import { Commands } from "./commands";
import { DetailsPane } from "./details";
import { Emptiness } from "./emptiness";
import { Head } from "./head";
import { SimulationsList } from "./list";
import type { Context, Details, Row } from "./model";
import { Notifier } from "./notify";
import { grouped, type Item, isLive, sorted } from "./order";
import type { RowAct } from "./row";
import { Rows } from "./rows";
import { filtered } from "./search";
import { Selection } from "./selection";
import { doNamed, menuEntries, SelectionBar } from "./selection_bar";
import { ROW_HEIGHT } from "./virtual_list";

/** Below this width rows are grouped and there are no details. */
const NARROW_PX = 340;
/** Of what has ended this much is listed in a column whose height follows from its rows. */
const ENDED_LISTED = 4;
const SORT_EVERY_MS = 1500;
const TELL_AFTER_MS = 120;

export class SimulationsView implements PanelPart {
  readonly element: HTMLElement;
  readonly #context: Context;
  readonly #rows = new Rows();
  readonly #selection: Selection;
  readonly #commands: Commands;
  readonly #notifier: Notifier;
  readonly #head: Head;
  readonly #bar: SelectionBar;
  readonly #list: SimulationsList;
  readonly #details: DetailsPane;
  readonly #empty: Emptiness;
  readonly #settings: string[] = [];
  readonly #more: HTMLButtonElement;
  #isNarrow = false;
  #isWhole = false;
  /** How many rows have room. */
  #room = 0;
  #isOrderOld = false;
  #ordered = 0;
  #shownCount = 0;
  #tell: ReturnType<typeof setTimeout> | undefined;

  constructor(context: Context) {
    this.#context = context;
    this.#selection = new Selection(() => this.#onSelection());
    this.#notifier = new Notifier(context);
    const row = (id: string) => this.#rows.byId.get(id);
    this.#commands = new Commands(context, {
      row,
      rows: () => this.#rows.all,
      count: () => this.#rows.byId.size,
      onStarted: (ids) => {
        this.#selection.only(ids);
        if (ids[0]) this.#list.setActive(ids[0]);
      },
      rename: (id) => this.#list.rename(id),
    });
    this.#head = new Head(
      context,
      () => this.#rows.all,
      () => this.#arrange(),
    );
    this.#bar = new SelectionBar(context, this.#selection, this.#commands, this.#notifier, {
      row,
      shown: () => this.#list.ids,
      shownCount: () => this.#shownCount,
      all: () => [...this.#rows.byId.keys()],
      onHide: () => this.#arrange(),
    });
    this.#list = new SimulationsList(
      this.#selection,
      {
        now: () => context.clock.now,
        isReadOnly: () => context.get("is_read_only"),
        onFocus: () => this.#tellSoon(),
        onShown: () => context.say(),
        act: (id, act) => this.#act(id, act),
        entries: (id) => {
          const one = row(id);
          return one ? menuEntries([one], context.get("is_read_only"), true) : [];
        },
        pick: (id, entry) => doNamed(this.#commands, entry, [id]),
        rename: (id, name) => this.#commands.renamed(id, name),
        remove: () => this.#removeChosen(),
      },
      context.signal,
    );
    this.#details = new DetailsPane(context, this.#commands, row);
    this.#empty = new Emptiness(context, () => {
      this.#head.clear();
      this.#arrange();
    });
    this.#more = h("button", {
      class: "gd-btn is-low gd-sims-rest",
      type: "button",
      hidden: true,
    });
    this.#more.addEventListener("click", () => {
      this.#isWhole = !this.#isWhole;
      this.#arrange();
    });
    this.element = h(
      "div",
      { class: "gd-sims" },
      this.#head.element,
      this.#bar.element,
      this.#commands.sheet.element,
      this.#empty.element,
      this.#list.element,
      this.#more,
      this.#details.element,
    );
    this.#setNarrow(context.get("compact") === true);
    this.#watchSize();
    context.signal.addEventListener("abort", () => clearTimeout(this.#tell));
    this.#settings = this.#readSettings();
    this.#selection.set(context.get("selection") ?? []);
    this.#list.setActive(context.get("focused") ?? "");
    this.#arrange();
  }

  shown(): object {
    return { visible: this.#rows.byId.size ? this.#list.visible : [] };
  }

  receive(message: Message, buffers: DataView[]): void {
    if (message.kind === "rows") {
      const { isOtherSet, changed } = this.#rows.take(message, buffers);
      this.#list.replace(this.#rows.byId);
      if (isOtherSet) this.#arrange();
      else this.#onChanged(changed);
    } else if (message.kind === "configs") {
      this.#rows.takeConfigs(buffers);
      if (this.#context.get("filter")) this.#arrange();
    } else if (message.kind === "latest") {
      const items = message.items as Record<string, ShownStatus>;
      this.#list.refresh(this.#rows.takeLatest(items));
    } else if (message.kind === "details") {
      this.#details.take(message.details as Details | null);
    } else if (message.kind === "ended") this.#notifier.take(message.items as never);
  }

  /** Traits changed: here, by another panel, or in Python. */
  update(): void {
    const settings = this.#readSettings();
    const isOther = settings.some((each, i) => each !== this.#settings[i]);
    this.#settings.splice(0, settings.length, ...settings);
    if (this.#tell === undefined) {
      this.#selection.set(this.#context.get("selection") ?? []);
      this.#list.setActive(this.#context.get("focused") ?? "");
    }
    if (isOther) this.#arrange();
    else this.#list.update();
    this.#bar.update();
    this.#updateHead();
    this.#details.update();
  }

  tick(): void {
    if (this.#isOrderOld) this.#arrangeWhenFree();
    const now = this.#list.visible.filter((id) => this.#rows.byId.get(id)?.is_active);
    this.#list.refresh(now);
    this.#bar.update();
    this.#details.update();
  }

  // Order

  #readSettings(): string[] {
    const names = ["filter", "states", "types", "tags", "sort", "hide_unselected"] as const;
    const values = names.map((name) => JSON.stringify(this.#context.get(name) ?? null));
    if (this.#context.get("hide_unselected")) values.push(this.#context.get("selection").join());
    return values;
  }

  /** Choose, sort and show rows anew. */
  #arrange(): void {
    const context = this.#context;
    const sort = context.get("sort") || "-created";
    let rows = [...this.#rows.all];
    if (context.get("hide_unselected")) rows = rows.filter((row) => this.#selection.has(row.id));
    rows = filtered(rows, {
      text: context.get("filter") ?? "",
      states: context.get("states") ?? [],
      types: context.get("types") ?? [],
      tags: context.get("tags") ?? [],
    });
    rows = sorted(rows, sort, context.clock.now);
    const items = this.#isNarrow ? this.#grouped(rows) : rows;
    if (!this.#isNarrow) show(this.#more, false);
    this.#shownCount = rows.length;
    this.#isOrderOld = false;
    this.#ordered = Date.now();
    this.#list.setItems(items);
    this.#empty.update(this.#rows.isLoaded, this.#rows.byId.size, rows.length);
    show(this.#list.element, rows.length > 0);
    show(this.#bar.element, this.#rows.byId.size > 0);
    this.#updateHead();
    this.#bar.update();
    context.say();
  }

  /** In a column of its own only as much of what has ended is listed as fits, until somebody wants the rest. */
  #grouped(rows: readonly Row[]): Item[] {
    const { get, clock } = this.#context;
    const isSought = get("filter") || get("states")?.length || get("types")?.length;
    const isFoldable = get("compact") && !isSought && !get("tags")?.length;
    const all = grouped(rows, clock.now);
    const n = rows.filter((row) => !row.is_active).length;
    const most = this.#room ? Math.max(this.#room - (all.length - n), 1) : ENDED_LISTED;
    const isLong = Boolean(isFoldable) && n > most + 1; // the button takes the place of one
    show(this.#more, isLong);
    setText(this.#more, this.#isWhole ? "Fewer" : `${formatCount(n - most)} more`);
    setAttribute(this.#more, "aria-expanded", String(this.#isWhole));
    return isLong && !this.#isWhole ? all.slice(0, all.length - (n - most)) : all;
  }

  #updateHead(): void {
    this.#head.update(this.#shownCount, this.#rows.byId.size);
  }

  #onChanged(changed: readonly string[]): void {
    this.#list.refresh(changed);
    this.#bar.update();
    const context = this.#context;
    const isFiltered =
      context.get("states")?.length || context.get("tags")?.length || context.get("filter");
    this.#isOrderOld ||= Boolean(isFiltered) || this.#isNarrow || isLive(context.get("sort"));
    if (this.#isOrderOld) this.#arrangeWhenFree();
  }

  /** Not under somebody's hand, and not all the time. */
  #arrangeWhenFree(): void {
    const isHeld = this.#list.isRenaming || this.#list.element.matches(":hover");
    if (!isHeld && Date.now() - this.#ordered >= SORT_EVERY_MS) this.#arrange();
  }

  #watchSize(): void {
    if (typeof ResizeObserver === "undefined") return;
    const observer = new ResizeObserver(([entry]) => {
      const { width, height } = entry?.contentRect ?? { width: 0, height: 0 };
      if (!width) return;
      const isNarrow = this.#context.get("compact") || width < NARROW_PX;
      const room = this.#roomIn(height);
      const isSame = isNarrow === this.#isNarrow && room === this.#room;
      this.#room = room;
      if (isSame) return;
      this.#setNarrow(isNarrow);
      this.#arrange();
    });
    observer.observe(this.element);
    this.#context.signal.addEventListener("abort", () => observer.disconnect());
  }

  /** How many rows fit where the height is given from outside; elsewhere it follows from the rows. */
  #roomIn(height: number): number {
    if (!this.#context.get("compact") || !this.element.closest(".is-filling")) return 0;
    const beside = [this.#head.element, this.#bar.element, this.#commands.sheet.element];
    const taken = beside.reduce((sum, each) => sum + each.offsetHeight, ROW_HEIGHT);
    return Math.max(Math.floor((height - taken) / ROW_HEIGHT), 0);
  }

  #setNarrow(isNarrow: boolean): void {
    this.#isNarrow = isNarrow;
    this.element.classList.toggle("is-narrow", isNarrow);
    this.#head.setNarrow(isNarrow);
  }

  // Selection and focus

  #onSelection(): void {
    this.#list.update();
    this.#bar.update();
    this.#tellSoon();
  }

  /** Dragging and held keys change much; others hear of it when it rests for a moment. */
  #tellSoon(): void {
    clearTimeout(this.#tell);
    this.#tell = setTimeout(() => {
      const context = this.#context;
      const { ids } = this.#selection;
      const { active } = this.#list;
      const known = context.get("selection") ?? [];
      if (ids.length !== known.length || ids.some((id, i) => id !== known[i])) {
        context.set("selection", ids);
      }
      if (active !== (context.get("focused") ?? "")) context.set("focused", active);
      this.#tell = undefined; // until here the traits were older than what is on the screen
    }, TELL_AFTER_MS);
  }

  // Actions

  #act(id: string, act: RowAct): void {
    if (act === "restart") void this.#commands.restart([id]);
    else if (act === "first") this.#commands.first([id]);
    else this.#commands.stop([id], act === "force");
  }

  #removeChosen(): void {
    if (this.#context.get("is_read_only")) return;
    const known = this.#selection.ids.filter((id) => this.#rows.byId.has(id));
    const ids = known.length ? known : [this.#list.active].filter(Boolean);
    this.#commands.remove(ids);
  }
}
