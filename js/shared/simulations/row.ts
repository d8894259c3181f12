/** One row of the list: colour, state, name, tags, what it does, how far, what can be done. */
import { fraction, isNotAnswering } from "../card/simulation";
import { StateIcon } from "../card/state_icon";
import { h, setAttribute, setText, show } from "../dom";
import { type IconName, icon } from "../icons";
import { Menu, type MenuEntry } from "../menu";
import { seriesLook, stripe } from "../theme";
import type { Row } from "./model";
import { type Item, isHeading } from "./order";
import type { RowView } from "./virtual_list";
import { type RowWords, rowWords } from "./words";

export type RowAct = "stop" | "force" | "restart" | "first";

export interface RowCalls {
  item(index: number): Item | undefined;
  /** How many options there are, and which one this is. */
  place(index: number): [number, number];
  optionId(index: number): string;
  isSelected(id: string): boolean;
  isActive(id: string): boolean;
  isReadOnly(): boolean;
  now(): number;
  toggle(index: number): void;
  act(id: string, act: RowAct): void;
  entries(id: string): MenuEntry[];
  pick(id: string, entry: string): void;
  rename(id: string, name: string): void;
  onRenamed(): void;
  onMenuClosed(): void;
}

const ACTS: Record<RowAct, [IconName, string]> = {
  stop: ["stop", "Stop"],
  force: ["stop", "Force stop"],
  restart: ["reset", "Restart with edited values"],
  first: ["first", "Move to the front of the queue"],
};

