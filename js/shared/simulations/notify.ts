/** Notifications of the browser when selected simulations end, also while the page is hidden. */
import { formatDuration } from "../format";
import type { Context } from "./model";

interface Ended {
  id: string;
  name: string;
  state: string;
  took_s: number | null;
}

const NOT_HERE = "This browser cannot notify from this page; it needs https or localhost.";
const REFUSED =
  "The browser does not let this page notify. Allow notifications in its settings for this site, then try again.";

export class Notifier {
  readonly #context: Context;

  constructor(context: Context) {
    this.#context = context;
  }

  /** Switch it on, asking for permission, or off. */
  async toggle(): Promise<void> {
    const isOn = this.#context.get("notify");
    if (!isOn) {
      if (typeof Notification === "undefined") return this.#context.trouble(NOT_HERE);
      const given =
        Notification.permission === "granted"
          ? "granted"
          : await Notification.requestPermission().catch(() => "denied");
      if (given !== "granted") return this.#context.trouble(REFUSED);
      this.#context.trouble("");
    }
    this.#context.set("notify", !isOn);
  }

  take(items: readonly Ended[]): void {
    if (!this.#context.get("notify") || typeof Notification === "undefined") return;
    if (Notification.permission !== "granted") {
      this.#context.trouble(REFUSED);
      return;
    }
    for (const { id, name, state, took_s: took } of items) {
      const after = took === null ? "" : ` after ${formatDuration(took)}`;
      const word = state.charAt(0).toUpperCase() + state.slice(1);
      // The same tag in several views of one panel makes one notification.
      new Notification(name, { body: `${word}${after}`, tag: `gymdash-${id}` });
    }
  }
}
