/** The kernels of notebooks that have imported gymdash_jupyter. */
import type { INotebookTracker } from "@jupyterlab/notebook";
import type { IRenderMimeRegistry } from "@jupyterlab/rendermime";
import { type ISignal, Signal } from "@lumino/signaling";
import type { Source } from "./source";

export class NotebookSources {
  readonly #changed = new Signal<NotebookSources, void>(this);

  /** @param _rendermime JupyterLab's own, not a notebook's. */
  constructor(_tracker: INotebookTracker, _rendermime: IRenderMimeRegistry) {}

  /** That of the active notebook, if it has said hello. */
  get current(): Source | null {
    return null;
  }

  get all(): Iterable<Source> {
    return [];
  }

  /** `current`, `all` or something of one of them changed. */
  get changed(): ISignal<NotebookSources, void> {
    return this.#changed;
  }
}
