/** What all panels share: their place on the page, messages, trouble, and whether somebody looks. */
import type { AnyModel } from "@anywidget/types";
import { BusyNote } from "./busy_note";
import { KernelClock } from "./card/kernel_clock";
import { ProblemNote } from "./card/notes";
import { Presence } from "./card/presence";
import { h, useStyles } from "./dom";
import { formatClock } from "./format";
import { look } from "./look/look";
import { Channel, type Message } from "./messages";
import panelCss from "./panel.css";

/** The traits that every panel has. */
export interface PanelTraits {
  [name: string]: unknown;
  problem: string;
  is_read_only: boolean;
  command_line: string;
}

/** What a panel's parts may use. */
export interface PanelContext<T extends PanelTraits> {
  readonly model: AnyModel<T>;
  readonly channel: Channel;
  /** Fires when the panel leaves the page. */
  readonly signal: AbortSignal;
  readonly clock: KernelClock;
  readonly isSeen: boolean;
  get<K extends keyof T & string>(name: K): T[K];
  /** Set a trait, here and in the kernel. */
  set<K extends keyof T & string>(name: K, value: T[K]): void;
  /** What `shown()` gives may have changed: tell the kernel. */
  say(): void;
  /** Show what went wrong with something that was asked; "" when it is settled. */
  trouble(text: string): void;
  /** Ask the kernel; what goes wrong is shown and rejects. */
  ask(kind: string, content?: Record<string, unknown>): Promise<unknown>;
}

/** One panel on the page. */
export interface PanelPart {
  readonly element: HTMLElement;
  /** What the kernel must know of what is on screen. */
  shown?(): object;
  /** Take what the kernel sends by itself. */
  receive?(message: Message, buffers: DataView[]): void;
  /** Traits changed, here or in the kernel. */
  update?(): void;
  /** A second passed while somebody looks. */
  tick?(): void;
}

interface PanelDefinition<T extends PanelTraits> {
  /** As in `simulations`. */
  name: string;
  /** For who cannot see it. */
  label: string;
  /** Whether simulations are stopped here: where the kernel cannot, it says how else. */
  canStop?: boolean;
  /** Style sheets besides the common ones. */
  css?: readonly string[];
  make(context: PanelContext<T>): PanelPart;
}

const GONE = "The kernel of this panel is gone. Run its cell again to see it live.";

/** Make what anywidget takes of a panel. */
export function definePanel<T extends PanelTraits>(definition: PanelDefinition<T>) {
  const dress = () => {
    useStyles("gymdash-styles", look);
    useStyles("gymdash-panel-styles", panelCss);
    const own = (definition.css ?? []).join("\n");
    if (own) useStyles(`gymdash-${definition.name}-styles`, own);
  };
  return {
    initialize: dress,
    render({ model, el }: { model: AnyModel<T>; el: HTMLElement }): () => void {
      dress();
      const life = new AbortController();
      const panel = new MountedPanel(definition, model, life.signal);
      el.append(panel.element);
      panel.start();
      return () => {
        life.abort();
        panel.element.remove();
      };
    },
  };
}

class MountedPanel<T extends PanelTraits> {
  readonly element: HTMLElement;
  readonly #model: AnyModel<T>;
  readonly #signal: AbortSignal;
  readonly #channel: Channel;
  readonly #clock = new KernelClock();
  readonly #problem = new ProblemNote();
  readonly #trouble = new ProblemNote();
  readonly #stale = h("p", { class: "gd-panel-stale gd-muted", role: "status", hidden: true });
  readonly #busy: BusyNote;
  readonly #presence: Presence;
  readonly #part: PanelPart;
  #isLively = false;

  constructor(definition: PanelDefinition<T>, model: AnyModel<T>, signal: AbortSignal) {
    this.#model = model;
    this.#signal = signal;
    this.#busy = new BusyNote(model, () =>
      definition.canStop && !model.get("is_read_only")
        ? { commandLine: model.get("command_line") ?? "", ids: null }
        : null,
    );
    const onUnheard = (isUnheard: boolean) => this.#busy.update(isUnheard);
    this.#channel = new Channel(model, { gone: GONE, onUnheard, signal });
    this.#part = definition.make(this.#context());
    this.element = h(
      "section",
      { class: `gd gd-panel gymdash-${definition.name}-panel`, label: definition.label },
      this.#problem.element,
      this.#trouble.element,
      this.#busy.element,
      this.#stale,
      this.#part.element,
    );
    this.#presence = new Presence(this.#channel, this.element, {
      shown: () => this.#part.shown?.() ?? {},
      onSeen: () => {
        this.#clock.hear(); // it could not be heard while nobody looked
        this.#tick();
      },
    });
  }

  start(): void {
    const onChange = () => this.#update();
    const onMessage = (content: unknown, buffers: DataView[]) => this.#receive(content, buffers);
    this.#model.on("change", onChange);
    this.#model.on("msg:custom", onMessage);
    const seconds = setInterval(() => this.#presence.isSeen && this.#tick(), 1000);
    this.#signal.addEventListener("abort", () => {
      clearInterval(seconds);
      this.#model.off("change", onChange);
      this.#model.off("msg:custom", onMessage);
    });
    this.#update();
    this.#presence.start(this.#signal);
  }

  #context(): PanelContext<T> {
    const model = this.#model;
    const isSeen = () => this.#presence.isSeen;
    return {
      model,
      channel: this.#channel,
      signal: this.#signal,
      clock: this.#clock,
      get isSeen() {
        return isSeen();
      },
      get: (name) => model.get(name),
      set: (name, value) => {
        model.set(name, value);
        try {
          model.save_changes();
          this.#channel.expect();
        } catch {
          this.#trouble.update(GONE);
        }
      },
      say: () => this.#presence?.say(),
      trouble: (text) => this.#trouble.update(text),
      ask: async (kind, content = {}) => {
        try {
          const result = await this.#channel.ask(kind, content);
          this.#trouble.update("");
          return result;
        } catch (error) {
          this.#trouble.update(error instanceof Error ? error.message : String(error));
          throw error;
        }
      },
    };
  }

  #receive(content: unknown, buffers: DataView[]): void {
    this.#clock.hear();
    const message = this.#channel.receive(content, buffers);
    if (!message) return;
    if (message.kind === "beat") {
      this.#clock.hear(Number(message.clock));
      this.#isLively = message.is_lively === true;
    } else this.#part.receive?.(message, buffers);
    this.#markStale();
  }

  #update(): void {
    this.#problem.update(this.#model.get("problem") ?? "");
    this.#part.update?.();
    this.#presence.say();
  }

  #tick(): void {
    this.#markStale();
    this.#part.tick?.();
  }

  #markStale(): void {
    const isStale = this.#isLively && this.#presence.isSeen && this.#clock.isSilent;
    this.element.classList.toggle("is-stale", isStale);
    this.#stale.hidden = !isStale;
    if (isStale) this.#stale.textContent = `as of ${formatClock(this.#clock.heard)}`;
  }
}
