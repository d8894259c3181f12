/** Where the disk has gone: each simulation with a bar, and what is not theirs. */
import { h, setAttribute, setText, show } from "../dom";
import { formatBytes, formatClock, formatCount, plural } from "../format";
import type { DiskFacts, DiskRow } from "./facts";
import { Whose } from "./whose";

const FIRST_SHOWN = 12;
const KINDS = ["media", "models", "logs", "other"] as const;
const SORTS = [
  ["size", "Largest first"],
  ["name", "By name"],
  ["newest", "Newest first"],
] as const;

interface DiskCalls {
  onSort(sort: string): void;
  /** Somebody wants to make room: in one simulation, or with null in all. */
  onPrune(sim: DiskRow | null): void;
}

export class Disk {
  readonly element: HTMLElement;
  /** Stands right below the head. */
  readonly place = h("div");
  readonly #calls: DiskCalls;
  readonly #total = h("span", { class: "gd-small gd-muted gd-clip" });
  readonly #sort: HTMLSelectElement;
  readonly #prune: HTMLButtonElement;
  readonly #body = h("tbody");
  readonly #table: HTMLElement;
  readonly #more: HTMLButtonElement;
  readonly #loading: HTMLElement;
  #facts: DiskFacts | null = null;
  #isAll = false;
  #isReadOnly = false;

  constructor(calls: DiskCalls) {
    this.#calls = calls;
    this.#sort = h(
      "select",
      { class: "gd-field is-low", label: "Sort simulations by disk use" },
      ...SORTS.map(([value, text]) => h("option", { value, text })),
    );
    this.#prune = h("button", { class: "gd-btn is-low is-line", type: "button" }, "Prune media");
    this.#more = h("button", { class: "gd-btn is-low gd-moresims", type: "button", hidden: true });
    this.#table = h(
      "table",
      { class: "gd-table gd-disktable", label: "Disk use", hidden: true },
      h(
        "thead",
        {},
        h(
          "tr",
          {},
          h("th", { text: "simulation", scope: "col" }),
          h("th", { class: "gd-barcell" }, h("span", { class: "gd-away", text: "share" })),
          ...KINDS.map((kind) => h("th", { class: "gd-optional", text: kind, scope: "col" })),
          h("th", { text: "total", scope: "col" }),
        ),
      ),
      this.#body,
    );
    this.#loading = h(
      "div",
      { class: "gd-sysloading", "aria-hidden": "true" },
      h("i"),
      h("i"),
      h("i"),
    );
    this.element = h(
      "section",
      { class: "gd-syssection", label: "Disk" },
      h(
        "div",
        { class: "gd-bar gd-syshead" },
        h("h2", { text: "Disk" }),
        this.#total,
        h("span", { class: "gd-grow" }),
        this.#sort,
        this.#prune,
      ),
      this.place,
      this.#loading,
      this.#table,
      this.#more,
    );
    this.#sort.addEventListener("change", () => calls.onSort(this.#sort.value));
    this.#prune.addEventListener("click", () => calls.onPrune(null));
    this.#more.addEventListener("click", () => {
      this.#isAll = !this.#isAll;
      this.#draw();
    });
  }

  setSort(sort: string): void {
    this.#sort.value = sort;
  }

  setReadOnly(isReadOnly: boolean): void {
    if (isReadOnly === this.#isReadOnly) return;
    this.#isReadOnly = isReadOnly;
    show(this.#prune, !isReadOnly);
    this.#draw();
  }

  focusPrune(): void {
    this.#prune.focus();
  }

  update(facts: DiskFacts): void {
    this.#facts = facts;
    show(this.#loading, false);
    const files = plural(facts.n_files, "file", "files");
    const at = `as of ${formatClock(Date.now() / 1000)}`;
    setText(this.#total, `${formatBytes(facts.total)} in ${files}`, at);
    this.#draw();
  }

  #draw(): void {
    const facts = this.#facts;
    if (!facts) return;
    const shown = this.#isAll ? facts.rows : facts.rows.slice(0, FIRST_SHOWN);
    const rows = shown.map((row) => this.#row(row, facts.largest));
    const listed = shown.reduce((sum, row) => sum + row.total, 0);
    const everything = facts.rows.reduce((sum, row) => sum + row.total, facts.not_listed);
    const hidden = facts.n_simulations - shown.length;
    const rest: [string, number, string][] = [
      [plural(hidden, "other simulation", "other simulations"), everything - listed, ""],
      ["Database", facts.database, "Numbers, statuses and what else is not a file"],
      ["Shared resources", facts.resources, "The folder resources"],
      ["Left over", facts.leftover, "Folders of simulations that are not in the project any more"],
      ["Other files", facts.other, "Whatever else lies in the project's folder"],
    ];
    for (const [name, size, title] of rest) {
      if (size > 0) rows.push(restRow(name, size, title));
    }
    this.#keepFocus(() => this.#body.replaceChildren(...rows));
    show(this.#table, rows.length > 0);
    show(this.#more, facts.rows.length > FIRST_SHOWN);
    const all = facts.rows.length === facts.n_simulations ? "all " : "";
    const words = this.#isAll ? "Show fewer" : `Show ${all}${formatCount(facts.rows.length)}`;
    setText(this.#more, words);
  }

  /** Rows are made anew now and then; who is on one with the keyboard stays there. */
  #keepFocus(change: () => void): void {
    const focused = document.activeElement;
    const id = focused instanceof HTMLElement ? focused.dataset.sim : undefined;
    change();
    if (id) this.#body.querySelector<HTMLElement>(`[data-sim="${CSS.escape(id)}"]`)?.focus();
  }

  #row(row: DiskRow, largest: number): HTMLElement {
    const whose = new Whose();
    whose.update([row]);
    const bar = h("span", { class: "gd-meter", "aria-hidden": "true" });
    bar.style.setProperty("--p", `${largest ? (100 * row.total) / largest : 0}%`);
    const cells = KINDS.map((kind) =>
      h("td", { class: "gd-optional gd-muted", text: row[kind] ? formatBytes(row[kind]) : "" }),
    );
    const prune = h("button", { class: "gd-btn is-low", type: "button", text: "Prune" });
    prune.dataset.sim = row.id;
    setAttribute(prune, "aria-label", `Prune media of ${row.name}`);
    prune.addEventListener("click", () => this.#calls.onPrune(row));
    const canPrune = !this.#isReadOnly && row.media > 0;
    return h(
      "tr",
      { title: plural(row.n_files, "file", "files") },
      h("td", {}, h("div", { class: "gd-diskname" }, whose.element, canPrune && prune)),
      h("td", { class: "gd-barcell" }, bar),
      ...cells,
      h("td", { text: formatBytes(row.total) }),
    );
  }
}

function restRow(name: string, size: number, title: string): HTMLElement {
  return h(
    "tr",
    { class: "gd-muted", title },
    h("td", {}, h("span", { class: "gd-whose" }, h("i", { class: "gd-noswatch" }), name)),
    h("td", { class: "gd-barcell" }),
    ...KINDS.map(() => h("td", { class: "gd-optional" })),
    h("td", { text: formatBytes(size) }),
  );
}
