/** Says that the kernel does not hear, when it will, and how to stop a simulation meanwhile. */
import { h, show } from "./dom";

const BUSY = "The kernel is busy with a cell and answers afterwards.";
const AWAY = "The kernel cannot be reached right now. What was asked waits until it can.";
const SILENT = "The kernel has not answered yet.";
/** Of more simulations than these a command would be unreadable. */
const MOST_NAMED = 3;

/** What can be stopped, and how a terminal reaches the project. */
export interface Stoppable {
  /** What a command line for the project begins with; "" where none can be given. */
  commandLine: string;
  /** Simulations that go on; null where they are somebody's choice. */
  ids: readonly string[] | null;
}

export class BusyNote {
  readonly element = h("p", {
    class: "gd-busy gd-panel-stale gd-muted",
    role: "status",
    hidden: true,
  });
  readonly #model: unknown;
  readonly #stoppable: () => Stoppable | null;
  #said = "";

  constructor(model: unknown, stoppable: () => Stoppable | null) {
    this.#model = model;
    this.#stoppable = stoppable;
  }

  update(isUnheard: boolean): void {
    show(this.element, isUnheard);
    const why = isUnheard ? whyUnheard(this.#model) : "";
    const command = isUnheard ? stopCommand(this.#stoppable()) : "";
    const where = this.element.closest(".gd-side") ? "with" : "from the sidebar or";
    if (this.#said === why + command) return; // it would be read aloud again, and a selection be lost
    this.#said = why + command;
    const code = h("code", { class: "gd-code", text: command });
    const how = command ? [` Stop works ${where} `, code, "."] : [];
    this.element.replaceChildren(why, ...how);
  }
}

/** The command that stops what is shown; "" when there is nothing to stop. */
export function stopCommand(stoppable: Stoppable | null): string {
  if (!stoppable?.commandLine) return "";
  const { commandLine, ids } = stoppable;
  if (ids?.length === 0) return "";
  const named = ids && ids.length <= MOST_NAMED ? ids.map((id) => id.slice(0, 8)) : ["ID"];
  return `${commandLine} stop ${named.join(" ")}`;
}

interface KernelFacts {
  status?: string;
  connectionStatus?: string;
}

/** What the front end knows of the kernel; JupyterLab's widget manager has it, others' may not. */
function whyUnheard(model: unknown): string {
  const manager = (model as { widget_manager?: { kernel?: KernelFacts | null } }).widget_manager;
  const kernel = manager?.kernel;
  if (!kernel) return BUSY;
  if ((kernel.connectionStatus ?? "connected") !== "connected") return AWAY;
  return kernel.status === "idle" ? SILENT : BUSY;
}
