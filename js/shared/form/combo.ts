/** A field to type in that also offers a list: what is typed filters it, and several values go with commas between. */
import { h, setAttribute } from "../dom";
import { icon } from "../icons";

const MOST_SHOWN = 200;
/** Every panel has a copy of this module, and names must be unique on the page. */
const OURS = Math.random().toString(36).slice(2, 8);
let count = 0;

export class Combo {
  readonly element: HTMLElement;
  readonly input: HTMLInputElement;
  readonly #choices: readonly string[];
  readonly #id = `gymdash-combo-${OURS}-${++count}`;
  readonly #onPick: () => void;
  #list: HTMLElement | null = null;
  #life: AbortController | null = null;
  #at = -1;

  constructor(input: HTMLInputElement, choices: readonly string[], onPick: () => void) {
    this.input = input;
    this.#choices = choices;
    this.#onPick = onPick;
    for (const [name, value] of Object.entries({
      role: "combobox",
      "aria-autocomplete": "list",
      "aria-expanded": "false",
      "aria-haspopup": "listbox",
    })) {
      setAttribute(input, name, value);
    }
    const button = h(
      "button",
      { class: "gd-combo-open", type: "button", tabindex: -1, label: "Show the choices" },
      icon("down"),
    );
    this.element = h("span", { class: "gd-combo" }, input, button);
    button.addEventListener("click", () => {
      const wasOpen = this.#list !== null;
      input.focus();
      if (wasOpen) this.close();
      else this.#open("");
    });
    input.addEventListener("input", () => this.#open(this.#asked()));
    input.addEventListener("keydown", (event) => this.#onKey(event));
    input.addEventListener("blur", () => setTimeout(() => this.close(), 150)); // a click on the list comes first
  }

  close(): void {
    this.#life?.abort();
    this.#list?.remove();
    this.#list = null;
    setAttribute(this.input, "aria-expanded", "false");
    setAttribute(this.input, "aria-activedescendant", null);
  }

  /** What stands after the last comma. */
  #asked(): string {
    return this.input.value.slice(this.input.value.lastIndexOf(",") + 1).trim();
  }

  #open(asked: string): void {
    const words = asked.toLowerCase();
    const found = this.#choices.filter((each) => each.toLowerCase().includes(words));
    this.close();
    if (!found.length || (found.length === 1 && found[0] === asked)) return;
    this.#at = -1;
    const list = h("div", { class: "gd-menu gd-options", role: "listbox", id: this.#id });
    const chosen = this.#asked();
    list.append(
      ...found.slice(0, MOST_SHOWN).map((text, i) =>
        h("div", {
          class: "gd-option",
          role: "option",
          id: `${this.#id}-${i}`,
          text,
          title: text,
          "aria-selected": String(text === chosen),
        }),
      ),
    );
    this.#life = new AbortController();
    const { signal } = this.#life;
    list.addEventListener("mousedown", (event) => event.preventDefault(), { signal }); // the field keeps the focus
    list.addEventListener(
      "click",
      (event) => {
        const text = (event.target as HTMLElement).closest("[role=option]")?.textContent;
        if (text) this.#pick(text);
      },
      { signal },
    );
    const onScroll = (event: Event) => list.contains(event.target as Node) || this.#place(list);
    window.addEventListener("scroll", onScroll, { signal, capture: true });
    this.#list = list;
    this.element.append(list);
    this.#place(list);
    setAttribute(this.input, "aria-controls", this.#id);
    setAttribute(this.input, "aria-expanded", "true");
    const at = list.querySelector<HTMLElement>("[aria-selected=true]");
    if (at) list.scrollTop = Math.max(at.offsetTop - list.clientHeight / 2, 0);
  }

  /** In the top layer where the browser has one, since outputs of a notebook cut what hangs over. */
  #place(list: HTMLElement): void {
    if (typeof list.showPopover !== "function") return;
    if (!list.hasAttribute("popover")) {
      list.setAttribute("popover", "manual");
      list.showPopover();
    }
    const at = this.input.getBoundingClientRect();
    const isAbove =
      at.bottom + list.offsetHeight > window.innerHeight - 8 && at.top > list.offsetHeight;
    list.style.left = `${at.left}px`;
    list.style.minWidth = `${at.width}px`;
    list.style.top = `${isAbove ? at.top - list.offsetHeight - 2 : at.bottom + 2}px`;
  }

  #pick(text: string): void {
    const { value } = this.input;
    const before = value.slice(0, value.lastIndexOf(",") + 1);
    this.input.value = before ? `${before} ${text}` : text;
    this.close();
    this.input.focus();
    this.#onPick();
  }

  #onKey(event: KeyboardEvent): void {
    const { key } = event;
    if (key === "ArrowDown" || key === "ArrowUp") {
      event.preventDefault();
      if (this.#list) this.#move(key === "ArrowDown" ? 1 : -1);
      else this.#open(this.#choices.includes(this.#asked()) ? "" : this.#asked());
    } else if (this.#list && key === "Enter" && this.#at >= 0) {
      event.preventDefault();
      event.stopPropagation();
      this.#pick(this.#list.children[this.#at]?.textContent ?? "");
    } else if (this.#list && key === "Escape") {
      event.stopPropagation();
      this.close();
    }
  }

  #move(by: number): void {
    const all = [...(this.#list?.children ?? [])] as HTMLElement[];
    all[this.#at]?.classList.remove("is-at");
    this.#at = Math.min(Math.max(this.#at + by, 0), all.length - 1);
    const at = all[this.#at];
    at?.classList.add("is-at");
    at?.scrollIntoView({ block: "nearest" });
    setAttribute(this.input, "aria-activedescendant", at?.id ?? null);
  }
}
