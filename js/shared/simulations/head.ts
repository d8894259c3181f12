/** Above the list: how many there are, Start, the filter, the order. */
import { Picker } from "../card/picker";
import { h, setAttribute, setText, show } from "../dom";
import { formatCount } from "../format";
import { icon } from "../icons";
import { type Choices, FilterMenu } from "./filter_menu";
import type { Context, Row } from "./model";
import { SORTS } from "./order";
import { button } from "./sheet";

const FILTER_AFTER_MS = 60;

export class Head {
  readonly element: HTMLElement;
  readonly #context: Context;
  readonly #count = h("span", { class: "gd-muted gd-small", role: "status" });
  readonly #field: HTMLInputElement;
  readonly #clear: HTMLButtonElement;
  readonly #start: HTMLButtonElement;
  readonly #search: HTMLButtonElement;
  readonly #tools: HTMLElement;
  readonly #menu: FilterMenu;
  readonly #sort: Picker;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(context: Context, rows: () => Iterable<Row>, onFilter: () => void) {
    this.#context = context;
    this.#field = h("input", {
      type: "search",
      placeholder: "Filter by name, type, tag, value",
      label:
        "Filter by name, type, tag, beginning of the id, or a value such as learning_rate=0.001",
      spellcheck: "false",
      autocomplete: "off",
    });
    this.#clear = button("Clear the filter", () => this.#put(""), "x", "gd-sims-clear");
    this.#menu = new FilterMenu(
      {
        rows,
        chosen: (): Choices => ({
          states: context.get("states") ?? [],
          types: context.get("types") ?? [],
          tags: context.get("tags") ?? [],
        }),
        choose: (kind, values) => {
          context.set(kind, values);
          onFilter();
        },
      },
      context.signal,
    );
    this.#sort = new Picker({
      label: "Sort",
      class: "gd-btn is-low is-icon gd-sims-sort",
      icon: "sort",
      options: () => SORTS.map(([id, name]) => ({ id, name })),
      chosen: () => context.get("sort"),
      onPick: (id) => {
        context.set("sort", id);
        onFilter();
      },
    });
    this.#start = h(
      "button",
      { class: "gd-btn is-main", type: "button", label: "Start", hidden: true },
      icon("plus"),
      h("span", { class: "gd-sims-startword", text: "Start" }),
    );
    this.#start.addEventListener("click", () =>
      context.set("start_asked", (context.get("start_asked") ?? 0) + 1),
    );
    this.#search = button("Filter", () => this.#toggleTools(), "search", "gd-sims-search");
    this.#field.addEventListener("input", () => {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#say(onFilter), FILTER_AFTER_MS);
    });
    this.#field.addEventListener("keydown", (event) => {
      event.stopPropagation(); // the notebook has its own use for keys
      if (event.key === "Escape" && this.#field.value) this.#put("");
      else return;
      event.preventDefault();
    });
    this.#clear.addEventListener("click", () => onFilter());
    context.signal.addEventListener("abort", () => {
      clearTimeout(this.#timer);
      this.#sort.close();
    });
    this.#tools = h(
      "div",
      { class: "gd-bar gd-sims-tools" },
      h(
        "div",
        { class: "gd-field is-low gd-grow gd-sims-field" },
        icon("search", "is-muted"),
        this.#field,
        this.#clear,
      ),
      this.#menu.button,
      this.#sort.button,
    );
    this.element = h(
      "header",
      { class: "gd-sims-head" },
      h(
        "div",
        { class: "gd-bar gd-sims-title" },
        h("h2", { text: "Simulations" }),
        this.#count,
        h("span", { class: "gd-grow" }),
        this.#search,
        this.#start,
      ),
      this.#tools,
    );
  }

  /** In a narrow panel the filter opens below the title, and the order is beside it. */
  setNarrow(isNarrow: boolean): void {
    if (isNarrow) this.#search.after(this.#sort.button);
    else this.#tools.append(this.#sort.button);
  }

  update(shown: number, all: number): void {
    const text = this.#context.get("filter") ?? "";
    if (document.activeElement !== this.#field && this.#field.value !== text) {
      this.#field.value = text;
    }
    show(this.#clear, this.#field.value !== "");
    const isPart = shown !== all;
    setText(
      this.#count,
      isPart ? `${formatCount(shown)} of ${formatCount(all)}` : formatCount(all),
    );
    show(this.#count, all > 0);
    show(this.#tools, all > 0);
    show(this.#search, all > 0);
    show(this.#sort.button, all > 0);
    // In an empty project the one button stands below the words that say so; before it is known to be empty there is
    // none, so that none goes away below somebody's pointer.
    const canStart = this.#context.get("can_start") && !this.#context.get("is_read_only");
    show(this.#start, canStart && all > 0);
    this.#menu.update();
    const name = SORTS.find(([id]) => id === this.#context.get("sort"))?.[1] ?? "Newest first";
    setAttribute(this.#sort.button, "title", `Sort: ${name}`);
    setAttribute(this.#sort.button, "aria-label", `Sort: ${name}`);
  }

  /** Show everything again. */
  clear(): void {
    this.#put("");
    for (const kind of ["states", "types", "tags"] as const) {
      if (this.#context.get(kind).length) this.#context.set(kind, []);
    }
    if (this.#context.get("hide_unselected")) this.#context.set("hide_unselected", false);
  }

  #put(text: string): void {
    this.#field.value = text;
    if (this.#context.get("filter") !== text) this.#context.set("filter", text);
    show(this.#clear, false);
  }

  #say(onFilter: () => void): void {
    this.#context.set("filter", this.#field.value.trim());
    onFilter();
  }

  #toggleTools(): void {
    const isOpen = this.element.classList.toggle("is-searching");
    setAttribute(this.#search, "aria-expanded", String(isOpen));
    if (isOpen) this.#field.focus();
  }
}
