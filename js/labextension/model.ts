/** Which project the sidebar shows, from which kernel, and what a person does with it; no pictures. */
import { type ISignal, Signal } from "@lumino/signaling";
import { chooseSource } from "./choice";
import { shortPath } from "./paths";
import type { Recents } from "./recents";
import type { Settings } from "./settings";
import type { OpenOptions, ProjectState, Source } from "./source";

/** The kernels of notebooks that have imported gymdash_jupyter. */
export interface Notebooks {
  /** Of the active notebook. */
  readonly current: Source | null;
  readonly changed: ISignal<unknown, unknown>;
  readonly all: Iterable<Source>;
}

/** The kernels that projects have of their own. */
export interface Owns {
  open(project: string, options?: OpenOptions): Promise<Source>;
  running(): Iterable<Source>;
  readonly changed: ISignal<unknown, unknown>;
  close(project: string): Promise<void>;
}

/** A project that could not be opened. */
export interface Failure {
  readonly project: string;
  readonly reason: string;
}

interface Parts {
  readonly notebooks: Notebooks;
  readonly owns: Owns;
  readonly settings: Settings;
  readonly recents: Recents;
}

export class SidebarModel {
  readonly notebooks: Notebooks;
  readonly owns: Owns;
  readonly settings: Settings;
  readonly recents: Recents;
  readonly #changed = new Signal<SidebarModel, void>(this);
  readonly #watched = new Set<Source>();
  /** What each source was last told of the settings. */
  readonly #told = new WeakMap<Source, string>();
  #own: Source | null = null;
  #isPinned = false;
  /** Whether somebody closed what was shown, and nothing was opened since. */
  #isClosed = false;
  #notebook: Source | null = null;
  #opening: string | null = null;
  #failure: Failure | null = null;

