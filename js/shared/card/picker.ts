/** A button that opens a list to pick one of many from: with arrow keys, and a filter when it is long. */
import { h, setAttribute, setText, show } from "../dom";
import { type IconName, icon } from "../icons";

const FILTER_ABOVE = 12;

export interface Option {
  id: string;
  name: string;
  value?: string;
}

interface PickerOptions {
  label: string;
  class?: string;
  icon?: IconName;
  options(): Option[];
  chosen(): string;
  onPick(id: string): void;
  /** Where several may be chosen: whether one is. The list stays open then. */
  isChosen?(id: string): boolean;
}

export class Picker {
  readonly button: HTMLButtonElement;
  readonly #words = h("span", { class: "gd-clip" });
  readonly #hint = h("span", { class: "gd-muted" });
  readonly #given: PickerOptions;
  #panel: HTMLElement | null = null;
  #close: AbortController | null = null;

  constructor(given: PickerOptions) {
    this.#given = given;
    this.button = h(
      "button",
      {
        class: given.class ?? "gd-btn is-low",
        type: "button",
        "aria-haspopup": "listbox",
        "aria-expanded": "false",
        title: given.label,
        label: given.label,
      },
      this.#hint,
      this.#words,
      icon(given.icon ?? "down"),
    );
    this.button.addEventListener("click", () => (this.#panel ? this.close() : this.open()));
  }

  say(words: string, hint = ""): void {
    setText(this.#words, words);
    setText(this.#hint, hint);
    show(this.#hint, hint !== "");
    setAttribute(this.button, "aria-label", `${this.#given.label}: ${words}`);
  }

  open(): void {
    const list = h("div", { class: "gd-options", role: "listbox", label: this.#given.label });
    if (this.#given.isChosen) list.setAttribute("aria-multiselectable", "true");
    const filter = h("input", {
      class: "gd-field is-low",
      type: "text",
      placeholder: "Filter",
      label: "Filter",
      spellcheck: "false",
    });
    const options = this.#given.options();
    const panel = h("div", { class: "gd-menu" });
    if (options.length > FILTER_ABOVE) panel.append(h("div", { class: "gd-filter" }, filter));
    panel.append(list);
    this.#panel = panel;
    setAttribute(this.button, "aria-expanded", "true");
    this.#fill(list, options, "");
    this.#listen(panel, list, filter, options);
    this.#place(panel);
    const chosen = list.querySelector<HTMLElement>("[aria-selected=true]");
    const first = list.querySelector<HTMLElement>("[role=option]");
    const toFocus = options.length > FILTER_ABOVE ? filter : (chosen ?? first);
    toFocus?.focus({ preventScroll: true });
    if (chosen) list.scrollTop = Math.max(chosen.offsetTop - list.clientHeight / 2, 0);
  }

  close(): void {
    this.#close?.abort();
    this.#panel?.remove();
    this.#panel = null;
    setAttribute(this.button, "aria-expanded", "false");
  }

  #fill(list: HTMLElement, options: Option[], asked: string): void {
    const words = asked.toLowerCase().split(/\s+/).filter(Boolean);
    const found = options.filter((o) => words.every((w) => o.name.toLowerCase().includes(w)));
    const chosen = this.#given.chosen();
    const isChosen = this.#given.isChosen ?? ((id: string) => id === chosen);
    list.replaceChildren(
      ...found.map((option) =>
        h(
          "div",
          {
            class: "gd-option",
            role: "option",
            tabindex: -1,
            title: option.name,
            "data-id": option.id,
            "aria-selected": String(isChosen(option.id)),
          },
          this.#given.isChosen ? h("span", { class: "gd-tick" }, icon("check")) : null,
          h("span", { class: "gd-clip gd-grow", text: option.name }),
          option.value ? h("span", { class: "gd-muted", text: option.value }) : null,
        ),
      ),
    );
    if (!found.length)
      list.append(h("div", { class: "gd-muted gd-option", text: "Nothing found" }));
  }

  #listen(panel: HTMLElement, list: HTMLElement, filter: HTMLInputElement, options: Option[]) {
    this.#close = new AbortController();
    const { signal } = this.#close;
    const pick = (element: Element | null) => {
      const id = element?.closest<HTMLElement>("[data-id]")?.dataset.id;
      if (id === undefined) return;
      if (this.#given.isChosen) {
        this.#given.onPick(id);
        this.#fill(list, options, filter.value);
        for (const each of list.querySelectorAll<HTMLElement>("[data-id]")) {
          if (each.dataset.id === id) each.focus({ preventScroll: true });
        }
        return;
      }
      this.close();
      this.button.focus();
      this.#given.onPick(id);
    };
    list.addEventListener("click", (event) => pick(event.target as Element), { signal });
    filter.addEventListener("input", () => this.#fill(list, options, filter.value), { signal });
    panel.addEventListener(
      "keydown",
      (event) => {
        event.stopPropagation(); // the notebook has its own use for letters and arrows
        const all = [...list.querySelectorAll<HTMLElement>("[data-id]")];
        const at = all.indexOf(document.activeElement as HTMLElement);
        if (event.key === "ArrowDown") all[Math.min(at + 1, all.length - 1)]?.focus();
        else if (event.key === "ArrowUp") (at > 0 ? all[at - 1] : filter)?.focus();
        else if (event.key === "Enter") pick(at >= 0 ? (all[at] ?? null) : (all[0] ?? null));
        else if (event.key === "Escape" || event.key === "Tab") {
          this.close();
          this.button.focus();
        } else return;
        event.preventDefault();
      },
      { signal },
    );
    document.addEventListener(
      "pointerdown",
      (event) => {
        const target = event.target as Node;
        if (!panel.contains(target) && !this.button.contains(target)) this.close();
      },
      { signal, capture: true },
    );
  }

  /** In the top layer where the browser has one, since outputs of a notebook cut what hangs over. */
  #place(panel: HTMLElement): void {
    const hasTopLayer = typeof panel.showPopover === "function";
    if (hasTopLayer) panel.setAttribute("popover", "manual");
    this.button.after(panel);
    if (!hasTopLayer) return;
    panel.showPopover();
    const at = this.button.getBoundingClientRect();
    const { offsetWidth: width, offsetHeight: height } = panel;
    const isRight = at.left + width > window.innerWidth - 8;
    const left = isRight ? at.right - width : at.left;
    const isAbove = at.bottom + height > window.innerHeight - 8 && at.top > height;
    panel.style.left = `${Math.max(left, 8)}px`;
    panel.style.top = `${isAbove ? at.top - height - 4 : at.bottom + 4}px`;
    const { signal } = this.#close ?? {};
    if (signal) {
      const onScroll = (event: Event) => panel.contains(event.target as Node) || this.close();
      window.addEventListener("scroll", onScroll, { signal, capture: true });
    }
  }
}
