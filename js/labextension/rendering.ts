/** Views of a kernel's widgets outside of a cell, by the widget manager that a rendermime belongs to. */
import { type IRenderMimeRegistry, MimeModel } from "@jupyterlab/rendermime";
import { MessageLoop } from "@lumino/messaging";
import { Widget } from "@lumino/widgets";

export const WIDGET_MIME = "application/vnd.jupyter.widget-view+json";

/** What is wrong when JupyterLab cannot show widgets at all. */
export const NO_WIDGETS =
  "JupyterLab cannot show widgets: its extension @jupyter-widgets/jupyterlab-manager is missing or " +
  "disabled. Install it where JupyterLab runs (pip install jupyterlab-widgets) or enable it, " +
  "then load this page again.";

const READY_MS = 20_000;
const LOOK_MS = 50;

/** One view for each widget model, made when it is first wanted. */
export class Views {
  readonly #rendermime: IRenderMimeRegistry;
  readonly #global: IRenderMimeRegistry;
  readonly #onLost: () => void;
  readonly #views = new Map<string, Promise<Widget>>();

  /**
   * @param rendermime That of a notebook, or one given to the widget manager.
   * @param global JupyterLab's own, whose widgets belong to no kernel.
   * @param onLost Called when the widget manager took a view away, as it does when a kernel restarts.
   */
  constructor(rendermime: IRenderMimeRegistry, global: IRenderMimeRegistry, onLost: () => void) {
    this.#onLost = onLost;
    this.#rendermime = rendermime;
    this.#global = global;
  }

  /** The view of a model; the same one until it is disposed. */
  async of(modelId: string): Promise<Widget> {
    const known = await this.#views.get(modelId)?.catch(() => null);
    if (known && !known.isDisposed) return known;
    const view = this.#render(modelId);
    this.#views.set(modelId, view);
    return view;
  }

  /** Dispose all views: their kernel's process is gone. */
  clear(): void {
    const views = [...this.#views.values()];
    this.#views.clear();
    for (const view of views) {
      view.then((widget) => widget.dispose()).catch(() => {});
    }
  }

  async #render(modelId: string): Promise<Widget> {
    await this.#isReady();
    const renderer = this.#rendermime.createRenderer(WIDGET_MIME);
    // Every renderer of JupyterLab is a widget; this one has the view in it.
    const widget = renderer as unknown as Widget;
    MessageLoop.installMessageHook(widget, (_, message) => {
      if (message instanceof Widget.ChildMessage && message.type === "child-added") {
        message.child.disposed.connect(() => this.#onViewGone(widget));
      }
      return true;
    });
    const data = { version_major: 2, version_minor: 0, model_id: modelId };
    await renderer.renderModel(new MimeModel({ trusted: true, data: { [WIDGET_MIME]: data } }));
    return widget;
  }

  /** What is left is an empty place; another view is made when it is asked for. */
  #onViewGone(widget: Widget): void {
    if (widget.isDisposed) return;
    queueMicrotask(() => {
      widget.dispose();
      this.#onLost();
    });
  }

  /** Until a kernel's widget manager is there, the factory is JupyterLab's, which waits for ever. */
  async #isReady(): Promise<void> {
    const placeholder = this.#global.getFactory(WIDGET_MIME);
    const until = Date.now() + READY_MS;
    while (true) {
      const factory = this.#rendermime.getFactory(WIDGET_MIME);
      if (factory && factory !== placeholder) return;
      if (Date.now() > until) {
        if (!placeholder) throw new Error(NO_WIDGETS);
        throw new Error("The kernel's widgets did not get ready in 20 s. Load this page again.");
      }
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  }
}