  constructor({ notebooks, owns, settings, recents }: Parts) {
    this.notebooks = notebooks;
    this.owns = owns;
    this.settings = settings;
    this.recents = recents;
    notebooks.changed.connect(() => this.#onNotebook());
    owns.changed.connect(() => this.#onChange());
    settings.changed.connect(() => this.#onChange());
    recents.changed.connect(() => this.#changed.emit());
    this.#onNotebook();
  }

  get changed(): ISignal<SidebarModel, void> {
    return this.#changed;
  }

  /** The kernel that is shown. */
  get shown(): Source | null {
    const notebook = this.#notebook;
    return chooseSource({
      isFollowing: this.settings.values.isFollowing,
      notebook,
      // One that is too busy to answer after a reload has its project still.
      notebookHasProject: Boolean(notebook?.state?.project) || notebook?.isBusyDeaf === true,
      own: this.#own ?? (this.#isClosed ? null : this.#findRunning()),
      isPinned: this.#isPinned,
    });
  }

  /** The kernel of an open dashboard, for want of something better. */
  #findRunning(): Source | null {
    for (const source of this.owns.running()) {
      if (isReady(source) && source.state?.project) return source;
    }
    return null;
  }

  /** The kernel of the project that was chosen, shown or not. */
  get own(): Source | null {
    return this.#own;
  }

  /** The project that is being opened. */
  get opening(): string | null {
    return this.#opening;
  }

  get failure(): Failure | null {
    return this.#failure;
  }

  /** What goes on in the project that is shown. */
  get state(): ProjectState | null {
    return this.shown?.state ?? null;
  }

  /** The project that is meant by "the project", absolute where it is known. */
  get project(): string {
    const { project } = this.state ?? {};
    return project ?? this.#opening ?? this.recents.chosen ?? this.#fallback;
  }

  get #fallback(): string {
    return this.recents.all[0]?.project ?? this.settings.values.project;
  }

  /** Open control requests: of what is shown, else of all that run. */
  get requests(): number {
    if (this.state) return this.state.open_requests;
    let count = 0;
    for (const source of this.owns.running()) count += source.state?.open_requests ?? 0;
    return count;
  }

  /** Show a project in a kernel of its own, and stay with it while the same notebook is active. */
  async open(project: string, options: OpenOptions = {}): Promise<Source | null> {
    this.#opening = options.attachOnly ? null : project;
    this.#isClosed = false;
    this.#failure = null;
    this.#changed.emit();
    try {
      const source = await this.owns.open(project, {
        kernel: this.settings.values.kernel,
        ...options,
      });
      this.#own = source;
      this.#isPinned = !options.attachOnly;
      this.recents.choose(source.state?.project ?? project);
      return source;
    } catch (error) {
      // A kernel that ended while the page was away is no news.
      if (options.attachOnly) return null;
      this.#failure = { project, reason: error instanceof Error ? error.message : String(error) };
      return null;
    } finally {
      if (this.#opening === project) this.#opening = null;
      this.#onChange();
    }
  }

  /** Find the project again that was shown before the page was loaded; starts nothing. */
  async restore(): Promise<void> {
    await this.recents.load();
    const { chosen } = this.recents;
    if (chosen !== null) await this.open(chosen, { attachOnly: true });
  }

  /** Leave the project that was chosen; its own kernel ends unless a dashboard shows it. */
  async close(isShownElsewhere: (project: string) => boolean = () => false): Promise<void> {
    const own = this.#own;
    const project = own?.state?.project ?? this.recents.chosen;
    this.#own = null;
    this.#isPinned = false;
    this.#isClosed = true;
    this.#failure = null;
    this.recents.choose(null);
    this.#onChange();
    if (own && project !== null && !isShownElsewhere(project)) await this.owns.close(project);
  }

  /** Show the active notebook's project again. */
  async showNotebook(): Promise<void> {
    this.#isPinned = false;
    await this.settings.follow(true);
  }

  /** Whether a project's own kernel is kept for the sidebar. */
  uses(project: string): boolean {
    return this.#own?.state?.project === project || this.#opening === project;
  }

  forgetFailure(): void {
    this.#failure = null;
    this.#changed.emit();
  }

  /** Show the form that starts simulations; a project is opened for it if need be. */
  async start(): Promise<void> {
    const source = this.shown ?? (await this.open(this.project));
    await source?.ask("start");
  }

  #onNotebook(): void {
    const { current } = this.notebooks;
    if (current !== this.#notebook) {
      this.#isPinned = false; // somebody turned to another notebook
      this.#isClosed = false;
    }
    this.#notebook = current;
    this.#onChange();
  }

  #onChange(): void {
    this.#watch();
    this.#remember();
    this.#tellSettings();
    this.#changed.emit();
  }

  /** The chosen project's kernel, when a dashboard has started it anew. */
  #findChosen(): Source | null {
    const { chosen } = this.recents;
    if (chosen === null) return null;
    for (const source of this.owns.running()) {
      if (isReady(source) && source.state?.project === chosen) return source;
    }
    return null;
  }

  #watch(): void {
    if (this.#own?.isDisposed) this.#own = null;
    this.#own ??= this.#findChosen();
    for (const source of this.#watched) if (source.isDisposed) this.#watched.delete(source);
    for (const source of [...this.notebooks.all, ...this.owns.running()]) {
      if (this.#watched.has(source)) continue;
      this.#watched.add(source);
      source.changed.connect(this.#onSource, this);
    }
  }

  #onSource(): void {
    this.#onChange();
  }

  #remember(): void {
    const { state } = this;
    if (!state?.project) return;
    this.recents.add({ project: state.project, place: state.place || shortPath(state.project) });
  }

  #tellSettings(): void {
    const refresh_s = this.settings.values.refreshSeconds;
    for (const source of this.#watched) {
      if (!source.state || this.#told.get(source) === String(refresh_s)) continue;
      this.#told.set(source, String(refresh_s));
      // A kernel with another version of gymdash_jupyter may not know it.
      source.ask("settings", { refresh_s }).catch(() => {});
    }
  }
}

function isReady({ phase, isDisposed }: Source): boolean {
  return phase === "ready" && !isDisposed;
}
