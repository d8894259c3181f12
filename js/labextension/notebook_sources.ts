/** The kernels of notebooks that have imported gymdash_jupyter. */
import type { ISessionContext } from "@jupyterlab/apputils";
import { PathExt } from "@jupyterlab/coreutils";
import type { INotebookTracker, NotebookPanel } from "@jupyterlab/notebook";
import type { IRenderMimeRegistry } from "@jupyterlab/rendermime";
import { type ISignal, Signal } from "@lumino/signaling";
import { KernelEnd } from "./kernel_end";
import { KernelSource } from "./kernel_source";
import { Views } from "./rendering";
import type { Phase, Source } from "./source";

class NotebookSource extends KernelSource {
  readonly kind = "notebook";
  readonly #context: ISessionContext;
  readonly #views: Views;

  constructor(panel: NotebookPanel, rendermime: IRenderMimeRegistry) {
    const { sessionContext } = panel;
    super(new KernelEnd(sessionContext));
    this.#context = sessionContext;
    // The notebook's own widget manager draws; it goes with the notebook.
    this.#views = new Views(panel.content.rendermime, rendermime, () => this.tell());
    this.end.changed.connect(() => {
      if (!this.end.link) this.#views.clear();
    });
    sessionContext.propertyChanged.connect(this.tell, this);
  }

  get name(): string {
    return PathExt.basename(this.#context.path);
  }

  get kernelId(): string {
    return this.#context.session?.kernel?.id ?? "";
  }

  /** Whether the kernel said hello. */
  get isLinked(): boolean {
    return this.end.link !== null;
  }

  get phase(): Phase {
    if (this.end.link) return this.state ? "ready" : "starting";
    const { status } = this.#context.session?.kernel ?? {};
    return status === "restarting" || status === "autorestarting" ? "restarting" : "gone";
  }

  protected async views(): Promise<Views> {
    return this.#views;
  }

  override dispose(): void {
    if (this.isDisposed) return;
    this.#views.clear();
    super.dispose();
  }
}

export class NotebookSources {
  readonly #tracker: INotebookTracker;
  readonly #rendermime: IRenderMimeRegistry;
  readonly #sources = new Map<ISessionContext, NotebookSource>();
  readonly #changed = new Signal<NotebookSources, void>(this);

  /** @param rendermime JupyterLab's own, not a notebook's. */
  constructor(tracker: INotebookTracker, rendermime: IRenderMimeRegistry) {
    this.#tracker = tracker;
    this.#rendermime = rendermime;
    tracker.forEach((panel) => {
      this.#add(panel);
    });
    tracker.widgetAdded.connect((_, panel) => this.#add(panel));
    tracker.currentChanged.connect(() => this.#changed.emit());
  }

  /** That of the active notebook, if it has said hello. */
  get current(): Source | null {
    const panel = this.#tracker.currentWidget;
    if (!panel || panel.isDisposed) return null;
    const source = this.#sources.get(panel.sessionContext);
    if (source?.isLinked) return source;
    // Of two notebooks with one kernel, only the first hears it.
    const kernelId = source?.kernelId;
    return (kernelId && [...this.all].find((other) => other.kernelId === kernelId)) || null;
  }

  /** Those that have said hello. */
  get all(): Iterable<NotebookSource> {
    return [...this.#sources.values()].filter((source) => source.isLinked);
  }

  /** `current`, `all` or something of one of them changed. */
  get changed(): ISignal<NotebookSources, void> {
    return this.#changed;
  }

  #add(panel: NotebookPanel): void {
    const { sessionContext } = panel;
    if (this.#sources.has(sessionContext)) return; // another view of the same notebook
    const source = new NotebookSource(panel, this.#rendermime);
    this.#sources.set(sessionContext, source);
    source.changed.connect(() => this.#changed.emit());
    sessionContext.disposed.connect(() => {
      this.#sources.delete(sessionContext);
      source.dispose();
      this.#changed.emit();
    });
  }
}
