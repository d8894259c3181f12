/** The machine, what simulations use of it, and where the disk has gone. */
import { h, setAttribute, setText } from "../dom";
import { formatClock } from "../format";
import { floats, type Message } from "../messages";
import type { PanelContext, PanelPart, PanelTraits } from "../panel";
import { Disk } from "./disk";
import type { DiskFacts, PruneFacts, UsageFacts } from "./facts";
import { Gauges } from "./gauges";
import { History } from "./history";
import { Processes } from "./processes";
import { PruneForm } from "./prune";

export interface SystemTraits extends PanelTraits {
  sort: string;
  compact: boolean;
}

const DISK_EVERY_MS = 30_000;
const COMPACT_S = 120;

export class System implements PanelPart {
  readonly element: HTMLElement;
  readonly #context: PanelContext<SystemTraits>;
  readonly #history: History;
  readonly #when = h("span", { class: "gd-small gd-muted gd-push" });
  readonly #gauges = new Gauges();
  readonly #processes = new Processes();
  readonly #prune: PruneForm;
  readonly #disk: Disk;
  readonly #more: HTMLButtonElement;
  readonly #isCompact: boolean;
  readonly #span: string;
  #measured = Number.NEGATIVE_INFINITY;
  #isMeasuring = false;
  #isOutdated = false;
  #sort = "";

  constructor(context: PanelContext<SystemTraits>) {
    this.#context = context;
    this.#isCompact = context.get("compact") === true;
    this.#history = new History(this.#isCompact ? COMPACT_S : undefined);
    this.#span = this.#isCompact ? "last 2 min" : "last 5 min";
    this.#disk = new Disk({
      onSort: (sort) => context.set("sort", sort),
      onPrune: (sim) => this.#prune.open(sim),
    });
    this.#prune = new PruneForm({
      plan: (wanted) => context.ask("prune_plan", { ...wanted }) as Promise<PruneFacts>,
      prune: (wanted) => context.ask("prune", { ...wanted }) as Promise<PruneFacts>,
      onClose: (isDone) => {
        this.#disk.focusPrune();
        if (isDone) void this.#measure();
      },
    });
    this.#disk.place.append(this.#prune.element);
    this.#more = h(
      "button",
      { class: "gd-btn is-low gd-sysmore", type: "button" },
      "Processes and files",
    );
    setAttribute(this.#more, "aria-expanded", "false");
    this.#more.addEventListener("click", () => this.#toggle());
    this.element = h(
      "div",
      { class: "gd-system", "data-lm-suppress-shortcuts": "true" },
      h(
        "section",
        { class: "gd-syssection", label: "This machine" },
        h("div", { class: "gd-bar gd-syshead" }, h("h2", { text: "System" }), this.#when),
        this.#gauges.element,
      ),
    );
    this.element.classList.toggle("is-compact", this.#isCompact);
    if (!this.#isCompact) {
      this.element.append(this.#more, this.#processes.element, this.#disk.element);
    }
    this.#say();
  }

  receive(message: Message, buffers: DataView[]): void {
    if (message.kind !== "usage") return;
    const facts = message as unknown as UsageFacts;
    this.#context.clock.hear(facts.clock);
    this.#history.take(floats(buffers[0]), facts.columns, facts.is_new);
    this.#gauges.update(facts, this.#history);
    this.#processes.update(facts.processes, facts.cores.length);
    this.#say();
  }

  update(): void {
    const sort = this.#context.get("sort");
    this.#disk.setSort(sort);
    this.#disk.setReadOnly(this.#context.get("is_read_only"));
    if (this.#sort && !this.#isCompact && sort !== this.#sort) void this.#measure();
    this.#sort = sort;
  }

  tick(): void {
    this.#say();
    if (this.#isCompact) return;
    if (performance.now() - this.#measured > DISK_EVERY_MS && !this.#prune.isOpen) {
      void this.#measure();
    }
  }

  /** In a narrow place only the gauges are shown until somebody wants more. */
  #toggle(): void {
    const isOpen = this.element.classList.toggle("is-open");
    setAttribute(this.#more, "aria-expanded", String(isOpen));
  }

  #say(): void {
    const { clock } = this.#context;
    const isSilent = clock.isSilent;
    this.element.classList.toggle("is-old", isSilent);
    setText(this.#when, isSilent ? `as of ${formatClock(clock.heard)}` : this.#span);
  }

  async #measure(): Promise<void> {
    this.#measured = performance.now();
    if (this.#isMeasuring) {
      this.#isOutdated = true;
      return;
    }
    this.#isMeasuring = true;
    try {
      const sort = this.#context.get("sort"); // the kernel may not have heard of it yet
      this.#disk.update((await this.#context.ask("disk", { sort })) as DiskFacts);
    } catch {
      // the panel shows why
    } finally {
      this.#isMeasuring = false;
    }
    if (this.#isOutdated) {
      this.#isOutdated = false;
      void this.#measure();
    }
  }
}
