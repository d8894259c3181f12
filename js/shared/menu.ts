/** A button's menu: entries to pick one of, by pointer or keys. */
import { h, setAttribute } from "./dom";
import { Popover } from "./popover";

export interface MenuEntry {
  id: string;
  name: string;
  /** A word at its end: a key, a state. */
  value?: string;
  /** For one that is on or off. */
  isOn?: boolean;
}

export class Menu {
  readonly #popover: Popover;
  readonly #button: HTMLElement;

  /** `entries` are asked for each time it opens. */
  constructor(
    button: HTMLElement,
    entries: () => MenuEntry[],
    onPick: (id: string) => void,
    onClose: () => void = () => {},
  ) {
    this.#button = button;
    this.#popover = new Popover(button, () => this.#fill(entries(), onPick), onClose);
    setAttribute(button, "aria-haspopup", "menu");
  }

  close(): void {
    this.#popover.close();
  }

  #fill(entries: readonly MenuEntry[], onPick: (id: string) => void): HTMLElement {
    const label = this.#button.getAttribute("aria-label") ?? "More";
    const menu = h("div", { class: "gd-options", role: "menu", label });
    for (const { id, name, value, isOn } of entries) {
      const entry = h(
        "button",
        {
          class: "gd-option gd-entry",
          type: "button",
          role: isOn === undefined ? "menuitem" : "menuitemcheckbox",
          tabindex: -1,
          "aria-checked": isOn === undefined ? undefined : String(isOn),
        },
        h("span", { class: "gd-clip gd-grow", text: name }),
        value ? h("span", { class: "gd-muted", text: value }) : null,
      );
      entry.addEventListener("click", () => {
        this.#popover.close();
        this.#button.focus();
        onPick(id);
      });
      menu.append(entry);
    }
    menu.addEventListener("keydown", (event) => this.#onKey(event, menu));
    return menu;
  }

  #onKey(event: KeyboardEvent, menu: HTMLElement): void {
    const all = [...menu.children] as HTMLElement[];
    const at = all.indexOf(document.activeElement as HTMLElement);
    const last = all.length - 1;
    if (event.key === "ArrowDown") all[at < last ? at + 1 : 0]?.focus();
    else if (event.key === "ArrowUp") all[at > 0 ? at - 1 : last]?.focus();
    else if (event.key === "Home") all[0]?.focus();
    else if (event.key === "End") all[last]?.focus();
    else if (event.key === "Tab") this.#popover.close();
    else return;
    event.preventDefault();
  }
}
