/** Head of a card: who, in which state, how far, how fast, how long still; and Stop. */
import { h, setAttribute, setText, show } from "../dom";
import { countsText, facts, fraction, kindText, type Simulation } from "./simulation";
import { StateIcon } from "./state_icon";
import { StopButton, type StopCall } from "./stop_button";

const RULE_COLOURS: Record<string, string> = {
  paused: "var(--jp-warn-color0)",
  failed: "var(--jp-error-color1)",
  lost: "var(--jp-error-color1)",
  cancelled: "var(--gd-muted)",
};

export interface HeaderState {
  sims: readonly Simulation[];
  /** The one simulation, or the group as one. */
  whole: Simulation;
  isGroup: boolean;
  canStop: boolean;
  now: number;
  /** `as of 14:02:31` while the kernel is silent, else "". */
  stale: string;
}

export class Header {
  readonly element: HTMLElement;
  readonly #icon = new StateIcon();
  readonly #name = h("span", { class: "gd-name gd-clip" });
  readonly #kind = h("span", { class: "gd-muted gd-small gd-clip gd-kind gd-middle" });
  readonly #stop: StopButton;
  readonly #word = h("b", { "aria-live": "polite" });
  readonly #percent = h("b", { class: "gd-percent" });
  readonly #steps = h("span", { class: "gd-clip" });
  readonly #rate = h("span", { class: "gd-muted gd-middle" });
  readonly #activity = h("span", { class: "gd-muted gd-clip gd-wide" });
  readonly #elapsed = h("span", { class: "gd-muted" });
  readonly #left = h("span");
  readonly #rule = h("div", { class: "gd-rule", role: "progressbar", label: "Progress" });

  constructor(stop: StopCall, actions: Node, menu: Node) {
    this.#stop = new StopButton(stop, false);
    const right = h("span", { class: "gd-push gd-ends" }, this.#elapsed, this.#left);
    this.element = h(
      "header",
      {},
      h(
        "div",
        { class: "gd-bar gd-head" },
        this.#icon.element,
        this.#name,
        this.#kind,
        h("span", { class: "gd-grow" }),
        actions,
        this.#stop.element,
        menu,
      ),
      h(
        "div",
        { class: "gd-facts" },
        this.#word,
        this.#percent,
        this.#steps,
        this.#rate,
        this.#activity,
        right,
      ),
      this.#rule,
    );
  }

  update(state: HeaderState): void {
    const { sims, whole, isGroup, now } = state;
    this.#icon.update(whole, now);
    setText(this.#name, whole.name, whole.name);
    const kind = kindText(whole);
    const size = isGroup ? `${sims.length} simulations` : "";
    const count = size === whole.name ? "" : size;
    setText(this.#kind, [count, kind].filter(Boolean).join(" · "), kind);
    this.#stop.update(sims, state.canStop, isGroup, now);
    const told = facts(whole, now);
    setText(this.#word, isGroup ? countsText(sims, now) : told.word);
    this.#optional(this.#percent, told.percent);
    this.#optional(this.#steps, told.steps);
    this.#optional(this.#rate, told.rate);
    this.#optional(this.#activity, isGroup || !whole.is_active ? "" : whole.activity);
    setAttribute(this.#activity, "title", whole.activity || null);
    this.#optional(this.#elapsed, state.stale ? "" : told.elapsed);
    setAttribute(this.#elapsed, "class", whole.is_active ? "gd-muted gd-wide" : "gd-muted");
    this.#optional(this.#left, state.stale || told.left);
    this.#updateRule(whole);
  }

  #optional(element: HTMLElement, text: string): void {
    setText(element, text);
    show(element, text !== "");
  }

  #updateRule(sim: Simulation): void {
    const done = fraction(sim);
    const isPlain = sim.state === "succeeded" || sim.state === "deleted";
    const percent = isPlain || done === null ? 0 : done * 100;
    const colour = RULE_COLOURS[sim.state] ?? "var(--gd-accent)";
    setAttribute(this.#rule, "class", isPlain ? "gd-rule is-plain" : "gd-rule");
    this.#rule.style.setProperty("--p", `${percent.toFixed(2)}%`);
    this.#rule.style.setProperty("--pc", colour);
    const value = sim.state === "succeeded" ? 100 : done === null ? null : Math.floor(done * 100);
    setAttribute(this.#rule, "aria-valuenow", value === null ? null : String(value));
  }
}
