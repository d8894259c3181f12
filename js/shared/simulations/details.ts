/** What is known of the simulation in focus, below the list. */
import { facts, isNotAnswering, kindText } from "../card/simulation";
import { h, setAttribute, setText, show } from "../dom";
import { formatClock, formatCount } from "../format";
import { icon } from "../icons";
import { Menu } from "../menu";
import type { Commands } from "./commands";
import type { ConfigValue, Context, Details, Row } from "./model";
import { doNamed, menuEntries } from "./selection_bar";
import { button } from "./sheet";

export class DetailsPane {
  readonly element: HTMLElement;
  readonly #context: Context;
  readonly #name = h("h2", { class: "gd-clip" });
  readonly #stop: HTMLButtonElement;
  readonly #restart: HTMLButtonElement;
  readonly #more = button("More", () => {}, "more");
  readonly #fold: HTMLButtonElement;
  readonly #body = h("div", { class: "gd-sims-detailsbody" });
  readonly #kind = h("p", { class: "gd-small gd-muted gd-clip" });
  readonly #progress = h("p", { class: "gd-small gd-sims-progress" });
  readonly #time = h("span", { class: "gd-muted" });
  readonly #latestWords = h("span");
  readonly #latest: HTMLElement;
  readonly #error = h("p", { class: "gd-small gd-sims-error" });
  readonly #config = h("dl", { class: "gd-sims-kv" });
  readonly #note = h("p", { class: "gd-small gd-sims-notetext" });
  readonly #tags = h("span", { class: "gd-sims-chips" });
  readonly #addTag: HTMLButtonElement;
  readonly #addNote: HTMLButtonElement;
  #details: Details | null = null;
  #configKey = "";

  constructor(context: Context, commands: Commands, row: (id: string) => Row | undefined) {
    this.#context = context;
    const ids = () => (this.#details ? [this.#details.sim.id] : []);
    this.#stop = button("Stop", () => commands.stop(ids(), this.#isForced()), "stop");
    const restart = "Restart with edited values";
    this.#restart = button(restart, () => void commands.restart(ids()), "reset");
    const menu = new Menu(
      this.#more,
      () => {
        const rows = ids().flatMap((id) => row(id) ?? []);
        return menuEntries(rows, context.get("is_read_only"), true);
      },
      (id) => doNamed(commands, id, ids()),
    );
    context.signal.addEventListener("abort", () => menu.close());
    this.#fold = button("Fold the details", () => this.#toggle(), "down", "gd-sims-fold");
    this.#latest = h("p", { class: "gd-small gd-clip" }, this.#time, " ", this.#latestWords);
    this.#addTag = h(
      "button",
      { class: "gd-btn is-low gd-sims-addtag", type: "button" },
      icon("plus"),
      "Tag",
    );
    this.#addTag.addEventListener("click", () => commands.tag(ids()));
    this.#addNote = button("Add note", () => commands.note(ids()));
    const head = h("div", { class: "gd-bar gd-sims-detailshead" });
    head.append(this.#name, h("span", { class: "gd-grow" }), this.#stop, this.#restart);
    head.append(this.#more, this.#fold);
    const labels = h("div", { class: "gd-bar gd-sims-labels" });
    labels.append(this.#tags, this.#addTag, h("span", { class: "gd-grow" }), this.#addNote);
    this.#body.append(
      this.#kind,
      this.#progress,
      this.#latest,
      this.#error,
      this.#config,
      this.#note,
      labels,
    );
    this.element = h("section", { class: "gd-sims-details", hidden: true }, head, this.#body);
  }

  take(details: Details | null): void {
    this.#details = details;
    this.update();
  }

  /** Also each second: what it says changes as time goes. */
  update(): void {
    const details = this.#details;
    show(this.element, details !== null);
    if (!details) return;
    const { sim } = details;
    const isOpen = this.#context.get("with_details") !== false;
    this.element.classList.toggle("is-folded", !isOpen);
    setAttribute(this.#fold, "aria-expanded", String(isOpen));
    const word = isOpen ? "Fold the details" : "Show the details";
    setAttribute(this.#fold, "aria-label", word);
    setAttribute(this.#fold, "title", word);
    setAttribute(this.element, "aria-label", sim.name);
    setText(this.#name, sim.name, sim.name);
    this.#showActs(details);
    if (!isOpen) return;
    const now = this.#context.clock.now;
    const since = sim.started ?? sim.created;
    const clock = since === null ? "" : formatClock(since);
    const kind = [kindText(sim), clock].filter(Boolean).join(" \u00b7 ");
    setText(this.#kind, kind, kind);
    const said = facts(sim, now);
    const parts = [said.steps, said.rate, said.left || said.elapsed].filter(Boolean);
    const text = parts.join(", ");
    setText(this.#progress, text ? `${said.word}, ${text}` : said.word);
    const { latest, error } = sim;
    show(this.#latest, latest !== null && error === null);
    setText(this.#time, latest?.time ? formatClock(latest.time) : "");
    setText(this.#latestWords, latest?.text ?? "");
    setAttribute(this.#latest, "title", latest?.text ?? null);
    show(this.#error, error !== null);
    setText(this.#error, error ? [error.type, error.message].filter(Boolean).join(": ") : "");
    this.#showConfig(details);
    this.#showLabels(details);
  }

  #isForced(): boolean {
    return this.#details !== null && isNotAnswering(this.#details.sim, this.#context.clock.now);
  }

  #showActs({ sim }: Details): void {
    const isFixed = this.#context.get("is_read_only");
    show(this.#stop, sim.is_active && !isFixed);
    show(this.#restart, !sim.is_active && !isFixed);
    const word = this.#isForced() ? "Force stop" : "Stop";
    setAttribute(this.#stop, "title", word);
    setAttribute(this.#stop, "aria-label", `${word} ${sim.name}`);
    show(this.#addTag, !isFixed);
    show(this.#addNote, !isFixed);
  }

  #showConfig({ config, start_kwargs: start }: Details): void {
    const values = [...config, ...start];
    const key = JSON.stringify(values);
    if (key === this.#configKey) return;
    this.#configKey = key;
    this.#config.replaceChildren(...values.map(pair));
    show(this.#config, values.length > 0);
  }

  #showLabels({ tags, note }: Details): void {
    const known = [...this.#tags.children].map((each) => each.textContent);
    if (known.join("\n") !== tags.join("\n")) {
      this.#tags.replaceChildren(
        ...tags.map((tag) => h("span", { class: "gd-tag gd-clip", text: tag, title: tag })),
      );
    }
    setText(this.#note, note);
    show(this.#note, note !== "");
    setText(this.#addNote, note ? "Edit note" : "Add note");
    setAttribute(this.#addNote, "aria-label", note ? "Edit note" : "Add note");
  }

  #toggle(): void {
    this.#context.set("with_details", this.#context.get("with_details") === false);
    this.update();
  }
}

function pair({ name, text, is_number: isNumber, is_described: isDescribed }: ConfigValue) {
  const value = isNumber ? number(text) : text;
  const dd = h("dd", { text: value, title: text, class: isDescribed ? "gd-muted" : "" });
  return h("div", {}, h("dt", { class: "gd-clip", text: name, title: name }), dd);
}

/** Whole numbers of many digits are grouped; others stay as they were written. */
function number(text: string): string {
  const value = Number(text);
  return Number.isInteger(value) && /^-?\d{4,15}$/.test(text) ? formatCount(value) : text;
}
