/** The simulations of a group as rows: colour, state, name, what it does, progress, last value, Stop. */
import { h, setAttribute, setText } from "../dom";
import { formatPercent, formatValue } from "../format";
import { seriesLook, stripe } from "../theme";
import { fraction, type Simulation, stateWord } from "./simulation";
import { StateIcon } from "./state_icon";
import { StopButton, type StopCall } from "./stop_button";

export interface LegendCalls {
  stop: StopCall;
  onLift(id: string | null): void;
  /** Alone: hide all others, or show all again. */
  onToggle(id: string, isAlone: boolean): void;
}

export interface LegendState {
  sims: readonly Simulation[];
  hidden: ReadonlySet<string>;
  last: ReadonlyMap<string, number>;
  canStop: boolean;
  now: number;
}

export class Legend {
  readonly element: HTMLElement;
  readonly #list = h("div", { role: "list", label: "Simulations" });
  readonly #calls: LegendCalls;
  #rows = new Map<string, LegendRow>();

  constructor(calls: LegendCalls) {
    this.#calls = calls;
    this.element = h(
      "div",
      { class: "gd-legend" },
      h(
        "div",
        { class: "gd-bar gd-small gd-muted gd-legendhead", "aria-hidden": "true" },
        h("span", { class: "gd-push gd-num", text: "progress" }),
        h("span", { class: "gd-num", text: "last" }),
        h("span", { class: "gd-legendend" }),
      ),
      this.#list,
    );
  }

  update(state: LegendState): void {
    const ids = state.sims.map((sim) => sim.id);
    if (ids.join() !== [...this.#rows.keys()].join()) {
      this.#rows = new Map(ids.map((id, i) => [id, new LegendRow(id, i, this.#calls)]));
      this.#list.replaceChildren(...[...this.#rows.values()].map((row) => row.element));
    }
    for (const sim of state.sims) this.#rows.get(sim.id)?.update(sim, state);
  }
}

class LegendRow {
  readonly element: HTMLElement;
  readonly #swatch: HTMLButtonElement;
  readonly #icon = new StateIcon();
  readonly #name = h("span", { class: "gd-clip gd-legendname" });
  readonly #word = h("span", { class: "gd-muted gd-legendword gd-middle" });
  readonly #latest = h("span", { class: "gd-muted gd-grow gd-clip gd-wide" });
  readonly #progress = h("span", { class: "gd-push gd-num" });
  readonly #last = h("span", { class: "gd-num" });
  readonly #stop: StopButton;

  constructor(id: string, index: number, calls: LegendCalls) {
    this.#stop = new StopButton(calls.stop, true);
    const look = seriesLook(index);
    const swatch = h("i", { class: "gd-swatch" });
    stripe(swatch, look.dash);
    this.#swatch = h("button", { class: "gd-swatchbutton", type: "button" }, swatch);
    this.#swatch.style.setProperty("--c", look.colour);
    this.#swatch.addEventListener("click", (event) => calls.onToggle(id, event.altKey));
    this.element = h(
      "div",
      { class: "gd-fold gd-legendrow", role: "listitem" },
      this.#swatch,
      this.#icon.element,
      this.#name,
      this.#word,
      this.#latest,
      this.#progress,
      this.#last,
      this.#stop.element,
    );
    this.element.addEventListener("pointerenter", () => calls.onLift(id));
    this.element.addEventListener("pointerleave", () => calls.onLift(null));
    this.element.addEventListener("focusin", () => calls.onLift(id));
    this.element.addEventListener("focusout", () => calls.onLift(null));
  }

  update(sim: Simulation, state: LegendState): void {
    const isHidden = state.hidden.has(sim.id);
    setAttribute(this.#swatch, "aria-pressed", String(!isHidden));
    const does = `${isHidden ? "Show" : "Hide"} ${sim.name} in the chart`;
    setAttribute(this.#swatch, "title", `${does} (with Alt: only this one)`);
    setAttribute(this.#swatch, "aria-label", does);
    this.#icon.update(sim, state.now);
    setText(this.#name, sim.name, sim.name);
    setText(this.#word, stateWord(sim, state.now));
    const latest = latestWords(sim);
    setText(this.#latest, latest, latest);
    const done = fraction(sim);
    const shown = sim.state === "succeeded" ? 1 : done;
    setText(this.#progress, shown === null ? "" : formatPercent(shown));
    const last = state.last.get(sim.id);
    setText(this.#last, last === undefined ? "" : formatValue(last));
    this.#stop.update([sim], state.canStop, false, state.now);
  }
}

function latestWords(sim: Simulation): string {
  if (sim.error) return [sim.error.type, sim.error.message].filter(Boolean).join(": ");
  return (sim.is_active && sim.activity) || sim.latest?.text || "";
}
