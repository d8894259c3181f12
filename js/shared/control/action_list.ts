/** What the simulations offer to do: a button each, with its arguments below, for all that offer it. */
import { hasArguments, iconOf, rank, title } from "../actions/offered";
import { h, setAttribute, setText, show } from "../dom";
import { type Field, fieldsOf, typed } from "../form/fields";
import { FormRow } from "../form/row";
import { icon } from "../icons";
import { type ControlCalls, type Offer, type Sim, whoIsSilent } from "./model";

export class ActionList {
  readonly element: HTMLElement;
  readonly #calls: ControlCalls;
  readonly #for = h("span", { class: "gd-muted gd-small" });
  readonly #list = h("div", { class: "gd-ctl-acts" });
  readonly #empty = h("p", { class: "gd-muted gd-ctl-empty" });
  readonly #silent = h("p", { class: "gd-muted gd-small gd-ctl-silent" });
  readonly #acts = new Map<string, Act>();

  constructor(calls: ControlCalls) {
    this.#calls = calls;
    this.element = h(
      "section",
      { class: "gd-ctl-actions", label: "Actions" },
      h("div", { class: "gd-bar gd-ctl-title" }, h("h2", { text: "Actions" }), this.#for),
      this.#list,
      this.#empty,
      this.#silent,
    );
  }

  update(
    offers: readonly Offer[],
    sims: readonly Sim[],
    isChoice: boolean,
    canAsk: boolean,
  ): void {
    const free = new Set(
      sims.filter((sim) => sim.is_answering && !sim.is_waiting).map(({ id }) => id),
    );
    const shown = canAsk ? [...offers].sort((a, b) => rank(a) - rank(b)) : [];
    const names = new Set(shown.map(({ name }) => name));
    for (const [name, act] of this.#acts) {
      if (names.has(name)) continue;
      act.element.remove();
      this.#acts.delete(name);
    }
    shown.forEach((offer, place) => {
      const old = this.#acts.get(offer.name);
      const act = old?.isOf(offer) ? old : new Act(offer, this.#calls);
      if (act !== old) old?.element.remove();
      this.#acts.set(offer.name, act);
      const there = this.#list.children[place];
      if (there !== act.element) this.#list.insertBefore(act.element, there ?? null);
      act.update(offer.sims.filter((id) => free.has(id)));
    });
    setText(this.#for, forWhom(sims, isChoice));
    setText(this.#silent, canAsk ? whoIsSilent(sims) : "");
    setText(this.#empty, shown.length ? "" : nothing(free.size, isChoice, canAsk));
    show(this.#empty, shown.length === 0);
  }
}

/** One action. */
class Act {
  readonly element: HTMLFormElement;
  readonly #offer: Offer;
  readonly #calls: ControlCalls;
  readonly #button: HTMLButtonElement;
  readonly #said = h("p", {
    class: "gd-muted gd-small gd-ctl-said",
    role: "status",
    hidden: true,
  });
  readonly #rows: { field: Field; row: FormRow }[];
  #sims: readonly string[] = [];
  #nWaiting = 0;

  constructor(offer: Offer, calls: ControlCalls) {
    this.#offer = offer;
    this.#calls = calls;
    const name = title(offer.name);
    const word = offer.name === "help" ? "Ask" : (name.split(" ")[0] ?? name);
    this.#button = h("button", {
      class: "gd-btn is-low is-line",
      type: "submit",
      text: word,
      label: name,
    });
    this.#rows = hasArguments(offer) ? fieldsOf(offer.arguments).map(rowOf) : [];
    this.element = h(
      "form",
      { class: "gd-ctl-act", novalidate: true, label: name },
      h(
        "div",
        { class: "gd-bar" },
        icon(iconOf(offer), "is-muted"),
        h("span", {
          class: "gd-grow gd-clip",
          text: offer.name === "help" ? "Get help" : name,
          title: offer.words || name,
        }),
        this.#button,
      ),
    );
    for (const { row } of this.#rows)
      this.element.append(h("div", { class: "gd-ctl-argument" }, row.label, row.body));
    this.element.append(this.#said);
    this.element.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#ask();
    });
    this.element.addEventListener("keydown", (event) => event.stopPropagation());
  }

  /** Whether this is the form for it: then what was typed stays. */
  isOf({ words, arguments: given }: Offer): boolean {
    const own = this.#offer;
    return own.words === words && JSON.stringify(own.arguments) === JSON.stringify(given);
  }

  update(sims: readonly string[]): void {
    this.#sims = sims;
    setAttribute(this.#button, "aria-disabled", sims.length ? null : "true");
  }

  async #ask(): Promise<void> {
    const sims = this.#sims;
    const values = sims.length ? this.#read() : null;
    if (!values) return;
    this.#nWaiting += 1;
    this.#say(sims.length > 1 ? `Asking ${sims.length} simulations\u2026` : "Asking\u2026");
    const nRefused = await this.#calls.ask(this.#offer.name, values, sims);
    this.#nWaiting -= 1;
    if (this.#nWaiting) return;
    const all = sims.length === 1 ? "" : sims.length === 2 ? "Both" : `All ${sims.length}`;
    if (!nRefused) this.#say(all ? `${all} answered.` : "Answered.");
    else
      this.#say(
        sims.length > 1
          ? `${nRefused} of ${sims.length} did not: see the answers.`
          : "It did not: see the answer.",
      );
  }

  #read(): Record<string, unknown> | null {
    const values: [string, unknown][] = [];
    let first: HTMLElement | null = null;
    for (const { field, row } of this.#rows) {
      const got = typed(field, row.text);
      const error = got && "error" in got ? got.error : "";
      row.wrong(error);
      if (error) first ??= row.input;
      else if (got && "value" in got) values.push([field.name, got.value]);
    }
    first?.focus();
    return first ? null : Object.fromEntries(values);
  }

  #say(text: string): void {
    setText(this.#said, text);
    show(this.#said, text !== "");
  }
}

function rowOf(field: Field): { field: Field; row: FormRow } {
  const { kind, name, hint, help, choices, preset, isRequired } = field;
  const isNumber = kind === "number" || kind === "integer";
  const control =
    kind === "choice" ? "select" : kind === "boolean" ? "check" : isNumber ? "short" : "text";
  const words = [name, hint].filter(Boolean).join(", ");
  const title = [words, help].filter(Boolean).join(": ");
  const hasNone = !isRequired && !preset;
  return {
    field,
    row: new FormRow({ name: words, control, text: preset, title, choices, hasNone }),
  };
}

function forWhom(sims: readonly Sim[], isChoice: boolean): string {
  if (isChoice) return `for ${sims.length} selected`;
  const n = sims.filter((sim) => sim.is_answering).length;
  return n ? `for ${n} that ${n === 1 ? "runs" : "run"}` : "";
}

function nothing(nFree: number, isChoice: boolean, canAsk: boolean): string {
  if (!canAsk) return "This project is open for reading only, so nothing can be asked.";
  if (nFree) return "None that runs has said what it offers yet.";
  return isChoice
    ? "None of the selected simulations runs."
    : "No simulation runs. What runs offers its actions here.";
}
