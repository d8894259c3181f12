/** One question that waits: whose it is, how long it waits, its words, and the form of the reply. */
import { h, setAttribute, setText, show } from "../dom";
import { formatDuration } from "../format";
import { icon } from "../icons";
import type { ControlCalls, Request } from "./model";
import { ReplyForm } from "./reply_form";

let count = 0;

export class RequestItem {
  readonly element: HTMLElement;
  readonly request: Request;
  readonly #calls: ControlCalls;
  readonly #signal: AbortSignal;
  readonly #canReply: boolean;
  readonly #isCompact: boolean;
  readonly #fold: HTMLButtonElement;
  readonly #preview: HTMLElement;
  readonly #facts = h("span", { class: "gd-muted gd-small gd-clip" });
  readonly #time = h("span", { class: "gd-muted gd-small gd-num" });
  readonly #dismiss: HTMLButtonElement;
  readonly #body: HTMLElement;
  #form: ReplyForm | null = null;
  #others = { n: 0, words: "" };

  constructor(
    request: Request,
    calls: ControlCalls,
    canReply: boolean,
    signal: AbortSignal,
    isCompact = false,
  ) {
    this.#isCompact = isCompact;
    this.request = request;
    this.#calls = calls;
    this.#canReply = canReply;
    this.#signal = signal;
    const id = `gymdash-request-${++count}`;
    const line = request.details.trim().split("\n")[0] ?? "";
    this.#preview = h("span", {
      class: "gd-muted gd-small gd-clip gd-grow",
      text: line,
      title: request.details,
    });
    this.#fold = h(
      "button",
      { class: "gd-ctl-fold", type: "button", "aria-expanded": "false", "aria-controls": id },
      icon("right", "is-muted gd-ctl-chevron"),
      icon("ask", "is-accent"),
      h("b", { class: "gd-name gd-clip", text: request.name, title: request.name }),
      this.#facts,
      this.#preview,
      this.#time,
    );
    this.#fold.addEventListener("click", () => this.open(!this.isOpen));
    this.#dismiss = h("button", { class: "gd-btn is-low", type: "button", text: "Dismiss" });
    this.#dismiss.title = "Let it wait no longer, without an answer";
    this.#dismiss.addEventListener("click", () => void this.#onDismiss());
    this.#body = h("div", { class: "gd-ctl-body", id, hidden: true });
    if (request.details) {
      this.#body.append(h("p", { class: "gd-message gd-ctl-details", text: request.details }));
    }
    this.element = h(
      "section",
      { class: "gd-ctl-request", label: `${request.name} waits for a reply` },
      h("div", { class: "gd-bar gd-ctl-head" }, this.#fold, this.#dismiss),
      this.#body,
    );
    this.open(false);
  }

  get isOpen(): boolean {
    return this.#fold.getAttribute("aria-expanded") === "true";
  }

  open(isOpen: boolean): void {
    setAttribute(this.#fold, "aria-expanded", String(isOpen));
    this.element.classList.toggle("is-open", isOpen);
    show(this.#body, isOpen);
    show(this.#preview, !isOpen);
    show(this.#time, !isOpen);
    show(this.#facts, isOpen);
    show(this.#dismiss, isOpen && this.#canReply);
    if (!isOpen || this.#form || !this.#canReply) return;
    this.#form = new ReplyForm(this.request, this.#calls, this.#signal, this.#isCompact);
    this.#form.update(this.#others.n, this.#others.words);
    this.#body.append(this.#form.element);
    if (this.#isCompact) this.#form.besideMain(this.#dismiss);
  }

  /** Say to how many others the reply could go, and what the button says then. */
  update(n: number, words: string): void {
    this.#others = { n, words };
    this.#form?.update(n, words);
  }

  tick(now: number): void {
    const waits = formatDuration(Math.max(now - this.request.time, 0));
    setText(this.#time, waits);
    const { channel } = this.request;
    setText(this.#facts, this.#isCompact ? waits : `${channel} \u00b7 waiting ${waits}`);
  }

  async #onDismiss(): Promise<void> {
    setAttribute(this.#dismiss, "aria-disabled", "true");
    try {
      await this.#calls.dismiss(this.request);
    } catch {
      setAttribute(this.#dismiss, "aria-disabled", null); // said by the panel
    }
  }
}
