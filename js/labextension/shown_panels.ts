/** The panels of the kernels that were shown: one is seen, the others wait hidden. */
import type { Panel, Widget } from "@lumino/widgets";
import type { Source } from "./source";
import type { Message } from "./source_message";

interface View {
  readonly project: string | null;
  widget: Widget | null;
  trouble: string;
}

export class ShownPanels {
  readonly #parent: Panel;
  readonly #onChange: () => void;
  readonly #views = new Map<Source, View>();

  constructor(parent: Panel, onChange: () => void) {
    this.#parent = parent;
    this.#onChange = onChange;
  }

  /** Show one, hide the others; null hides all. */
  show(shown: Source | null): void {
    this.#removeGone();
    for (const [source, { widget }] of this.#views) widget?.setHidden(source !== shown);
    if (shown) this.#view(shown)?.widget?.show();
  }

  /** Say what keeps a panel from being seen; null when nothing does. Asks for it the first time. */
  messageOf(source: Source): Message | null {
    const { widget, trouble } = this.#view(source);
    if (trouble) {
      const next = "Simulations are not touched by this: they go on.";
      return { kind: "failed", text: trouble, next, canRetry: true };
    }
    return widget ? null : { kind: "loading", text: "", next: "", canRetry: false };
  }

  /** Ask for it again the next time. */
  forget(source: Source): void {
    const view = this.#views.get(source);
    this.#views.delete(source);
    if (view?.widget && !view.widget.isDisposed) view.widget.parent = null;
  }

  #view(source: Source): View {
    const project = source.state?.project ?? null;
    const known = this.#views.get(source);
    if (known && known.project === project && !known.widget?.isDisposed) return known;
    this.forget(source);
    const view: View = { project, widget: null, trouble: "" };
    this.#views.set(source, view);
    void this.#fill(source, view);
    return view;
  }

  async #fill(source: Source, view: View): Promise<void> {
    try {
      const widget = await source.panel();
      if (this.#views.get(source) !== view) return; // another one took its place
      view.widget = widget;
      widget.addClass("gd-shell-body");
      widget.hide();
      this.#parent.addWidget(widget);
    } catch (error) {
      view.trouble = error instanceof Error ? error.message : String(error);
    }
    this.#onChange();
  }

  /** A kernel that restarted makes a new panel. */
  #removeGone(): void {
    for (const source of [...this.#views.keys()]) {
      if (source.isDisposed || source.phase !== "ready") this.forget(source);
    }
  }
}
