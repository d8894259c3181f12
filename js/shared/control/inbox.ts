/** The questions that wait for a reply, newest first, or oldest first in a column; each keeps its place and what was typed into it. */
import { h, setAttribute, setText, show } from "../dom";
import { answering, type ControlCalls, type Request, type Sim } from "./model";
import { RequestItem } from "./request_item";

interface InboxCalls extends ControlCalls {
  setOnlySims(isOnly: boolean): void;
}

const EMPTY =
  "No simulation waits for a reply. One that asks with add_control_request shows here.";

export class Inbox {
  readonly element: HTMLElement;
  readonly #calls: InboxCalls;
  readonly #signal: AbortSignal;
  readonly #isCompact: boolean;
  readonly #count: HTMLElement;
  readonly #all = choice("All");
  readonly #chosen = choice("Selected");
  readonly #scope: HTMLElement;
  readonly #list = h("div", { class: "gd-ctl-requests" });
  readonly #empty = h("p", { class: "gd-muted gd-ctl-empty", text: EMPTY });
  readonly #items = new Map<string, RequestItem>();

  constructor(calls: InboxCalls, signal: AbortSignal, isCompact = false) {
    this.#calls = calls;
    this.#signal = signal;
    this.#isCompact = isCompact;
    this.#count = h("span", { class: isCompact ? "gd-badge" : "gd-muted gd-small" });
    this.#scope = h(
      "span",
      { class: "gd-seg", role: "group", label: "Whose questions" },
      this.#all,
      this.#chosen,
    );
    this.#all.addEventListener("click", () => calls.setOnlySims(false));
    this.#chosen.addEventListener("click", () => calls.setOnlySims(true));
    this.element = h(
      "section",
      { class: "gd-ctl-inbox", label: "Control requests" },
      h(
        "div",
        { class: "gd-bar gd-ctl-title" },
        h("h2", { text: "Control requests" }),
        this.#count,
        h("span", { class: "gd-grow" }),
        this.#scope,
      ),
      this.#list,
      this.#empty,
    );
  }

  update(
    newestFirst: readonly Request[],
    sims: readonly Sim[],
    about: { isChoice: boolean; isOnly: boolean; canReply: boolean; now: number },
  ): void {
    // In a column who waits longest is first, and what comes later moves nothing.
    const requests = this.#isCompact ? [...newestFirst].reverse() : newestFirst;
    const ids = new Set(requests.map(({ id }) => id));
    for (const [id, item] of this.#items) {
      if (ids.has(id)) continue;
      this.#leave(item);
      this.#items.delete(id);
    }
    const isFirstSight = this.#items.size === 0;
    requests.forEach((request, place) => {
      let item = this.#items.get(request.id);
      if (!item) {
        const { canReply } = about;
        item = new RequestItem(request, this.#calls, canReply, this.#signal, this.#isCompact);
        this.#items.set(request.id, item);
      }
      const there = this.#list.children[place];
      if (there !== item.element) this.#list.insertBefore(item.element, there ?? null);
      const n = answering(sims).filter((sim) => sim.id !== request.sim_id).length;
      const isOfThem = sims.some((sim) => sim.id === request.sim_id);
      const word = about.isChoice ? "selected" : "that run";
      const words = isOfThem ? `Reply to ${n + 1} ${word}` : `Reply to it and ${n} ${word}`;
      item.update(about.canReply ? n : 0, words);
    });
    const first = requests[0] && this.#items.get(requests[0].id);
    // What somebody has open stays open, and what comes later does not take its place.
    if (first && (isFirstSight || ![...this.#items.values()].some((item) => item.isOpen))) {
      first.open(true);
    }
    const n = requests.length;
    const words = `${n} ${n === 1 ? "waits" : "wait"}`;
    setText(this.#count, n === 0 ? "" : this.#isCompact ? String(n) : words);
    if (this.#isCompact) {
      setAttribute(this.#count, "title", words);
      show(this.#count, n > 0);
    }
    show(this.#empty, n === 0);
    show(this.#scope, about.isChoice);
    setAttribute(this.#all, "aria-pressed", String(!about.isOnly));
    setAttribute(this.#chosen, "aria-pressed", String(about.isOnly));
    this.tick(about.now);
  }

  tick(now: number): void {
    for (const item of this.#items.values()) item.tick(now);
  }

  /** Who typed in it goes on with the next one. */
  #leave(item: RequestItem): void {
    const had = item.element.contains(document.activeElement);
    const next = item.element.nextElementSibling ?? item.element.previousElementSibling;
    item.element.remove();
    if (had) next?.querySelector<HTMLElement>(".gd-ctl-fold")?.focus();
  }
}

function choice(text: string): HTMLButtonElement {
  return h("button", { type: "button", text });
}
