/** The projects that were open in this JupyterLab, newest first. */
import type { IStateDB } from "@jupyterlab/statedb";
import { type ISignal, Signal } from "@lumino/signaling";

export interface Recent {
  /** Absolute. */
  readonly project: string;
  /** As a person reads it. */
  readonly place: string;
}

const KEY = "gymdash-jupyter:projects";
const MOST = 10;

interface Kept {
  readonly recents: readonly Recent[];
  /** The one that was chosen last, null after it was closed. */
  readonly chosen: string | null;
}

/** Put one at the head, once. */
export function withNewest(recents: readonly Recent[], newest: Recent): readonly Recent[] {
  const others = recents.filter(({ project }) => project !== newest.project);
  return [newest, ...others].slice(0, MOST);
}

/** Take what was kept, leaving out what is none. */
export function readKept(value: unknown): Kept {
  const kept = isObject(value) ? value : {};
  const recents = Array.isArray(kept.recents) ? kept.recents.filter(isRecent) : [];
  const chosen = typeof kept.chosen === "string" ? kept.chosen : null;
  return { recents: recents.slice(0, MOST), chosen };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function isRecent(value: unknown): value is Recent {
  return isObject(value) && typeof value.project === "string" && typeof value.place === "string";
}

export class Recents {
  readonly #db: IStateDB | null;
  readonly #changed = new Signal<Recents, void>(this);
  #kept: Kept = { recents: [], chosen: null };

  /** Without a database they last as long as the page. */
  constructor(db: IStateDB | null) {
    this.#db = db;
  }

  get changed(): ISignal<Recents, void> {
    return this.#changed;
  }

  get all(): readonly Recent[] {
    return this.#kept.recents;
  }

  get chosen(): string | null {
    return this.#kept.chosen;
  }

  async load(): Promise<void> {
    const kept = readKept(await this.#db?.fetch(KEY));
    const now = this.#kept; // something may have been opened while it was read
    const recents = now.recents.reduceRight<readonly Recent[]>(withNewest, kept.recents);
    this.#keep({ recents, chosen: now.chosen ?? kept.chosen });
  }

  /** A project is open. */
  add(newest: Recent): void {
    const [first] = this.#kept.recents;
    if (first?.project === newest.project && first.place === newest.place) return;
    this.#keep({ ...this.#kept, recents: withNewest(this.#kept.recents, newest) });
  }

  remove(project: string): void {
    this.#keep({
      recents: this.#kept.recents.filter((recent) => recent.project !== project),
      chosen: this.#kept.chosen === project ? null : this.#kept.chosen,
    });
  }

  choose(project: string | null): void {
    if (project !== this.#kept.chosen) this.#keep({ ...this.#kept, chosen: project });
  }

  #keep(kept: Kept): void {
    this.#kept = kept;
    // As plain JSON: nothing else goes into the database.
    void this.#db?.save(KEY, JSON.parse(JSON.stringify(kept)));
    this.#changed.emit();
  }
}
