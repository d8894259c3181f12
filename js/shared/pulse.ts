/**
 * Whether the kernel hears what is said. It answers a "ping" at once, in the thread that hears; one that does not is
 * busy with a cell, and its front end cannot reach it meanwhile (no subshells), or it is away. That something takes
 * long to do is another matter.
 */

const ASK_AFTER_MS = 1_000;
const PATIENCE_MS = 1_000;
/** A kernel that was restarted never answers what was said before. */
const AGAIN_MS = 10_000;

export class Pulse {
  readonly #ping: () => Promise<unknown>;
  readonly #onUnheard: (isUnheard: boolean) => void;
  readonly #signal: AbortSignal | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isUnheard = false;

  constructor(
    ping: () => Promise<unknown>,
    onUnheard: (isUnheard: boolean) => void,
    signal?: AbortSignal,
  ) {
    this.#ping = ping;
    this.#onUnheard = onUnheard;
    this.#signal = signal;
  }

  /** Something was said that the kernel should take up now: find out whether it does. */
  expect(): void {
    this.#askIn(ASK_AFTER_MS);
  }

  #askIn(ms: number): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#ask();
    }, ms);
  }

  #ask(): void {
    if (this.#signal?.aborted) return;
    const patience = setTimeout(() => this.#set(true), PATIENCE_MS);
    const settle = () => {
      clearTimeout(patience);
      this.#set(false); // one that is without a kernel says so itself
    };
    this.#ping().then(settle, settle);
  }

  #set(isUnheard: boolean): void {
    if (this.#signal?.aborted) return;
    if (isUnheard) this.#askIn(AGAIN_MS);
    if (isUnheard || this.#isUnheard) this.#onUnheard(isUnheard); // why may have changed
    this.#isUnheard = isUnheard;
  }
}
