/** What people and programs asked of the project, the newest on top; refused calls are marked. */
import { h, setText, show } from "../dom";
import { formatClock, plural } from "../format";
import { icon } from "../icons";
import { Whose } from "../system/whose";
import type { CallFacts } from "./facts";
import { addMore, isLong } from "./status_row";

const MOST_KEPT = 500;

export class CallList {
  readonly element: HTMLElement;
  readonly told = h("span", { class: "gd-small gd-muted gd-clip", role: "status" });
  readonly #fetch: (after: number) => Promise<CallFacts[]>;
  readonly #list = h("div", { class: "gd-saidlist", role: "list", label: "Calls" });
  readonly #none = h("p", { class: "gd-small gd-muted gd-saidnone", hidden: true });
  #calls: { call: CallFacts; row: HTMLElement; text: string }[] = [];
  #filter = "";
  #isAsking = false;

  constructor(fetch: (after: number) => Promise<CallFacts[]>) {
    this.#fetch = fetch;
    this.element = h(
      "div",
      { class: "gd-saidscroll", tabindex: 0, role: "region", label: "Calls" },
      this.#list,
      this.#none,
    );
  }

  filter(text: string): void {
    this.#filter = text.trim().toLowerCase();
    for (const each of this.#calls) show(each.row, this.#fits(each.text));
    this.#tell();
  }

  /** Ask for what came since. */
  async refresh(): Promise<void> {
    if (this.#isAsking) return;
    this.#isAsking = true;
    try {
      const calls = await this.#fetch(this.#calls[0]?.call.number ?? 0);
      this.#add(calls);
    } catch {
      // the panel shows why
    } finally {
      this.#isAsking = false;
    }
  }

  #add(calls: readonly CallFacts[]): void {
    for (const call of calls) {
      const row = callRow(call);
      const text = (row.textContent ?? "").toLowerCase();
      show(row, this.#fits(text));
      this.#calls.unshift({ call, row, text });
      this.#list.prepend(row);
    }
    for (const { row } of this.#calls.splice(MOST_KEPT)) row.remove();
    this.#tell();
  }

  #fits(text: string): boolean {
    return text.includes(this.#filter);
  }

  #tell(): void {
    const n = this.#calls.filter((each) => !each.row.hidden).length;
    const words = plural(n, "call", "calls");
    setText(this.told, this.#calls.length >= MOST_KEPT ? `newest ${words}` : words);
    show(this.#none, n === 0);
    const nothing = this.#calls.length
      ? "No call fits the filter."
      : "Nobody has asked anything yet.";
    setText(this.#none, nothing);
  }
}

function callRow(call: CallFacts): HTMLElement {
  const sign = h("span", { class: "gd-state", role: "img" });
  sign.append(icon(call.is_refused ? "warn" : "check", call.is_refused ? "is-warn" : "is-muted"));
  sign.title = call.is_refused ? "Refused" : "Done";
  sign.setAttribute("aria-label", sign.title);
  const words = h("span", { class: "gd-saidwords" });
  if (call.text) words.append(h("span", { class: "gd-muted", text: call.text }));
  if (call.is_refused) {
    words.append(
      h("span", { class: "gd-refused", text: `Refused: ${call.error || "no reason given"}` }),
    );
  }
  const row = h(
    "div",
    { class: "gd-said is-call" },
    h("span", { class: "gd-saidtime gd-muted", text: call.time ? formatClock(call.time) : "" }),
    sign,
    h("span", { class: "gd-callname", text: call.name }),
    whose(call),
    words,
  );
  if (isLong(words.textContent ?? "")) addMore(row, words);
  return h("div", { class: "gd-saiditem", role: "listitem" }, row);
}

function whose({ sim, n_sims: n }: CallFacts): HTMLElement {
  if (!sim) return h("span", { class: "gd-saidwho" });
  const known = new Whose();
  known.update([sim, ...Array.from({ length: n - 1 }, () => ({ ...sim, name: "" }))]);
  return h("span", { class: "gd-saidwho", title: sim.name }, known.element);
}
