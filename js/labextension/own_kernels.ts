/** The kernels that projects have of their own. */
import type { JupyterFrontEnd } from "@jupyterlab/application";
import { PageConfig } from "@jupyterlab/coreutils";
import type { IRenderMimeRegistry } from "@jupyterlab/rendermime";
import { type ISignal, Signal } from "@lumino/signaling";
import { OwnKernel } from "./own_kernel";
import { absolutePath, projectName } from "./paths";
import { serverRoot } from "./server_place";
import type { OpenOptions, Source } from "./source";

/** Kernels outlive this: a page that goes away shuts none down. */
export class OwnKernels {
  readonly #app: JupyterFrontEnd;
  readonly #rendermime: IRenderMimeRegistry;
  readonly #kernelName: () => string;
  readonly #changed = new Signal<OwnKernels, void>(this);
  /** By the path of their session. */
  readonly #kernels = new Map<string, { source: OwnKernel; opened: Promise<void> }>();

  /** @param kernelName Name of the kernelspec for new kernels; "" for the server's default. */
  constructor(
    app: JupyterFrontEnd,
    rendermime: IRenderMimeRegistry,
    kernelName: () => string = () => "",
  ) {
    this.#app = app;
    this.#rendermime = rendermime;
    this.#kernelName = kernelName;
  }

  /** Another source runs, or one runs no longer. */
  get changed(): ISignal<OwnKernels, void> {
    return this.#changed;
  }

  /** Those of this page. */
  running(): Iterable<Source> {
    return [...this.#kernels.values()].map(({ source }) => source);
  }

  /**
   * Open a project in a kernel of its own; the same source as long as it runs.
   *
   * @param project Its folder: absolute, from the home folder (`~/...`), or seen from the server's root.
   * @throws Error with one or two sentences for people.
   */
  async open(project: string, options: OpenOptions = {}): Promise<Source> {
    const folder = this.#folder(project);
    const known = this.#find(folder);
    if (known) {
      const { source, opened } = known;
      await opened.catch(() => {}); // whoever opened it hears of it
      const isLost = source.isDisposed || source.phase === "failed" || source.phase === "gone";
      if (!isLost) return source;
      await this.#end(source);
    }
    return await this.#start(folder, options);
  }

  /** Shut a project's kernel down; simulations in processes of their own go on. */
  async close(project: string): Promise<void> {
    const known = this.#find(this.#folder(project));
    if (known) await this.#end(known.source);
  }

  async #start(folder: string, options: OpenOptions): Promise<Source> {
    const given = { kernel: this.#kernelName(), ...options };
    const path = sessionPath(folder);
    const parts = { app: this.#app, rendermime: this.#rendermime, folder, path };
    const source = new OwnKernel({ ...parts, title: `GymDash ${projectName(folder)}` }, given);
    const opened = source.start(given);
    this.#kernels.set(path, { source, opened });
    source.changed.connect(() => {
      if (source.isDisposed && this.#kernels.get(path)?.source === source) {
        this.#kernels.delete(path);
      }
      this.#changed.emit();
    });
    try {
      await opened;
    } catch (error) {
      // One that another page uses is left alone.
      if (given.attachOnly) source.dispose();
      else await this.#end(source);
      throw error;
    }
    this.#changed.emit();
    return source;
  }

  async #end(source: OwnKernel): Promise<void> {
    try {
      await source.shutdown();
    } catch {
      // It has ended already, or the server is away.
    }
  }

  #find(folder: string): { source: OwnKernel; opened: Promise<void> } | undefined {
    const byPath = this.#kernels.get(sessionPath(folder));
    if (byPath) return byPath;
    return [...this.#kernels.values()].find(({ source }) => source.state?.project === folder);
  }

  /** Absolute, or from `~` on where the home folder is not known. */
  #folder(project: string): string {
    const root = serverRoot();
    const path = absolutePath(project, root, this.#home());
    if (path !== null) return path;
    return /^~/.test(project.trim()) ? project.trim() : `${root}/${project.trim()}`;
  }

  #home(): string {
    for (const { source } of this.#kernels.values()) {
      if (source.state?.home) return source.state.home;
    }
    // Before a kernel has said it: where Jupyter keeps a person's settings, unless told otherwise.
    const settings = PageConfig.getOption("userSettingsDir").replaceAll("\\", "/");
    return /^(.+)\/\.jupyter\/lab\/user-settings\/?$/.exec(settings)?.[1] ?? "";
  }
}

/** The server takes any text; no file is made or looked for there. */
function sessionPath(folder: string): string {
  return `GymDash/${folder.replaceAll("\\", "/").replace(/^\/+/, "")}`;
}
