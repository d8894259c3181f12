/** The listbox: virtual rows, and how pointer and keys move through it and select. */
import { h, setAttribute } from "../dom";
import type { MenuEntry } from "../menu";
import type { Row } from "./model";
import { type Item, isHeading } from "./order";
import { type RowAct, type RowCalls, SimulationRow } from "./row";
import type { Selection } from "./selection";
import { ROW_HEIGHT, VirtualList } from "./virtual_list";

export interface ListCalls {
  now(): number;
  isReadOnly(): boolean;
  /** Somebody turned to a simulation. */
  onFocus(id: string): void;
  /** Other rows are on the screen. */
  onShown(): void;
  act(id: string, act: RowAct): void;
  entries(id: string): MenuEntry[];
  pick(id: string, entry: string): void;
  rename(id: string, name: string): void;
  remove(): void;
}

let count = 0;

export class SimulationsList {
  readonly element = h("div", {
    class: "gd-sims-list",
    role: "listbox",
    tabindex: 0,
    label: "Simulations",
    "aria-multiselectable": "true",
    "data-lm-suppress-shortcuts": "true", // letters and arrows mean something else to the notebook
  });
  readonly #calls: ListCalls;
  readonly #selection: Selection;
  readonly #list: VirtualList;
  readonly #id = `gymdash-sims-${++count}`;
  #items: readonly Item[] = [];
  #places = new Map<string, number>();
  #options: number[] = [];
  #positions: number[] = [];
  #active = "";
  #dragged: { last: number; y: number; timer: ReturnType<typeof setInterval> } | null = null;
  isRenaming = false;

