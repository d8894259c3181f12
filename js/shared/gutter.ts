/** The room left of the plotting area, for the labels of y. Charts below each other may share one. */

const SMALLEST = 40;
const STEP = 12;

export class Gutter {
  readonly #smallest: number;
  #width: number;
  readonly #listeners = new Set<() => void>();

  constructor(smallest = SMALLEST) {
    this.#smallest = smallest;
    this.#width = smallest;
  }

  get width(): number {
    return this.#width;
  }

  /** Give room for a label; it grows in steps and never shrinks, so that the picture does not shake. */
  widened(label: number): number {
    const wanted = Math.ceil((label + 10) / STEP) * STEP + 4;
    if (wanted > this.#width) {
      this.#width = wanted;
      for (const tell of this.#listeners) tell();
    }
    return this.#width;
  }

  /** Something else is drawn: begin again. */
  reset(): void {
    this.#width = this.#smallest;
  }

  onGrowth(listener: () => void, signal: AbortSignal): void {
    this.#listeners.add(listener);
    signal.addEventListener("abort", () => this.#listeners.delete(listener));
  }
}
