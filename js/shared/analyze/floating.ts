/** A small panel beside anything on the page, such as a mark that may be drawn anew meanwhile; else like a `Popover`. */
import { h, setAttribute } from "../dom";

const MOVED_PX = 4;

interface FloatingOptions {
  label: string;
  class?: string;
  /** What it is for those who cannot see it. */
  role?: string;
  /** Make its content anew; it is on the page already. */
  fill(panel: HTMLElement, close: () => void): void;
  onClose?(): void;
}

export class Floating {
  readonly #options: FloatingOptions;
  #panel: HTMLElement | null = null;
  #anchor: HTMLElement | null = null;
  #at = new DOMRect(0, 0, 0, 0);
  #life: AbortController | null = null;

  constructor(options: FloatingOptions, signal: AbortSignal) {
    this.#options = options;
    signal.addEventListener("abort", () => this.close());
  }

  /** Let a button open and close it. */
  attach(button: HTMLElement): void {
    setAttribute(button, "aria-haspopup", this.#options.role ?? "dialog");
    setAttribute(button, "aria-expanded", "false");
    button.addEventListener("click", () => this.toggle(button));
  }

  toggle(anchor: HTMLElement): void {
    const wasHere = this.#anchor === anchor;
    this.close();
    if (!wasHere) this.open(anchor);
  }

  /** On the page it stands behind `holder`. */
  open(anchor: HTMLElement, holder: HTMLElement = anchor): void {
    this.close();
    const { label, role = "dialog" } = this.#options;
    const look = `gd-menu ${this.#options.class ?? ""}`;
    const panel = h("div", { class: look, role, label, tabindex: -1 });
    [this.#panel, this.#anchor, this.#life] = [panel, anchor, new AbortController()];
    this.#at = anchor.getBoundingClientRect();
    if (anchor.hasAttribute("aria-expanded")) setAttribute(anchor, "aria-expanded", "true");
    const hasTopLayer = typeof panel.showPopover === "function";
    if (hasTopLayer) panel.setAttribute("popover", "manual"); // outputs of a notebook cut what hangs over
    holder.after(panel);
    this.#options.fill(panel, () => this.close(true));
    if (hasTopLayer) panel.showPopover();
    this.place();
    this.#listen(panel, anchor, this.#life.signal);
    const wanted = panel.querySelector<HTMLElement>("[data-focus]");
    const first = panel.querySelector<HTMLElement>("button,input,[tabindex='0']");
    (wanted ?? first ?? panel).focus({ preventScroll: true });
  }

  /** Put it below its anchor, or above where there is more room; again when its size has changed. */
  place(): void {
    const [panel, at] = [this.#panel, this.#at];
    if (!panel?.hasAttribute("popover")) return;
    const { offsetWidth: width, offsetHeight: height } = panel;
    const isRight = at.left + width > window.innerWidth - 8;
    const isAbove = at.bottom + height > window.innerHeight - 8 && at.top > height;
    const top = isAbove ? at.top - height - 4 : at.bottom + 4;
    panel.style.left = `${Math.max(isRight ? at.right - width : at.left, 8)}px`;
    panel.style.top = `${Math.max(Math.min(top, window.innerHeight - height - 8), 8)}px`;
  }

  close(hasFocus = false): void {
    const anchor = this.#anchor;
    if (!this.#panel) return;
    this.#life?.abort();
    this.#panel.remove();
    this.#panel = this.#anchor = null;
    if (anchor?.hasAttribute("aria-expanded")) setAttribute(anchor, "aria-expanded", "false");
    if (hasFocus) anchor?.focus({ preventScroll: true });
    this.#options.onClose?.();
  }

  #listen(panel: HTMLElement, anchor: HTMLElement, signal: AbortSignal): void {
    const onKey = (event: KeyboardEvent) => {
      event.stopPropagation(); // the notebook has its own use for letters and arrows
      if (event.key === "Escape") this.close(true);
      else if (event.key === "ArrowDown" || event.key === "ArrowUp") walk(panel, event);
    };
    panel.addEventListener("keydown", onKey, { signal });
    const isInside = (event: Event) => {
      const target = event.target as Node;
      return panel.contains(target) || anchor.contains(target);
    };
    const away = (event: Event) => isInside(event) || this.close();
    document.addEventListener("pointerdown", away, { signal, capture: true });
    const onScroll = () => {
      const { left, top } = anchor.getBoundingClientRect();
      const hasMoved = Math.abs(left - this.#at.left) + Math.abs(top - this.#at.top) > MOVED_PX;
      // A notebook also scrolls by nothing, when a cell becomes active.
      if (anchor.isConnected && hasMoved) this.close();
    };
    window.addEventListener("scroll", onScroll, { signal, capture: true });
  }
}

/** The arrow keys go through what can be pressed, but not out of a field that needs them. */
function walk(panel: HTMLElement, event: KeyboardEvent): void {
  const at = document.activeElement as HTMLElement | null;
  if (at instanceof HTMLInputElement && at.type !== "text") return;
  const all = [...panel.querySelectorAll<HTMLElement>("button:not([disabled]),[role=option]")];
  const next = all[all.indexOf(at as HTMLElement) + (event.key === "ArrowDown" ? 1 : -1)];
  next?.focus();
  event.preventDefault();
}
