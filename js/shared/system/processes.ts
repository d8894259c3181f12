/** What the processes use that execute simulations on this machine. */
import { h, setAttribute, setText, show } from "../dom";
import { formatBytes, plural } from "../format";
import type { ProcessFacts } from "./facts";
import { Whose } from "./whose";

const NONE = "No simulation is executed on this machine now.";

class ProcessRow {
  readonly element = h("tr");
  readonly #whose = new Whose();
  readonly #launcher = h("td", { class: "gd-muted gd-optional" });
  readonly #pid = h("td", { class: "gd-muted gd-optional" });
  readonly #n = h("td", { class: "gd-optional" });
  readonly #cpu = h("span", { class: "gd-num" });
  readonly #meter = h("span", { class: "gd-meter", "aria-hidden": "true" });
  readonly #memory = h("td");
  readonly #gpu = h("td", { class: "gd-gpucell" });

  constructor() {
    this.element.append(
      h("td", {}, this.#whose.element),
      this.#launcher,
      this.#pid,
      this.#n,
      h("td", {}, h("span", { class: "gd-cpucell" }, this.#meter, this.#cpu)),
      this.#memory,
      this.#gpu,
    );
  }

  update(facts: ProcessFacts, cores: number): void {
    this.#whose.update(facts.sims);
    setText(this.#launcher, facts.launcher);
    setText(this.#pid, String(facts.pid));
    setText(this.#n, String(facts.n));
    setText(this.#cpu, facts.cpu === null ? "" : facts.cpu.toFixed(2));
    const share = Math.min((facts.cpu ?? 0) / Math.max(cores, 1), 1);
    this.#meter.style.setProperty("--p", `${Math.round(share * 100)}%`);
    setText(this.#memory, formatBytes(facts.memory));
    setText(this.#gpu, facts.gpu_memory === null ? "" : formatBytes(facts.gpu_memory));
  }
}

export class Processes {
  readonly element: HTMLElement;
  readonly #count = h("span", { class: "gd-small gd-muted" });
  readonly #none = h("p", { class: "gd-small gd-muted gd-none", text: NONE });
  readonly #body = h("tbody");
  readonly #table: HTMLElement;
  readonly #rows = new Map<number, ProcessRow>();

  constructor() {
    const head = (text: string, title: string, name = "") =>
      h("th", { text, title, scope: "col", class: name });
    this.#table = h(
      "table",
      { class: "gd-table gd-processes", label: "Processes of simulations", hidden: true },
      h(
        "thead",
        {},
        h(
          "tr",
          {},
          head("simulation", "What it executes"),
          head("launcher", "How it was started", "gd-optional"),
          head("PID", "Id of the process", "gd-optional"),
          head("processes", "Itself and its children", "gd-optional"),
          head("cores busy", "How many cores it keeps busy, with its children"),
          head("RAM", "Resident memory with its children; what they share counts for each"),
          head("GPU RAM", "Its memory on all GPUs", "gd-gpucell"),
        ),
      ),
      this.#body,
    );
    this.element = h(
      "section",
      { class: "gd-syssection", label: "Processes" },
      h("div", { class: "gd-bar gd-syshead" }, h("h2", { text: "Processes" }), this.#count),
      this.#none,
      this.#table,
    );
  }

  update(processes: readonly ProcessFacts[], cores: number): void {
    const n = processes.reduce((sum, each) => sum + each.sims.length, 0);
    setText(this.#count, n ? `of ${plural(n, "simulation", "simulations")}` : "");
    show(this.#none, processes.length === 0);
    show(this.#table, processes.length > 0);
    const hasGpu = processes.some((each) => each.gpu_memory !== null);
    setAttribute(this.#table, "data-gpu", hasGpu ? "" : null);
    const gone = new Set(this.#rows.keys());
    for (const facts of processes) {
      gone.delete(facts.pid);
      let row = this.#rows.get(facts.pid);
      if (!row) {
        row = new ProcessRow();
        this.#rows.set(facts.pid, row);
        this.#body.append(row.element);
      }
      row.update(facts, cores);
    }
    for (const pid of gone) {
      this.#rows.get(pid)?.element.remove();
      this.#rows.delete(pid);
    }
  }
}
