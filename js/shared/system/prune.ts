/** Making room: what would go is shown first, and goes when it is confirmed right there. */
import { copyText } from "../card/notes";
import { h, setText, show } from "../dom";
import { formatBytes, plural } from "../format";
import { icon } from "../icons";
import type { PruneFacts } from "./facts";

const HOUR_S = 3600;
const DAY_S = 24 * HOUR_S;

const KEEPS = [
  ["first_last_best", "the first, the last and the best"],
  ["1", "the newest"],
  ["3", "the newest 3"],
  ["10", "the newest 10"],
  ["0", "none"],
] as const;

const AGES = [
  ["", "any age"],
  [String(HOUR_S), "1 hour"],
  [String(DAY_S), "1 day"],
  [String(7 * DAY_S), "7 days"],
  [String(30 * DAY_S), "30 days"],
] as const;

interface PruneCalls {
  plan(wanted: object): Promise<PruneFacts>;
  prune(wanted: object): Promise<PruneFacts>;
  /** It is closed; something was removed or not. */
  onClose(isDone: boolean): void;
}

export class PruneForm {
  readonly element: HTMLElement;
  readonly #calls: PruneCalls;
  readonly #keep = choice("Keep of each simulation and key", KEEPS);
  readonly #age = choice("Older than", AGES);
  readonly #whose = h("select", { class: "gd-field is-low", id: fieldId(), label: "Of" });
  readonly #words = h("p", { class: "gd-prunewords", role: "status" });
  readonly #some = h("p", { class: "gd-small gd-muted" });
  readonly #call = h("code", { class: "gd-code gd-clip gd-grow" });
  readonly #copyWord = h("span", { text: "Copy" });
  readonly #go = h("button", { class: "gd-btn is-low is-main", type: "button" });
  readonly #done = h("p", {
    class: "gd-small gd-muted gd-prunedone",
    role: "status",
    hidden: true,
  });
  #plan: PruneFacts | null = null;
  #asked = 0;
  #isBusy = false;

  constructor(calls: PruneCalls) {
    this.#calls = calls;
    const cancel = h("button", { class: "gd-btn is-low", type: "button" }, "Cancel");
    const copy = h(
      "button",
      { class: "gd-btn is-low", type: "button" },
      icon("copy"),
      this.#copyWord,
    );
    this.#note = h(
      "div",
      { class: "gd-note gd-prune", role: "group", label: "Prune media", hidden: true },
      h(
        "div",
        { class: "gd-pruneform" },
        h("label", { for: this.#keep.id, text: "Keep of each key" }),
        this.#keep,
        h("label", { for: this.#age.id, text: "Remove what is older than" }),
        this.#age,
        h("label", { for: this.#whose.id, text: "Of" }),
        this.#whose,
      ),
      this.#words,
      this.#some,
      h("div", { class: "gd-bar gd-pruneacts" }, this.#go, cancel),
      h("div", { class: "gd-bar gd-prunecall" }, this.#call, copy),
    );
    this.element = h("div", {}, this.#note, this.#done);
    for (const field of [this.#keep, this.#age, this.#whose]) {
      field.addEventListener("change", () => void this.#ask());
    }
    cancel.addEventListener("click", () => this.close());
    this.#note.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.close();
    });
    this.#go.addEventListener("click", () => void this.#confirm());
    copy.addEventListener("click", async () => {
      const isDone = await copyText(() => Promise.resolve(this.#call.textContent ?? ""));
      setText(this.#copyWord, isDone ? "Copied" : "Not copied");
      setTimeout(() => setText(this.#copyWord, "Copy"), 1500);
    });
  }

  readonly #note: HTMLElement;

  get isOpen(): boolean {
    return !this.#note.hidden;
  }

  /** Open it for one simulation, or with null for all. */
  open(sim: { id: string; name: string } | null): void {
    const options = [h("option", { value: "", text: "all simulations" })];
    if (sim) options.push(h("option", { value: sim.id, text: sim.name }));
    this.#whose.replaceChildren(...options);
    this.#whose.value = sim?.id ?? "";
    show(this.#done, false);
    show(this.#note, true);
    this.#keep.focus();
    void this.#ask();
  }

  close(isDone = false): void {
    show(this.#note, false);
    this.#calls.onClose(isDone);
  }

  get #wanted(): object {
    const keep = this.#keep.value;
    return {
      keep: keep === "first_last_best" ? keep : Number(keep),
      older_than: this.#age.value ? Number(this.#age.value) : null,
      sims: this.#whose.value ? [this.#whose.value] : null,
    };
  }

  async #ask(): Promise<void> {
    this.#asked += 1;
    const asked = this.#asked;
    this.#plan = null;
    this.#update("Looking what would go.");
    const plan = await this.#calls.plan(this.#wanted).catch(() => null);
    if (asked !== this.#asked || !this.isOpen) return; // another choice was made meanwhile
    this.#plan = plan;
    this.#update(plan ? planWords(plan) : "It could not be found out what would go.");
  }

  async #confirm(): Promise<void> {
    const plan = this.#plan;
    if (!plan?.n || this.#isBusy) return;
    this.#isBusy = true;
    this.#update("Removing.");
    try {
      const done = await this.#calls.prune(this.#wanted);
      const refused = done.n_refused ? ` ${done.n_refused} stay: ${done.refused}` : "";
      const gone = `${plural(done.n, "file", "files")} removed, ${formatBytes(done.bytes)} free again.`;
      setText(this.#done, gone + refused);
      show(this.#done, true);
      this.close(true);
    } catch {
      this.#update("Nothing was removed.");
    } finally {
      this.#isBusy = false;
    }
  }

  #update(words: string): void {
    const plan = this.#plan;
    setText(this.#words, words);
    setText(this.#some, plan ? someWords(plan) : "");
    setText(this.#call, plan?.call ?? "");
    const n = plan?.n ?? 0;
    setText(this.#go, n ? `Remove ${plural(n, "file", "files")}` : "Remove");
    this.#go.setAttribute("aria-disabled", String(!n || this.#isBusy));
  }
}

/** What would go, in a sentence. Pure. */
export function planWords({ n, n_kept: kept, bytes, n_simulations: sims }: PruneFacts): string {
  if (!n) return `Nothing would go: all ${plural(kept, "file stays", "files stay")}.`;
  const of = plural(n + kept, "file", "files");
  const whose = plural(sims, "simulation", "simulations");
  return `${n.toLocaleString("en-US")} of ${of} would go, ${formatBytes(bytes)}, of ${whose}. This cannot be undone.`;
}

function someWords({ some, n_simulations: all }: PruneFacts): string {
  const named = some.map((each) => `${each.name} ${formatBytes(each.bytes)}`);
  if (all > some.length) named.push(`${all - some.length} more`);
  return named.join(", ");
}

function choice(
  label: string,
  options: readonly (readonly [string, string])[],
): HTMLSelectElement {
  const listed = options.map(([value, text]) => h("option", { value, text }));
  return h("select", { class: "gd-field is-low", id: fieldId(), label }, ...listed);
}

let fields = 0;
function fieldId(): string {
  fields += 1;
  return `gd-prune-${fields}-${Math.random().toString(36).slice(2, 7)}`;
}
