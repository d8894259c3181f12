/**
 * Whether the kernel hears what is said. It answers a "ping" at once, in the thread that hears; one that does not is
 * busy with a cell, and its front end cannot reach it meanwhile (no subshells), or it is away. That something takes
 * long to do is another matter.
 */

const ASK_AFTER_MS = 1_000;
const PATIENCE_MS = 1_000;

export class Pulse {
  readonly #ping: () => Promise<unknown>;
  readonly #onChange: (isUnheard: boolean) => void;
  readonly #signal: AbortSignal | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isUnheard = false;

  constructor(
    ping: () => Promise<unknown>,
    onChange: (isUnheard: boolean) => void,
    signal?: AbortSignal,
  ) {
    this.#ping = ping;
    this.#onChange = onChange;
    this.#signal = signal;
  }

  /** Something was said that the kernel should take up now: find out whether it does. */
  expect(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#ask();
    }, ASK_AFTER_MS);
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
    if (this.#signal?.aborted || this.#isUnheard === isUnheard) return;
    this.#isUnheard = isUnheard;
    this.#onChange(isUnheard);
  }
}
