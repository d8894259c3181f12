/** Tabs: one is chosen, arrow keys go through them, a badge counts what waits. */
import { h, setAttribute, setText, show } from "../dom";

export interface Tab {
  name: string;
  label: string;
}

export class Tabs {
  readonly element = h("div", { class: "gd-tabs", role: "tablist", label: "Dashboard" });
  readonly #buttons = new Map<string, HTMLButtonElement>();
  readonly #badges = new Map<string, HTMLElement>();
  readonly #onChoose: (name: string) => void;

  constructor(tabs: readonly Tab[], prefix: string, onChoose: (name: string) => void) {
    this.#onChoose = onChoose;
    for (const { name, label } of tabs) {
      const badge = h("span", { class: "gd-badge", hidden: true });
      const button = h(
        "button",
        {
          class: "gd-tab",
          type: "button",
          role: "tab",
          id: `${prefix}-tab-${name}`,
          "aria-controls": `${prefix}-${name}`,
        },
        label,
        badge,
      );
      button.addEventListener("click", () => onChoose(name));
      button.addEventListener("keydown", (event) => this.#onKey(event, name));
      this.#buttons.set(name, button);
      this.#badges.set(name, badge);
      this.element.append(button);
    }
  }

  choose(chosen: string): void {
    for (const [name, button] of this.#buttons) {
      setAttribute(button, "aria-selected", String(name === chosen));
      setAttribute(button, "tabindex", name === chosen ? "0" : "-1");
    }
  }

  /** Count what waits on a tab; 0 takes the badge away. */
  count(name: string, count: number, words: string): void {
    const badge = this.#badges.get(name);
    if (!badge) return;
    show(badge, count > 0);
    setText(badge, String(count), words);
    setAttribute(badge, "aria-label", words);
  }

  #onKey(event: KeyboardEvent, name: string): void {
    const names = [...this.#buttons.keys()];
    const at = names.indexOf(name);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: names.length - 1 }[
      event.key
    ];
    const next = to === undefined ? undefined : names[(to + names.length) % names.length];
    if (next === undefined) return;
    event.preventDefault();
    this.#onChoose(next);
    this.#buttons.get(next)?.focus();
  }
}
