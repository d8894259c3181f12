/** Something that floats below a button until somebody turns elsewhere. */
import { setAttribute } from "./dom";

export class Popover {
  readonly button: HTMLElement;
  readonly #fill: () => HTMLElement;
  readonly #onClose: () => void;
  #panel: HTMLElement | null = null;
  #open: AbortController | null = null;

  /** `fill` makes what it shows, each time it opens. */
  constructor(button: HTMLElement, fill: () => HTMLElement, onClose: () => void = () => {}) {
    this.button = button;
    this.#fill = fill;
    this.#onClose = onClose;
    setAttribute(button, "aria-haspopup", "dialog");
    setAttribute(button, "aria-expanded", "false");
    button.addEventListener("click", () => (this.#panel ? this.close() : this.open()));
  }

  get isOpen(): boolean {
    return this.#panel !== null;
  }

  open(): void {
    this.close();
    const panel = this.#fill();
    panel.classList.add("gd-menu");
    this.#panel = panel;
    this.#open = new AbortController();
    setAttribute(this.button, "aria-expanded", "true");
    this.#place(panel);
    this.#listen(panel, this.#open.signal);
    panel.querySelector<HTMLElement>("button,input,select,[tabindex]")?.focus();
  }

  close(): void {
    if (!this.#panel) return;
    this.#open?.abort();
    this.#panel.remove();
    this.#panel = null;
    setAttribute(this.button, "aria-expanded", "false");
    this.#onClose();
  }

  #listen(panel: HTMLElement, signal: AbortSignal): void {
    panel.addEventListener(
      "keydown",
      (event) => {
        event.stopPropagation(); // the notebook has its own use for keys
        if (event.key !== "Escape") return;
        event.preventDefault();
        this.close();
        this.button.focus();
      },
      { signal },
    );
    const isInside = (event: Event) => {
      const target = event.target as Node;
      return panel.contains(target) || this.button.contains(target);
    };
    const leave = (event: Event) => isInside(event) || this.close();
    document.addEventListener("pointerdown", leave, { signal, capture: true });
    document.addEventListener("focusin", leave, { signal, capture: true });
    window.addEventListener("scroll", leave, { signal, capture: true });
  }

  /** In the top layer where the browser has one, since outputs of a notebook cut what hangs over. */
  #place(panel: HTMLElement): void {
    const hasTopLayer = typeof panel.showPopover === "function";
    if (hasTopLayer) panel.setAttribute("popover", "manual");
    // Not beside the button, which may be hidden when it is no longer pointed at.
    (this.button.closest(".gd") ?? this.button.parentElement ?? document.body).append(panel);
    if (!hasTopLayer) return;
    panel.showPopover();
    const at = this.button.getBoundingClientRect();
    const { offsetWidth: width, offsetHeight: height } = panel;
    const isRight = at.left + width > window.innerWidth - 8;
    const isAbove = at.bottom + height > window.innerHeight - 8 && at.top > height;
    panel.style.left = `${Math.max(isRight ? at.right - width : at.left, 8)}px`;
    panel.style.top = `${isAbove ? at.top - height - 4 : at.bottom + 4}px`;
  }
}
