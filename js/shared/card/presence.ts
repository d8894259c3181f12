/** Tells the kernel what of a card is seen and drawn, on which page, and when somebody last touched it. */
import type { Channel } from "../messages";
import { watchVisibility } from "../visibility";

const SHOW_AT_MOST_EVERY_MS = 60;
const HERE_EVERY_MS = 10_000;
const PAGE = Symbol.for("gymdash-page");
const TOUCHES = ["pointermove", "pointerdown", "keydown", "wheel"];

interface PresenceCalls {
  /** What is drawn now. */
  shown(): object;
  /** Somebody sees it again. */
  onSeen(): void;
}

export class Presence {
  readonly #channel: Channel;
  readonly #element: HTMLElement;
  readonly #calls: PresenceCalls;
  #isSeen = false;
  #touched = Date.now();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #last = "";

  constructor(channel: Channel, element: HTMLElement, calls: PresenceCalls) {
    this.#channel = channel;
    this.#element = element;
    this.#calls = calls;
  }

  get isSeen(): boolean {
    return this.#isSeen;
  }

  start(signal: AbortSignal): void {
    const touch = () => {
      this.#touched = Date.now();
    };
    for (const name of TOUCHES) {
      this.#element.addEventListener(name, touch, { signal, passive: true });
    }
    const here = setInterval(() => this.#isSeen && this.#tell("here"), HERE_EVERY_MS);
    const leave = () => this.#tell("gone");
    window.addEventListener("pagehide", leave, { signal });
    signal.addEventListener("abort", () => {
      clearInterval(here);
      clearTimeout(this.#timer);
      leave();
    });
    watchVisibility(this.#element, (isSeen) => this.#setSeen(isSeen), signal);
  }

  /** Tell what is drawn, at once, then at most every so often while it changes. */
  say(): void {
    if (!this.#isSeen || this.#timer !== undefined) return;
    this.#sayNow();
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#sayNow();
    }, SHOW_AT_MOST_EVERY_MS);
  }

  #sayNow(): void {
    const shown = this.#calls.shown();
    const text = JSON.stringify(shown);
    if (text === this.#last || !this.#isSeen) return;
    this.#last = text;
    this.#tell("show", shown);
    this.#channel.expect(); // what is to be drawn comes from there
  }

  #setSeen(isSeen: boolean): void {
    this.#isSeen = isSeen;
    if (isSeen) {
      this.#last = "";
      this.#calls.onSeen();
      this.say();
    } else this.#tell("seen", { is_seen: false });
  }

  #tell(kind: string, content: object = {}): void {
    const known = globalThis as { [PAGE]?: string };
    known[PAGE] ??= Math.random().toString(36).slice(2); // another after a reload
    const isPlaying = [...this.#element.querySelectorAll<HTMLMediaElement>("video,audio")].some(
      (media) => !media.paused,
    );
    const idle = isPlaying ? 0 : (Date.now() - this.#touched) / 1000;
    this.#channel.tell(kind, { ...content, page: known[PAGE], idle_s: idle });
  }
}