  constructor(selection: Selection, calls: ListCalls, signal: AbortSignal) {
    this.#selection = selection;
    this.#calls = calls;
    const make = () => new SimulationRow(this.#rowCalls());
    this.#list = new VirtualList(this.element, make, () => calls.onShown(), signal);
    this.element.addEventListener("pointerdown", (event) => this.#onDown(event));
    this.element.addEventListener("pointermove", (event) => this.#onMove(event));
    for (const name of ["pointerup", "pointercancel"] as const) {
      this.element.addEventListener(name, () => this.#endDrag());
    }
    this.element.addEventListener("dblclick", (event) => {
      const target = event.target as Element;
      if (target.closest(".gd-sims-name")) this.rename();
    });
    this.element.addEventListener("keydown", (event) => this.#onKey(event));
    signal.addEventListener("abort", () => this.#endDrag());
  }

  get active(): string {
    return this.#active;
  }

  /** Ids of the rows on the screen. */
  get visible(): string[] {
    const [first, last] = this.#list.range;
    return this.#between(first, last);
  }

  /** All ids in the order of the list. */
  get ids(): string[] {
    return this.#options.map((index) => (this.#items[index] as Row).id);
  }

  setItems(items: readonly Item[]): void {
    const { scrollTop } = this.element;
    const first = this.#items[Math.floor(scrollTop / ROW_HEIGHT)];
    this.#items = items;
    this.#places = new Map();
    this.#options = [];
    this.#positions = [];
    items.forEach((item, index) => {
      if (isHeading(item)) return;
      this.#places.set(item.id, index);
      this.#positions[index] = this.#options.push(index);
    });
    this.#list.update(items.length);
    // Who has scrolled keeps what is on top, whatever came in above it.
    if (scrollTop > 0 && first && !isHeading(first)) {
      const place = this.#places.get(first.id);
      if (place !== undefined) {
        const wanted = place * ROW_HEIGHT + (scrollTop % ROW_HEIGHT);
        if (wanted !== scrollTop) this.element.scrollTop = wanted;
      }
    }
    this.#point();
  }

  /** Draw what is on screen anew. */
  update(): void {
    this.#list.update(this.#items.length);
    this.#point();
  }

  refresh(ids: readonly string[]): void {
    for (const id of ids) {
      const place = this.#places.get(id);
      if (place !== undefined) this.#list.refresh(place);
    }
  }

  replace(rows: ReadonlyMap<string, Row>): void {
    this.#items = this.#items.map((item) =>
      isHeading(item) ? item : (rows.get(item.id) ?? item),
    );
  }

  /** Take what is in focus from elsewhere. */
  setActive(id: string): void {
    if (id === this.#active) return;
    const old = this.#active;
    this.#active = id;
    this.refresh([old, id]);
    this.#point();
  }

  rename(id = this.#active): void {
    const place = this.#places.get(id);
    if (place === undefined || this.#calls.isReadOnly()) return;
    this.#list.scrollTo(place);
    const view = this.#list.viewAt(place);
    if (!(view instanceof SimulationRow)) return;
    this.isRenaming = true;
    view.rename();
  }

  #rowCalls(): RowCalls {
    return {
      item: (index) => this.#items[index],
      place: (index) => [this.#positions[index] ?? 0, this.#options.length],
      optionId: (index) => `${this.#id}-${index}`,
      isSelected: (id) => this.#selection.has(id),
      isActive: (id) => id === this.#active,
      isReadOnly: () => this.#calls.isReadOnly(),
      now: () => this.#calls.now(),
      toggle: (index) => {
        const id = this.#idAt(index);
        if (id) this.#selection.toggle(id, index);
      },
      act: (id, act) => this.#calls.act(id, act),
      entries: (id) => this.#calls.entries(id),
      pick: (id, entry) => this.#calls.pick(id, entry),
      rename: (id, name) => this.#calls.rename(id, name),
      onMenuClosed: () => this.element.focus({ preventScroll: true }),
      onRenamed: () => {
        this.isRenaming = false;
        this.element.focus({ preventScroll: true });
      },
    };
  }

  #idAt(index: number): string {
    const item = this.#items[index];
    return item && !isHeading(item) ? item.id : "";
  }

  #between = (from: number, to: number): string[] =>
    this.#items.slice(from, to + 1).flatMap((item) => (isHeading(item) ? [] : [item.id]));

  #activate(index: number): void {
    const id = this.#idAt(index);
    if (!id) return;
    this.#list.scrollTo(index);
    if (id !== this.#active) {
      this.setActive(id);
      this.#calls.onFocus(id);
    }
    this.#point();
  }

  #point(): void {
    const place = this.#places.get(this.#active);
    const isThere = place !== undefined && this.#list.viewAt(place) !== undefined;
    const id = isThere ? `${this.#id}-${place}` : null;
    setAttribute(this.element, "aria-activedescendant", id);
  }

  // Pointer

  #onDown(event: PointerEvent): void {
    const target = event.target as Element;
    if (event.button !== 0 || target.closest("[data-do],input,.gd-menu")) return;
    const index = this.#list.indexAt(event.clientY);
    const isRow = target.closest(".gd-sims-row:not(.is-heading)") !== null;
    const id = this.#idAt(index);
    if (!isRow || !id) return;
    if (event.shiftKey) this.#selection.extend(index, this.#between);
    else if (event.ctrlKey || event.metaKey) this.#selection.toggle(id, index);
    else this.#selection.only([id], index);
    this.#activate(index);
    if (event.pointerType === "touch" || event.shiftKey) return;
    this.#endDrag();
    const timer = setInterval(() => this.#scrollAlong(), 30);
    this.#dragged = { last: index, y: event.clientY, timer };
  }

  #onMove(event: PointerEvent): void {
    if (!this.#dragged) return;
    if (!(event.buttons & 1)) {
      this.#endDrag();
      return;
    }
    this.#dragged.y = event.clientY;
    // Not before it moves: who holds the pointer would get the double click on a name, too.
    if (!this.element.hasPointerCapture(event.pointerId)) {
      this.element.setPointerCapture(event.pointerId);
    }
    this.#dragTo(this.#list.indexAt(event.clientY));
  }

  #dragTo(index: number): void {
    if (!this.#dragged || index === this.#dragged.last) return;
    this.#dragged.last = index;
    this.#selection.extend(index, this.#between);
    this.#activate(index);
  }

  /** Held above or below the list, a drag goes on. */
  #scrollAlong(): void {
    if (!this.#dragged) return;
    const { top, bottom } = this.element.getBoundingClientRect();
    const { y } = this.#dragged;
    const over = y < top ? y - top : y > bottom ? y - bottom : 0;
    if (!over) return;
    this.element.scrollTop += Math.max(-ROW_HEIGHT, Math.min(over, ROW_HEIGHT));
    this.#dragTo(this.#list.indexAt(Math.max(top + 1, Math.min(y, bottom - 1))));
  }

  #endDrag(): void {
    if (this.#dragged) clearInterval(this.#dragged.timer);
    this.#dragged = null;
  }

  // Keys

  #onKey(event: KeyboardEvent): void {
    const target = event.target as Element;
    if (target !== this.element) return;
    event.stopPropagation();
    if (this.#doKey(event)) event.preventDefault();
  }

  #doKey(event: KeyboardEvent): boolean {
    const { key } = event;
    const hasModifier = event.ctrlKey || event.metaKey;
    const to = this.#target(key);
    if (to !== null) {
      this.#step(to, event.shiftKey);
      return true;
    }
    const place = this.#places.get(this.#active);
    if (key === "a" && hasModifier) this.#selection.only(this.ids);
    else if (key === " " && place !== undefined) this.#selection.toggle(this.#active, place);
    else if (key === "Enter" && place !== undefined) this.#selection.only([this.#active], place);
    else if (key === "F2") this.rename();
    else if (key === "Delete") this.#calls.remove();
    else if (key === "Escape" && this.#selection.size) this.#selection.only([]);
    else return false;
    return true;
  }

  /** Where a key leads, as a place among the options. */
  #target(key: string): number | null {
    const last = this.#options.length - 1;
    const place = this.#places.get(this.#active);
    const at = place === undefined ? -1 : this.#options.indexOf(place);
    const page = Math.max(Math.floor(this.element.clientHeight / ROW_HEIGHT) - 1, 1);
    const steps: Record<string, number> = {
      ArrowDown: at + 1,
      ArrowUp: at < 0 ? last : at - 1,
      PageDown: at + page,
      PageUp: at - page,
      Home: 0,
      End: last,
    };
    const wanted = steps[key];
    return wanted === undefined || last < 0 ? null : Math.min(Math.max(wanted, 0), last);
  }

  #step(option: number, isExtending: boolean): void {
    const index = this.#options[option] as number;
    if (isExtending) {
      const from = this.#places.get(this.#active);
      if (this.#selection.anchor < 0) this.#selection.anchorAt(from ?? index, true);
      this.#selection.extend(index, this.#between);
    } else {
      this.#selection.anchorAt(index, true);
    }
    this.#activate(index);
  }
}
