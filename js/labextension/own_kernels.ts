/** The kernels that projects have of their own. */
import type { JupyterFrontEnd } from "@jupyterlab/application";
import type { IRenderMimeRegistry } from "@jupyterlab/rendermime";
import { type ISignal, Signal } from "@lumino/signaling";
import type { OpenOptions, Source } from "./source";

/** Kernels outlive this: a page that goes away shuts none down. */
export class OwnKernels {
  readonly #changed = new Signal<OwnKernels, void>(this);

  /** @param _kernelName Name of the kernelspec for new kernels; "" for the server's default. */
  constructor(
    _app: JupyterFrontEnd,
    _rendermime: IRenderMimeRegistry,
    _kernelName: () => string = () => "",
  ) {}

  /** Another source runs, or one runs no longer. */
  get changed(): ISignal<OwnKernels, void> {
    return this.#changed;
  }

  /** Those of this page. */
  running(): Iterable<Source> {
    return [];
  }

  /**
   * Open a project in a kernel of its own; the same source as long as it runs.
   *
   * @param project Its folder: absolute, from the home folder (`~/...`), or seen from the server's root.
   * @throws Error with one or two sentences for people.
   */
  async open(project: string, _options: OpenOptions = {}): Promise<Source> {
    throw new Error(`${project} cannot be opened yet.`);
  }

  /** Shut a project's kernel down; simulations in processes of their own go on. */
  async close(_project: string): Promise<void> {}
}
