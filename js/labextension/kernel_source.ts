/** What a notebook's kernel and a project's own have in common as sources of panels. */
import { type ISignal, Signal } from "@lumino/signaling";
import type { Widget } from "@lumino/widgets";
import type { KernelEnd } from "./kernel_end";
import type { Views } from "./rendering";
import type { Phase, ProjectState, Source } from "./source";

export abstract class KernelSource implements Source {
  abstract readonly kind: "notebook" | "own";
  abstract readonly name: string;
  abstract readonly phase: Phase;
  protected readonly end: KernelEnd;
  readonly #changed = new Signal<Source, void>(this);
  #isDisposed = false;

  constructor(end: KernelEnd) {
    this.end = end;
    end.changed.connect(this.tell, this);
  }

  /** Where views are drawn; a widget manager is needed for it. */
  protected abstract views(): Promise<Views>;

  get trouble(): string {
    return "";
  }

  get state(): ProjectState | null {
    return this.end.link?.state ?? null;
  }

  get isBusyDeaf(): boolean {
    return this.end.link?.isDeaf ?? false;
  }

  get changed(): ISignal<Source, void> {
    return this.#changed;
  }

  get isDisposed(): boolean {
    return this.#isDisposed;
  }

  dispose(): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    this.end.dispose();
    this.#changed.emit();
    Signal.clearData(this);
  }

  async panel(): Promise<Widget> {
    return await this.#view("panel", {});
  }

  async dashboard(sim?: string): Promise<Widget> {
    return await this.#view("dashboard", sim === undefined ? {} : { sim });
  }

  async ask(what: string, content: object = {}): Promise<unknown> {
    const { link } = this.end;
    if (!link) throw new Error(`${this.name} has no kernel that could be asked.`);
    return await link.ask(what, content);
  }

  protected tell(): void {
    if (!this.#isDisposed) this.#changed.emit();
  }

  async #view(what: string, content: object): Promise<Widget> {
    const answer = await this.ask(what, content);
    const modelId = (answer as { model_id?: unknown } | null)?.model_id;
    if (typeof modelId !== "string") throw new Error(`No project is open in ${this.name}.`);
    const views = await this.views();
    return await views.of(modelId);
  }
}
