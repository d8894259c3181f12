/** The place of one panel inside another, such as the dashboard; the widget manager makes its view when it is first shown. */
import { h } from "../dom";

interface ChildView {
  el: HTMLElement;
  remove(): void;
}

/** What a slot needs of the front end's widget manager. */
export interface Manager {
  get_model(id: string): Promise<unknown>;
  create_view(model: never, options?: object): Promise<unknown>;
}

const REFERENCE = "IPY_MODEL_";
const FAILED = "This part of the dashboard could not be loaded. Run the cell again.";

export class Slot {
  readonly element: HTMLElement;
  readonly #manager: Manager | undefined;
  readonly #failed: string;
  #reference = "";
  #view: ChildView | null = null;

  constructor(manager: unknown, signal: AbortSignal, name = "gd-dash-slot", failed = FAILED) {
    this.element = h("div", { class: name });
    this.#failed = failed;
    this.#manager = manager as Manager | undefined;
    signal.addEventListener("abort", () => this.#view?.remove());
  }

  /** Show the widget of a reference such as `IPY_MODEL_1234`; the same one again does nothing. */
  async show(reference: string | undefined): Promise<void> {
    if (!reference || reference === this.#reference) return;
    this.#reference = reference;
    try {
      if (!this.#manager) throw new Error(this.#failed);
      const model = await this.#manager.get_model(reference.slice(REFERENCE.length));
      const view = (await this.#manager.create_view(model as never)) as ChildView;
      if (reference !== this.#reference) return view.remove();
      this.#view?.remove();
      this.#view = view;
      this.element.replaceChildren(view.el);
    } catch {
      this.#reference = "";
      this.element.replaceChildren(h("p", { class: "gd-empty gd-muted", text: this.#failed }));
    }
  }
}
