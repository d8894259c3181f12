/** A panel on a page without a kernel: traits that a test sets, messages that a test sends and reads. */

export interface Sent {
  id: string | number;
  kind: string;
  [field: string]: unknown;
}

type Listener = (...args: never[]) => void;

export class FakePanelModel {
  readonly sent: Sent[] = [];
  readonly traits: Record<string, unknown>;
  readonly #listeners = new Map<string, Set<Listener>>();

  constructor(traits: Record<string, unknown> = {}) {
    this.traits = { problem: "", is_read_only: false, ...traits };
  }

  get(name: string): unknown {
    return this.traits[name];
  }

  set(name: string, value: unknown): void {
    this.traits[name] = value;
    this.#fire(`change:${name}`);
    this.#fire("change");
  }

  save_changes(): void {}

  on(name: string, callback: Listener): void {
    const listeners = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, listeners.add(callback));
  }

  off(name?: string | null, callback?: Listener | null): void {
    if (name && callback) this.#listeners.get(name)?.delete(callback);
  }

  send(content: unknown): void {
    this.sent.push(content as Sent);
  }

  /** As the kernel sends it. */
  receive(message: Record<string, unknown>, buffers: ArrayBuffer[] = []): void {
    const views = buffers.map((buffer) => new DataView(buffer));
    this.#fire("msg:custom", { id: 0, ...message }, views);
  }

  /** Answer the newest question of a kind. */
  answer(kind: string, result: unknown): void {
    const asked = this.sent.findLast((each) => each.kind === kind && each.id !== 0);
    this.receive({ id: asked?.id, kind, result });
  }

  #fire(name: string, ...args: unknown[]): void {
    for (const listener of this.#listeners.get(name) ?? []) {
      (listener as (...all: unknown[]) => void)(...args);
    }
  }
}

interface PanelModule {
  render(props: { model: never; el: HTMLElement }): () => void;
}

/** Put a panel on the page; its parts are in the element that comes back. */
export function shown(panel: PanelModule, model: FakePanelModel): HTMLElement {
  const el = document.createElement("div");
  document.body.append(el);
  panel.render({ model: model as never, el });
  return el;
}
