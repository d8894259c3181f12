/**
 * What panels ask of JupyterLab, as their DOM events say it. Pure.
 *
 * The output of a cell could forge such an event, so nothing is believed: an id is an id, a folder is a path.
 */
import { isAbsolute } from "./paths";

export interface Wish {
  readonly action: "open-dashboard" | "insert-watch" | "open-folder" | "start";
  /** Absolute. */
  readonly project: string;
  /** "" where the action has none. */
  readonly simId: string;
}

const ACTIONS = ["open-dashboard", "insert-watch", "open-folder", "start"] as const;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const LONGEST_PATH = 4096;

/** Read an event's detail; null for what is no wish. */
export function readWish(detail: unknown): Wish | null {
  if (typeof detail !== "object" || detail === null) return null;
  const { action, project, sim_id } = detail as Record<string, unknown>;
  const known = ACTIONS.find((each) => each === action);
  if (!known || !isFolder(project)) return null;
  if (sim_id === undefined || sim_id === null) {
    return known === "insert-watch" || known === "open-folder"
      ? null
      : { action: known, project, simId: "" };
  }
  if (typeof sim_id !== "string" || !UUID.test(sim_id)) return null;
  return { action: known, project, simId: sim_id.toLowerCase() };
}

function isFolder(value: unknown): value is string {
  if (typeof value !== "string" || value.length > LONGEST_PATH || !isAbsolute(value)) return false;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be in it
  return !/[\u0000-\u001f\u007f]/.test(value) && !value.split(/[\\/]/).includes("..");
}

/** The lines that show a simulation live; `isOpen` when the notebook has its project open already. */
export function watchLines({ project, simId }: Wish, isOpen: boolean): string {
  const watch = `gd.watch("${simId}")`;
  if (isOpen) return watch;
  // JSON's text is Python's, too: what is in a path stays inside its quotes.
  const folder = JSON.stringify(project);
  return `import gymdash_jupyter as gd\n\ngd.open_project(${folder})\n${watch}`;
}

/** Where a simulation's files are. */
export function simulationFolder({ project, simId }: Wish): string {
  return `${project.replaceAll("\\", "/").replace(/\/$/, "")}/sims/${simId}`;
}