export class SimulationRow implements RowView {
  readonly element: HTMLElement;
  readonly #calls: RowCalls;
  readonly #swatch = h("i", { class: "gd-swatch" });
  // No buttons: an option holds none. Keys do the same, and so do the details below the list.
  readonly #pick = h("span", { class: "gd-swatchbutton", "data-do": "pick" });
  readonly #icon = new StateIcon();
  readonly #name = h("span", { class: "gd-clip gd-sims-name" });
  readonly #tags = h("span", { class: "gd-sims-tags" });
  readonly #type = h("span", { class: "gd-sims-type gd-clip" });
  readonly #latest = h("span", { class: "gd-sims-latest gd-clip" });
  readonly #asks = h("span", { class: "gd-sims-asks", title: "Waits for a reply" });
  readonly #left = h("span", { class: "gd-sims-left" });
  readonly #word = h("span", { class: "gd-sims-word gd-clip" });
  readonly #do = h("span", { class: "gd-btn is-low is-icon", "data-do": "act" });
  readonly #more = h(
    "span",
    { class: "gd-btn is-low is-icon", "data-do": "more", title: "More", "aria-hidden": "true" },
    icon("more"),
  );
  readonly #value = h("span", { class: "gd-sims-value" });
  readonly #heading = h("span", { class: "gd-sims-heading", hidden: true });
  readonly #aside = h("span", { class: "gd-sims-heading gd-push", hidden: true });
  #index = -1;
  #row: Row | null = null;
  #act: RowAct | null = null;
  #look = "";
  #input: HTMLInputElement | null = null;

  constructor(calls: RowCalls) {
    this.#calls = calls;
    this.#pick.append(this.#swatch);
    this.#asks.append(icon("ask", "is-accent"));
    this.element = h(
      "div",
      { class: "gd-sims-row" },
      this.#pick,
      this.#icon.element,
      h("span", { class: "gd-sims-who" }, this.#name, this.#tags, this.#asks),
      this.#type,
      this.#latest,
      this.#left,
      this.#word,
      h("span", { class: "gd-sims-do" }, this.#do, this.#more),
      this.#value,
      this.#heading,
      this.#aside,
    );
    this.#pick.addEventListener("click", () => this.#calls.toggle(this.#index));
    this.#do.addEventListener("click", () => {
      if (this.#row && this.#act) this.#calls.act(this.#row.id, this.#act);
    });
    let asked = "";
    new Menu(
      this.#more,
      () => {
        asked = this.#row?.id ?? "";
        this.element.classList.add("is-open");
        return calls.entries(asked);
      },
      (entry) => calls.pick(asked, entry),
      () => {
        this.element.classList.remove("is-open");
        calls.onMenuClosed();
      },
    );
  }

  show(index: number): void {
    const item = this.#calls.item(index);
    if (!item) return;
    this.#index = index;
    const isHead = isHeading(item);
    this.element.classList.toggle("is-heading", isHead);
    show(this.#heading, isHead);
    show(this.#aside, isHead);
    setText(this.#heading, isHead ? item.heading : "");
    setText(this.#aside, isHead ? item.aside : "");
    this.element.id = this.#calls.optionId(index);
    setAttribute(this.element, "role", isHead ? "presentation" : "option");
    if (isHead) {
      this.#row = null;
      for (const name of ["aria-selected", "aria-setsize", "aria-posinset", "aria-label"]) {
        setAttribute(this.element, name, null);
      }
      this.element.classList.remove("has-rule", "is-active", "is-told");
    } else this.#showRow(item);
  }

  /** Let the name be edited in place. */
  rename(): void {
    const row = this.#row;
    if (!row || this.#input) return;
    const input = h("input", {
      class: "gd-field is-low gd-sims-rename",
      type: "text",
      value: row.name,
      maxlength: 200,
      label: `New name of ${row.name}`,
      spellcheck: "false",
    });
    this.#input = input;
    this.#name.replaceWith(input);
    input.focus();
    input.select();
    const end = (isKept: boolean) => {
      if (this.#input !== input) return;
      this.#input = null;
      const name = input.value.trim();
      input.replaceWith(this.#name);
      if (isKept && name && name !== row.name) {
        setText(this.#name, name);
        this.#calls.rename(row.id, name);
      }
      this.#calls.onRenamed();
    };
    input.addEventListener("keydown", (event) => {
      event.stopPropagation();
      if (event.key === "Enter") end(true);
      else if (event.key === "Escape") end(false);
      else return;
      event.preventDefault();
    });
    input.addEventListener("blur", () => end(true));
  }

  #showRow(row: Row): void {
    if (this.#input && this.#row?.id !== row.id) this.#input.blur();
    this.#row = row;
    const { element } = this;
    const now = this.#calls.now();
    const isSelected = this.#calls.isSelected(row.id);
    const words = rowWords(row, now);
    setAttribute(element, "aria-selected", String(isSelected));
    const [position, size] = this.#calls.place(this.#index);
    setAttribute(element, "aria-posinset", String(position));
    setAttribute(element, "aria-setsize", String(size));
    setAttribute(element, "aria-label", `${row.name}, ${words.whole}`);
    element.classList.toggle("is-active", this.#calls.isActive(row.id));
    this.#showColour(row, isSelected);
    this.#icon.update(row, now);
    if (!this.#input)
      setText(this.#name, row.name, row.note ? `${row.name}\n${row.note}` : row.name);
    this.#showTags(row);
    setText(this.#type, row.type, row.type);
    const latest = (row.is_active && row.activity) || row.latest?.text || row.activity;
    setText(this.#latest, latest, latest);
    show(this.#asks, row.waiting > 0);
    element.classList.toggle("is-told", isTold(row, words));
    setText(this.#left, words.left);
    setText(this.#word, words.word, words.whole);
    setText(this.#value, words.value, words.whole);
    this.#showAct(row, now);
    this.#showRule(row);
  }

  #showColour(row: Row, isSelected: boolean): void {
    this.#pick.classList.toggle("is-off", !isSelected);
    setAttribute(this.#pick, "title", `${isSelected ? "Do not draw" : "Draw"} ${row.name}`);
    const key = `${row.colour} ${isSelected}`;
    if (key === this.#look) return;
    this.#look = key;
    const look = seriesLook(row.colour);
    this.#pick.style.setProperty("--c", look.colour);
    this.#swatch.style.background = "";
    if (isSelected) stripe(this.#swatch, look.dash);
  }

  #showTags({ tags }: Row): void {
    const known = [...this.#tags.children].map((each) => each.textContent);
    if (known.length === tags.length && tags.every((tag, i) => tag === known[i])) return;
    this.#tags.replaceChildren(
      ...tags.map((tag) => h("span", { class: "gd-tag gd-clip", text: tag, title: tag })),
    );
  }

  #showAct(row: Row, now: number): void {
    const act = this.#calls.isReadOnly() ? null : actOf(row, now);
    show(this.#do, act !== null);
    if (act === null) {
      this.#act = null;
      return;
    }
    const [sign, words] = ACTS[act];
    if (act === this.#act) return;
    this.#act = act;
    setAttribute(this.#do, "title", words);
    this.#do.replaceChildren(icon(sign));
  }

  #showRule(row: Row): void {
    const done = row.is_active ? fraction(row) : null;
    this.element.classList.toggle("has-rule", done !== null);
    if (done === null) return;
    this.element.style.setProperty("--p", `${(done * 100).toFixed(1)}%`);
    const isPaused = row.state === "paused";
    this.element.style.setProperty(
      "--pc",
      isPaused ? "var(--jp-warn-color0)" : "var(--gd-accent)",
    );
  }
}

/** Whether number and heading of a grouped list tell all that the word would. */
function isTold(row: Row, { word, value }: RowWords): boolean {
  if (row.state === "queued") return value !== "";
  return row.state === "running" && word === "Running" && fraction(row) !== null;
}

/** What a row offers first. */
export function actOf(row: Row, now: number): RowAct {
  if (!row.is_active) return "restart";
  if (isNotAnswering(row, now)) return "force";
  if (row.state === "queued" && (row.place ?? 0) > 1) return "first";
  return "stop";
}
