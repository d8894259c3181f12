/** The kernel's clock, which may be another machine's, and whether the kernel has gone silent. */

/** Something that goes on is heard of more often than this. */
const SILENCE_S = 6;
/** On one machine the difference is only the way of the message. */
const WAY_S = 1.5;

export class KernelClock {
  #heard = Date.now() / 1000;
  #ahead = 0;

  /** Note that the kernel said something, and what time it was there. */
  hear(clock?: number): void {
    this.#heard = Date.now() / 1000;
    if (clock === undefined || !(clock > 0)) return;
    const ahead = clock - this.#heard;
    if (Math.abs(ahead) < WAY_S) this.#ahead = 0;
    else if (Math.abs(ahead - this.#ahead) > WAY_S) this.#ahead = ahead;
  }

  get isSilent(): boolean {
    return Date.now() / 1000 - this.#heard > SILENCE_S;
  }

  /** When the kernel was last heard, by the browser's clock. */
  get heard(): number {
    return this.#heard;
  }

  /** The kernel's time; stands still while it is silent, as all that is known does. */
  get now(): number {
    return (this.isSilent ? this.#heard : Date.now() / 1000) + this.#ahead;
  }
}
