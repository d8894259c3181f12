/** The line between list and tabs: drag it, double-click folds the list, arrow keys move it. */
import { h, setAttribute } from "../dom";

export const NARROWEST = 240;
export const WIDEST = 720;
const KEY_STEP = 24;

interface DividerCalls {
  onWidth(width: number): void;
  onFold(isFolded: boolean): void;
}

/** A width that leaves room for both sides. */
export function kept(width: number, whole: number): number {
  const most = Math.max(Math.min(WIDEST, whole - 320), NARROWEST);
  return Math.round(Math.min(Math.max(width, NARROWEST), most));
}

export class Divider {
  readonly element = h("div", {
    class: "gd-dash-divider",
    role: "separator",
    tabindex: 0,
    label: "Width of the list; Enter folds it",
    title: "Drag to resize, double-click to fold",
    "aria-orientation": "vertical",
    "aria-valuemin": NARROWEST,
    "aria-valuemax": WIDEST,
  });
  readonly #calls: DividerCalls;
  #width = 0;
  #isFolded = false;

  constructor(calls: DividerCalls) {
    this.#calls = calls;
    this.element.addEventListener("pointerdown", (event) => this.#drag(event));
    this.element.addEventListener("dblclick", () => calls.onFold(!this.#isFolded));
    this.element.addEventListener("keydown", (event) => this.#onKey(event));
  }

  update(width: number, isFolded: boolean): void {
    this.#width = width;
    this.#isFolded = isFolded;
    setAttribute(this.element, "aria-valuenow", String(isFolded ? 0 : width));
  }

  #whole(): number {
    return this.element.parentElement?.clientWidth ?? 1200;
  }

  #drag(event: PointerEvent): void {
    if (event.button !== 0 || this.#isFolded) return;
    event.preventDefault();
    this.element.focus();
    const from = event.clientX - this.#width;
    const life = new AbortController();
    const { signal } = life;
    this.element.setPointerCapture?.(event.pointerId);
    this.element.classList.add("is-dragged");
    const onMove = (move: PointerEvent) => {
      this.#calls.onWidth(kept(move.clientX - from, this.#whole()));
    };
    const onEnd = () => {
      this.element.classList.remove("is-dragged");
      life.abort();
    };
    this.element.addEventListener("pointermove", onMove, { signal });
    this.element.addEventListener("pointerup", onEnd, { signal });
    this.element.addEventListener("pointercancel", onEnd, { signal });
  }

  #onKey(event: KeyboardEvent): void {
    const step = { ArrowLeft: -KEY_STEP, ArrowRight: KEY_STEP }[event.key];
    if (step !== undefined && !this.#isFolded) {
      this.#calls.onWidth(kept(this.#width + step, this.#whole()));
    } else if (event.key === "Enter" || event.key === " ") this.#calls.onFold(!this.#isFolded);
    else return;
    event.preventDefault();
  }
}
