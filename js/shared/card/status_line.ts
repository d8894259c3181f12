/** The latest status of a simulation, and the last hundred in a fold. */
import { h, setAttribute, setText, show } from "../dom";
import { formatClock, plural } from "../format";
import { type IconName, icon } from "../icons";
import { Fold, type TraceCall } from "./notes";
import type { ShownStatus, Simulation } from "./simulation";

const STOPPED = 2;

export type StatusesCall = (simId: string) => Promise<ShownStatus[]>;

export class StatusLine {
  readonly element: HTMLElement;
  readonly #icon = h("span", { class: "gd-state" });
  readonly #time = h("span", { class: "gd-muted" });
  readonly #text = h("span", { class: "gd-clip gd-grow" });
  readonly #count = h("span");
  readonly #open: HTMLButtonElement;
  readonly #list = h("div", { class: "gd-statuses", hidden: true, tabindex: 0 });
  readonly #fetch: StatusesCall;
  readonly #fetchTrace: TraceCall;
  #sim: Simulation | null = null;
  #listed = -1;

  constructor(fetch: StatusesCall, fetchTrace: TraceCall) {
    this.#fetch = fetch;
    this.#fetchTrace = fetchTrace;
    this.#open = h(
      "button",
      { class: "gd-btn is-low gd-fold-end", type: "button", "aria-expanded": "false" },
      this.#count,
      icon("down"),
    );
    this.#open.addEventListener("click", () => this.#toggle());
    this.#list.setAttribute("aria-label", "Statuses");
    this.element = h(
      "div",
      {},
      h("div", { class: "gd-status" }, this.#icon, this.#time, this.#text, this.#open),
      this.#list,
    );
  }

  update(sim: Simulation): void {
    this.#sim = sim;
    const { latest } = sim;
    this.#icon.replaceChildren(latest ? statusIcon(latest) : icon("info", "is-muted"));
    setText(this.#time, latest?.time ? formatClock(latest.time) : "");
    show(this.#time, Boolean(latest?.time));
    const words = latest ? latest.text || "No words" : "No statuses yet.";
    setText(this.#text, words, words);
    setAttribute(this.#text, "class", latest ? "gd-clip gd-grow" : "gd-clip gd-grow gd-muted");
    show(this.#open, sim.status_count > 0);
    setText(this.#count, plural(sim.status_count, "status", "statuses"));
    if (!this.#list.hasAttribute("hidden") && sim.status_count !== this.#listed)
      void this.#refresh();
  }

  #toggle(): void {
    const isOpen = this.#list.hasAttribute("hidden");
    setAttribute(this.#open, "aria-expanded", String(isOpen));
    show(this.#list, isOpen);
    if (isOpen) void this.#refresh();
  }

  async #refresh(): Promise<void> {
    const sim = this.#sim;
    if (!sim) return;
    this.#listed = sim.status_count;
    try {
      const statuses = await this.#fetch(sim.id);
      const rows = statuses.map((status) => this.#row(sim, status));
      const hidden = sim.status_count - statuses.length;
      if (hidden > 0) {
        const words = `${plural(hidden, "older status is", "older statuses are")} in the project.`;
        rows.push(h("div", { class: "gd-muted gd-statusrow", text: words }));
      }
      this.#list.replaceChildren(...rows);
    } catch (error) {
      this.#listed = -1;
      this.#list.replaceChildren(h("div", { class: "gd-muted", text: String(error) }));
    }
  }

  #row(sim: Simulation, status: ShownStatus): HTMLElement {
    const row = h(
      "div",
      { class: "gd-statusrow" },
      statusIcon(status),
      h("span", { class: "gd-muted", text: status.time ? formatClock(status.time) : "" }),
      h("span", { class: "gd-words", text: status.text || "No words" }),
    );
    if (!status.has_trace || status.number === undefined) return row;
    const { number } = status;
    const fold = new Fold();
    fold.say("Trace");
    const trace = h("pre", { class: "gd-trace", hidden: true, tabindex: 0, label: "Trace" });
    fold.button.addEventListener("click", async () => {
      const isOpen = fold.toggle();
      if (isOpen && !trace.textContent) {
        trace.textContent = await this.#fetchTrace(sim.id, number).catch(String);
      }
      show(trace, isOpen);
    });
    row.append(fold.button);
    return h("div", {}, row, trace);
  }
}

export function statusIcon(status: ShownStatus): SVGSVGElement {
  const [name, colour]: [IconName, string] =
    status.code === "success"
      ? ["check", "is-muted"]
      : status.code === "info"
        ? ["info", "is-muted"]
        : status.subcode === STOPPED
          ? ["state-cancelled", "is-muted"]
          : ["warn", "is-warn"];
  return icon(name, colour);
}
