/** The place below the tools where a small form opens: one at a time, closed by Escape. */
import { h, setText, show } from "../dom";
import { icon } from "../icons";

export class Sheet {
  readonly element = h("section", { class: "gd-sims-sheet", hidden: true });
  #back: HTMLElement | null = null;

  constructor() {
    this.element.addEventListener("keydown", (event) => {
      event.stopPropagation(); // the notebook has its own use for keys
      if (event.key !== "Escape") return;
      event.preventDefault();
      this.close();
    });
  }

  get isOpen(): boolean {
    return !this.element.hidden;
  }

  open(title: string, ...parts: (Node | null)[]): void {
    if (!this.isOpen) this.#back = document.activeElement as HTMLElement | null;
    this.element.setAttribute("aria-label", title);
    const close = button("Close", () => this.close(), "x");
    const head = h("h3", { class: "gd-grow gd-clip", text: title, title });
    this.element.replaceChildren(h("div", { class: "gd-bar" }, head, close));
    for (const part of parts) if (part) this.element.append(part);
    show(this.element, true);
    const first = this.element.querySelector<HTMLElement>("input,textarea,select,.is-main");
    (first ?? close).focus();
  }

  close(): void {
    if (!this.isOpen) return;
    const hadFocus = this.element.contains(document.activeElement);
    show(this.element, false);
    this.element.replaceChildren();
    if (hadFocus) this.#back?.focus();
  }
}

/** A small button: with a sign alone, or with words. */
export function button(
  label: string,
  onClick: () => void,
  sign?: Parameters<typeof icon>[0],
  look = "",
): HTMLButtonElement {
  const element = sign
    ? h(
        "button",
        { class: `gd-btn is-low is-icon ${look}`.trim(), type: "button", label, title: label },
        icon(sign),
      )
    : h("button", { class: `gd-btn is-low ${look}`.trim(), type: "button", text: label });
  element.addEventListener("click", () => {
    if (element.getAttribute("aria-disabled") !== "true") onClick();
  });
  return element;
}

/** Do something with a button that waits for it and says so, and with words for what went wrong. */
export function doer(
  label: string,
  act: () => Promise<unknown>,
  look = "",
): { button: HTMLButtonElement; trouble: HTMLElement; run(): Promise<void> } {
  const trouble = h("p", { class: "gd-small gd-sims-trouble", role: "alert", hidden: true });
  const run = async () => {
    if (element.getAttribute("aria-disabled") === "true") return;
    element.setAttribute("aria-disabled", "true");
    show(trouble, false);
    try {
      await act();
    } catch (error) {
      setText(trouble, error instanceof Error ? error.message : String(error));
      show(trouble, true);
    } finally {
      element.removeAttribute("aria-disabled");
    }
  };
  const element = h("button", {
    class: `gd-btn is-low ${look}`.trim(),
    type: "button",
    text: label,
  });
  element.addEventListener("click", () => void run());
  return { button: element, trouble, run };
}
