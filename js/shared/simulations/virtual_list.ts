/** Shows the part of a long list that is on screen, with as few elements as that takes: they are used again. */
import { h } from "../dom";

export const ROW_HEIGHT = 28;
const BEYOND = 4;

export interface RowView {
  readonly element: HTMLElement;
  /** Show the i-th item. */
  show(index: number): void;
}

export class VirtualList {
  readonly element: HTMLElement;
  readonly #space = h("div", { class: "gd-sims-space", role: "presentation" });
  readonly #make: () => RowView;
  readonly #onShown: () => void;
  #views: RowView[] = [];
  /** Which item each view shows; -1 for none. */
  #shown: number[] = [];
  #count = 0;
  #frame = 0;

  constructor(
    element: HTMLElement,
    make: () => RowView,
    onShown: () => void,
    signal: AbortSignal,
  ) {
    this.element = element;
    this.#make = make;
    this.#onShown = onShown;
    element.append(this.#space);
    element.addEventListener("scroll", () => this.#soon(), { signal, passive: true });
    if (typeof ResizeObserver !== "undefined") {
      const observer = new ResizeObserver(() => this.#soon());
      observer.observe(element);
      signal.addEventListener("abort", () => observer.disconnect());
    }
    signal.addEventListener("abort", () => cancelAnimationFrame(this.#frame));
  }

  /** First and last item on screen. */
  get range(): [number, number] {
    const first = Math.floor(this.element.scrollTop / ROW_HEIGHT);
    const fit = Math.ceil((this.element.clientHeight || 400) / ROW_HEIGHT);
    return [Math.max(first, 0), Math.min(first + fit, this.#count) - 1];
  }

  /** Draw the items on screen anew, of which there may be another number. */
  update(count: number): void {
    if (count !== this.#count) {
      this.#count = count;
      this.#space.style.height = `${count * ROW_HEIGHT}px`;
    }
    this.#draw(true);
  }

  /** Draw one item anew if it is on screen. */
  refresh(index: number): void {
    const slot = this.#slotOf(index);
    if (slot >= 0) this.#views[slot]?.show(index);
  }

  viewAt(index: number): RowView | undefined {
    const slot = this.#slotOf(index);
    return slot < 0 ? undefined : this.#views[slot];
  }

  scrollTo(index: number): void {
    const { clientHeight, scrollTop } = this.element;
    const top = index * ROW_HEIGHT;
    if (top < scrollTop) this.element.scrollTop = top;
    else if (top + ROW_HEIGHT > scrollTop + clientHeight) {
      this.element.scrollTop = top + ROW_HEIGHT - clientHeight;
    }
    this.#draw(false);
  }

  /** The item at a height on the page, the nearest one if there is none. */
  indexAt(clientY: number): number {
    const { top } = this.element.getBoundingClientRect();
    const at = Math.floor((clientY - top + this.element.scrollTop) / ROW_HEIGHT);
    return Math.min(Math.max(at, 0), this.#count - 1);
  }

  #slotOf(index: number): number {
    const slot = this.#views.length ? index % this.#views.length : -1;
    return slot >= 0 && this.#shown[slot] === index ? slot : -1;
  }

  #soon(): void {
    if (this.#frame) return;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      this.#draw(false);
    });
  }

  #draw(isAnew: boolean): void {
    const [on, off] = this.range;
    const first = Math.max(on - BEYOND, 0);
    const last = Math.min(off + BEYOND, this.#count - 1);
    this.#grow(last - first + 1);
    const size = this.#views.length;
    for (let index = first; index <= last; index++) {
      const slot = index % size;
      const view = this.#views[slot] as RowView;
      if (this.#shown[slot] !== index) {
        this.#shown[slot] = index;
        view.element.style.transform = `translateY(${index * ROW_HEIGHT}px)`;
        view.element.hidden = false;
        view.show(index);
      } else if (isAnew) view.show(index);
    }
    for (let slot = 0; slot < size; slot++) {
      const index = this.#shown[slot] ?? -1;
      const view = this.#views[slot] as RowView;
      if (index >= 0 && (index < first || index > last)) {
        this.#shown[slot] = -1;
        view.element.hidden = true;
      }
    }
    this.#onShown();
  }

  /** Have enough elements; their number decides which one shows which item, so all turn when it grows. */
  #grow(count: number): void {
    if (count <= this.#views.length) return;
    const more = count - this.#views.length + BEYOND;
    for (let i = 0; i < more; i++) this.#views.push(this.#make());
    this.#space.replaceChildren(...this.#views.map((view) => view.element));
    this.#shown = this.#views.map(() => -1);
    for (const view of this.#views) view.element.hidden = true;
  }
}
