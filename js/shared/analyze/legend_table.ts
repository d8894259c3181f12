/** The legend as a table: swatch, name, n, last value, its band, the best value and where it was. */
import { h, setAttribute, setText } from "../dom";
import { formatCount, formatValue } from "../format";
import { seriesLook, stripe } from "../theme";
import { xText } from "../tip";
import { ColourMenu } from "./colour_menu";
import { type Line, type PythonX, type TableRow, xKindOf } from "./model";
import { isSame } from "./same";

interface LegendCalls {
  onLift(line: string | null): void;
  /** Alone: hide all others, or show all again. */
  onToggle(line: string, isAlone: boolean): void;
  onColour(line: string, index: number | null): void;
  /** Ask for the other direction of "best". */
  onDirection(): void;
}

export interface LegendState {
  lines: readonly Line[];
  rows: ReadonlyMap<string, TableRow>;
  hidden: ReadonlySet<string>;
  direction: "max" | "min";
  x: PythonX;
  isReadOnly: boolean;
}

export class LegendTable {
  readonly element: HTMLElement;
  readonly #first = h("th", { scope: "col" });
  readonly #at = h("th", { scope: "col" });
  readonly #best: HTMLButtonElement;
  readonly #body = h("tbody");
  readonly #table: HTMLElement;
  readonly #calls: LegendCalls;
  readonly #colours: ColourMenu;
  #rows = new Map<string, LegendRow>();
  #state: LegendState | null = null;

  constructor(calls: LegendCalls, signal: AbortSignal) {
    this.#calls = calls;
    this.#colours = new ColourMenu((line, index) => calls.onColour(line, index), signal);
    this.#best = h("button", { class: "gd-th", type: "button" });
    this.#best.addEventListener("click", () => calls.onDirection());
    const head = h(
      "tr",
      {},
      this.#first,
      h("th", { class: "gd-ofgroup", scope: "col", text: "n", title: "Simulations that report" }),
      h("th", { scope: "col", text: "last" }),
      h("th", {
        class: "gd-ofgroup gd-middle",
        scope: "col",
        text: "95\u00a0% band",
        title: "Of the last value, over the simulations of the group",
      }),
      h("th", { scope: "col" }, this.#best),
      this.#at,
    );
    this.#table = h(
      "table",
      { class: "gd-table", label: "Lines" },
      h("thead", {}, head),
      this.#body,
    );
    this.element = h("div", { class: "gd-legendtable", tabindex: -1 }, this.#table);
  }

  update(state: LegendState): void {
    if (isSame(this.#state, state, Object.keys(state) as (keyof LegendState)[])) return;
    this.#state = state;
    const { lines, direction } = state;
    const isGrouped = lines.some((line) => line.of > 1);
    this.#table.classList.toggle("is-flat", !isGrouped);
    setText(this.#first, isGrouped ? "group" : "simulation");
    setText(this.#at, state.x === "step" ? "at step" : "at time");
    setText(this.#best, direction === "max" ? "best" : "best \u2193");
    const other = direction === "max" ? "lowest" : "highest";
    setAttribute(
      this.#best,
      "title",
      `The ${direction === "max" ? "highest" : "lowest"} value; press for the ${other}`,
    );
    const ids = lines.map((line) => line.id);
    if (ids.join("\n") !== [...this.#rows.keys()].join("\n")) {
      const old = this.#rows;
      const make = (id: string) => old.get(id) ?? new LegendRow(id, this.#calls, this.#colours);
      this.#rows = new Map(ids.map((id) => [id, make(id)]));
      this.#body.replaceChildren(...[...this.#rows.values()].map((row) => row.element));
    }
    for (const line of lines) this.#rows.get(line.id)?.update(line, state);
  }
}

class LegendRow {
  readonly element: HTMLElement;
  readonly #swatch: HTMLButtonElement;
  readonly #square = h("i", { class: "gd-swatch" });
  readonly #name = h("button", { class: "gd-legendline gd-clip", type: "button" });
  readonly #n = h("td", { class: "gd-ofgroup" });
  readonly #last = h("td");
  readonly #band = h("td", { class: "gd-ofgroup gd-middle" });
  readonly #best = h("td");
  readonly #at = h("td");
  #line: Line | null = null;

  constructor(id: string, calls: LegendCalls, colours: ColourMenu) {
    this.#swatch = h(
      "button",
      { class: "gd-swatchbutton", type: "button", title: "Colour" },
      this.#square,
    );
    this.#swatch.addEventListener("click", () => {
      if (this.#line) colours.toggle(this.#swatch, this.#line);
    });
    this.element = h(
      "tr",
      { "data-line": id },
      h("td", {}, h("span", { class: "gd-legendcell" }, this.#swatch, this.#name)),
      this.#n,
      this.#last,
      this.#band,
      this.#best,
      this.#at,
    );
    const toggle = (event: MouseEvent) => calls.onToggle(id, event.altKey);
    this.element.addEventListener("click", (event) => {
      if (!this.#swatch.contains(event.target as Node)) toggle(event);
    });
    this.element.addEventListener("pointerenter", () => calls.onLift(id));
    this.element.addEventListener("pointerleave", () => calls.onLift(null));
    this.#name.addEventListener("focus", () => calls.onLift(id));
    this.#name.addEventListener("blur", () => calls.onLift(null));
  }

  update(line: Line, state: LegendState): void {
    this.#line = line;
    const isHidden = state.hidden.has(line.id);
    const { colour, dash } = seriesLook(line.colour);
    this.#swatch.style.setProperty("--c", colour);
    this.#square.style.background = "";
    if (!isHidden) stripe(this.#square, dash);
    setAttribute(this.#swatch, "aria-label", `Colour of ${line.name}`);
    setAttribute(this.#swatch, "aria-disabled", state.isReadOnly ? "true" : null);
    this.element.classList.toggle("is-off", isHidden);
    setText(this.#name, line.name);
    const does = `${isHidden ? "Show" : "Hide"} ${line.name} (with Alt: only this one)`;
    setAttribute(this.#name, "title", does);
    setAttribute(this.#name, "aria-pressed", String(!isHidden));
    const row = state.rows.get(line.id);
    const n = row?.n ?? line.n;
    const of = row?.of ?? line.of;
    setText(this.#n, n === of ? formatCount(n) : `${formatCount(n)} of ${formatCount(of)}`);
    setText(this.#last, valueText(row?.last));
    const hasBand = row !== undefined && Number.isFinite(row.low) && Number.isFinite(row.high);
    setText(
      this.#band,
      hasBand
        ? `${formatValue(row.low)} to ${formatValue(row.high)}`
        : row && n === 1
          ? "one seed"
          : "",
    );
    this.#band.classList.toggle("gd-muted", !hasBand);
    setText(this.#best, valueText(row?.best));
    setText(this.#at, row && Number.isFinite(row.at) ? xText(row.at, xKindOf(state.x)) : "");
  }
}

function valueText(value: number | undefined): string {
  return value === undefined || Number.isNaN(value) ? "" : formatValue(value);
}

/** Rows as the kernel sends them: five numbers each. */
export function tableRows(
  rows: readonly { line: string; n: number; of: number }[],
  numbers: Float64Array | undefined,
): Map<string, TableRow> {
  const nan = Number.NaN;
  return new Map(
    rows.map((row, i) => {
      const [last = nan, low = nan, high = nan, best = nan, at = nan] =
        numbers?.subarray(5 * i, 5 * i + 5) ?? [];
      return [row.line, { ...row, last, low, high, best, at }];
    }),
  );
}
