/** The button that says which states, types and tags are listed, and the boxes to tick them. */
import type { State } from "../card/simulation";
import { h, setAttribute, setText } from "../dom";
import { formatCount } from "../format";
import { icon } from "../icons";
import { Popover } from "../popover";
import type { Row } from "./model";
import { button } from "./sheet";

type Kind = "states" | "types" | "tags";
export type Choices = Record<Kind, readonly string[]>;

interface FilterMenuCalls {
  chosen(): Choices;
  rows(): Iterable<Row>;
  choose(kind: Kind, values: string[]): void;
}

const STATE_ORDER: State[] = ["running", "paused", "setting_up", "queued", "created"];
STATE_ORDER.push("succeeded", "failed", "cancelled", "lost");
const HEADINGS: Record<Kind, string> = { states: "State", types: "Type", tags: "Tag" };
const NOUNS: Record<Kind, string> = { states: "states", types: "types", tags: "tags" };
const MOST = 200;

export class FilterMenu {
  readonly button: HTMLButtonElement;
  readonly #words = h("span", { class: "gd-clip" });
  readonly #calls: FilterMenuCalls;
  readonly #popover: Popover;

  constructor(calls: FilterMenuCalls, signal: AbortSignal) {
    this.#calls = calls;
    this.button = h(
      "button",
      { class: "gd-btn is-low gd-sims-states", type: "button" },
      this.#words,
      icon("down"),
    );
    this.#popover = new Popover(this.button, () => this.#fill());
    signal.addEventListener("abort", () => this.#popover.close());
  }

  update(): void {
    const chosen = this.#calls.chosen();
    const parts = (["states", "types", "tags"] as const)
      .filter((kind) => chosen[kind].length)
      .map((kind) => said(kind, chosen[kind]));
    const words = parts.join(", ") || "All states";
    setText(this.#words, words);
    setAttribute(this.button, "aria-label", `Filter by state, type and tag: ${words}`);
    setAttribute(this.button, "title", parts.length ? words : "Filter by state, type and tag");
    setAttribute(this.button, "aria-pressed", parts.length ? "true" : null);
  }

  #fill(): HTMLElement {
    const panel = h("div", { class: "gd-sims-filters", role: "dialog", label: "Filter" });
    const chosen = this.#calls.chosen();
    const counts: Record<Kind, Map<string, number>> = {
      states: new Map(),
      types: new Map(),
      tags: new Map(),
    };
    const add = (kind: Kind, value: string) =>
      counts[kind].set(value, (counts[kind].get(value) ?? 0) + 1);
    for (const row of this.#calls.rows()) {
      add("states", row.state);
      add("types", row.type);
      for (const tag of row.tags) add("tags", tag);
    }
    for (const kind of ["states", "types", "tags"] as const) {
      for (const value of chosen[kind]) if (!counts[kind].has(value)) counts[kind].set(value, 0);
      if (counts[kind].size) panel.append(this.#group(kind, counts[kind], chosen[kind]));
    }
    const clear = button("Show all", () => {
      for (const kind of ["states", "types", "tags"] as const) this.#calls.choose(kind, []);
      this.#popover.close();
      this.button.focus();
    });
    panel.append(h("div", { class: "gd-sims-filterend" }, clear));
    return panel;
  }

  #group(kind: Kind, counts: Map<string, number>, chosen: readonly string[]): HTMLElement {
    const values = [...counts.keys()].sort((a, b) => rank(kind, a) - rank(kind, b) || cmp(a, b));
    const boxes: HTMLInputElement[] = [];
    const lines = values.slice(0, MOST).map((value) => {
      const box = h("input", { type: "checkbox", value, checked: chosen.includes(value) });
      boxes.push(box);
      box.addEventListener("change", () => {
        const wanted = boxes.filter((each) => each.checked).map((each) => each.value);
        this.#calls.choose(kind, wanted);
      });
      const text = kind === "states" ? stateName(value) : value || "(none)";
      return h(
        "label",
        { class: "gd-sims-choice", title: text },
        box,
        kind === "states" ? icon(`state-${value as State}`) : null,
        h("span", { class: "gd-clip gd-grow", text }),
        h("span", { class: "gd-muted", text: formatCount(counts.get(value) ?? 0) }),
      );
    });
    const legend = h("legend", { class: "gd-muted", text: HEADINGS[kind] });
    return h("fieldset", { class: "gd-sims-group" }, legend, ...lines);
  }
}

function said(kind: Kind, values: readonly string[]): string {
  const [only] = values;
  if (values.length > 1 || only === undefined) return `${values.length} ${NOUNS[kind]}`;
  return kind === "states" ? stateName(only) : only;
}

function stateName(state: string): string {
  const words = state.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function rank(kind: Kind, value: string): number {
  return kind === "states" ? STATE_ORDER.indexOf(value as State) : 0;
}

function cmp(a: string, b: string): number {
  return a.localeCompare(b, "en", { numeric: true });
}
