/** Statuses, the newest on top; older ones come when they are wanted, and few enough stay on the page. */
import { h, setText, show } from "../dom";
import { formatCount, plural } from "../format";
import type { Page, StatusFacts } from "./facts";
import { type StatusCalls, statusRow } from "./status_row";

/** While nobody has scrolled down, no more than this many stay; they come again when they are asked for. */
const MOST_KEPT = 1000;
const NEAR_END_PX = 240;
const AGAIN_MS = 100;
/** Of a block out of sight nothing is laid out, however many rows it has. */
const ROWS_OF_A_BLOCK = 200;
const BLOCK = { class: "gd-saidblock", role: "none" };

interface ListCalls extends StatusCalls {
  /** Ask for older ones: those before a number, or the newest. */
  page(before: number | null): Promise<Page>;
  /** What a page must be for: another wish may have come meanwhile. */
  isWanted(page: Page): boolean;
}

export class StatusList {
  readonly element: HTMLElement;
  /** How many are listed, in words. */
  readonly told = h("span", { class: "gd-small gd-muted gd-clip", role: "status" });
  readonly #calls: ListCalls;
  readonly #mostKept: number;
  readonly #list = h("div", { class: "gd-saidlist", role: "list", label: "Statuses" });
  readonly #older = h(
    "button",
    { class: "gd-btn is-low", type: "button", hidden: true },
    "Show older",
  );
  readonly #none = h("p", { class: "gd-small gd-muted gd-saidnone", hidden: true });
  readonly #shown = new Map<number, { status: StatusFacts; row: HTMLElement }>();
  #next: number | null = null;
  #asked = 0;
  #isAsking = false;
  #isFiltered = false;

  constructor(calls: ListCalls, mostKept = MOST_KEPT) {
    this.#calls = calls;
    this.#mostKept = mostKept;
    this.element = h(
      "div",
      { class: "gd-saidscroll", tabindex: 0, role: "region", label: "Statuses" },
      this.#list,
      this.#none,
      this.#older,
    );
    this.#older.addEventListener("click", () => void this.#ask(this.#next));
    this.element.addEventListener("scroll", () => this.#onScroll(), { passive: true });
  }

  /** Begin anew with the newest. */
  async reload(isFiltered: boolean): Promise<void> {
    this.#isFiltered = isFiltered;
    await this.#ask(null);
  }

  /** Take statuses that came just now. */
  add(page: Page): void {
    if (!this.#calls.isWanted(page)) return;
    if (page.next !== null) {
      void this.#ask(null); // more came than fit: nothing may be left out in between
      return;
    }
    this.#insert(page.rows);
    this.#trim();
    this.#tell();
  }

  /** Simulations are gone, with all they said. */
  remove(simIds: ReadonlySet<string>): void {
    for (const [number, { status, row }] of this.#shown) {
      if (!simIds.has(status.sim.id)) continue;
      const block = row.parentElement;
      row.remove();
      if (!block?.childElementCount) block?.remove();
      this.#shown.delete(number);
    }
    this.#tell();
  }

  async #ask(before: number | null): Promise<void> {
    if (before !== null && this.#isAsking) return; // the newest are asked for at any time
    this.#asked += 1;
    const asked = this.#asked;
    this.#isAsking = true;
    try {
      const page = await this.#calls.page(before);
      if (asked !== this.#asked) return;
      if (!this.#calls.isWanted(page)) {
        // the kernel had not heard of another choice of simulations yet
        setTimeout(() => asked === this.#asked && void this.#ask(before), AGAIN_MS);
        return;
      }
      if (before === null) this.#clear();
      this.#next = page.next;
      this.#insert(page.rows);
      this.#tell();
    } catch {
      // the panel shows why; what is there stays
    } finally {
      if (asked === this.#asked) this.#isAsking = false;
    }
  }

  #clear(): void {
    this.#shown.clear();
    this.#list.replaceChildren();
    this.element.scrollTop = 0;
  }

  /** Put rows where they belong: most are newer than all, or older than all. */
  #insert(statuses: readonly StatusFacts[]): void {
    const fresh = statuses.filter((status) => !this.#shown.has(status.number));
    const rows = fresh.map((status) => ({ status, row: statusRow(status, this.#calls) }));
    rows.reverse();
    const newest = rows[0]?.status.number ?? 0;
    const isOnTop = newest > numberOf(this.#list.firstElementChild?.firstElementChild);
    for (const each of rows) {
      each.row.dataset.number = String(each.status.number);
      this.#shown.set(each.status.number, each);
    }
    const elements = rows.map((each) => each.row);
    if (isOnTop) this.#prepend(elements);
    else if (elements.length) this.#list.append(h("div", BLOCK, ...elements));
  }

  #prepend(elements: readonly HTMLElement[]): void {
    const first = this.#list.firstElementChild;
    if (first && first.childElementCount + elements.length <= ROWS_OF_A_BLOCK) {
      first.prepend(...elements);
    } else this.#list.prepend(h("div", BLOCK, ...elements));
  }

  #trim(): void {
    if (this.#shown.size <= this.#mostKept || this.element.scrollTop > 0) return;
    while (this.#shown.size > this.#mostKept) {
      const block = this.#list.lastElementChild;
      const last = block?.lastElementChild;
      this.#shown.delete(numberOf(last));
      last?.remove();
      if (!block?.childElementCount) block?.remove();
    }
    this.#next = numberOf(this.#list.lastElementChild?.lastElementChild);
  }

  #tell(): void {
    const n = this.#shown.size;
    const isAll = this.#next === null;
    const words = plural(n, "status", "statuses");
    setText(this.told, isAll ? words : n ? `newest ${formatCount(n)}` : "");
    show(this.#older, !isAll);
    show(this.#none, n === 0);
    const nothing = this.#isFiltered
      ? "No status fits the filter."
      : "No simulation has said anything yet.";
    setText(this.#none, isAll ? nothing : "None of the newest statuses fits the filter.");
  }

  #onScroll(): void {
    const { scrollHeight, scrollTop, clientHeight } = this.element;
    const isNearEnd = scrollHeight - scrollTop - clientHeight < NEAR_END_PX;
    if (isNearEnd && scrollTop > 0 && this.#next !== null) void this.#ask(this.#next);
  }
}

/** The number of the status in a row; 0 where there is none. */
function numberOf(row: Element | null | undefined): number {
  return row instanceof HTMLElement ? Number(row.dataset.number) : 0;
}
