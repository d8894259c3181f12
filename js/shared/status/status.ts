/** Statuses or calls in one list with a filter; below, what one simulation prints. */
import { h, setAttribute, setText, show } from "../dom";
import { plural } from "../format";
import { icon } from "../icons";
import type { Message } from "../messages";
import type { PanelContext, PanelPart, PanelTraits } from "../panel";
import { CallList } from "./call_list";
import type { CallFacts, Page, Whose } from "./facts";
import { FollowedOutput } from "./followed_output";
import { StatusList } from "./status_list";

export interface StatusTraits extends PanelTraits {
  sims: string[];
  part: string;
  filter: string;
  kinds: string[];
  shown_output: string;
}

const PARTS = [
  ["statuses", "Statuses"],
  ["calls", "Calls"],
] as const;
const KINDS = [
  ["", "All kinds"],
  ["error", "Errors"],
  ["success", "Success"],
  ["stopped", "Stopped"],
  ["info", "Info"],
] as const;
const TYPING_MS = 200;
const CALLS_EVERY_MS = 2_000;

export class Status implements PanelPart {
  readonly element: HTMLElement;
  readonly #context: PanelContext<StatusTraits>;
  readonly #list: StatusList;
  readonly #calls: CallList;
  readonly #output: FollowedOutput;
  readonly #parts: HTMLButtonElement[];
  readonly #filter = h("input", {
    class: "gd-saidfilter",
    type: "search",
    placeholder: "Filter by text or name",
    label: "Filter by text or name",
  });
  readonly #kind = h("select", {
    class: "gd-field is-low gd-saidkind",
    label: "Kind of statuses",
  });
  readonly #whose = h("span", { class: "gd-small gd-muted gd-clip" });
  #typing: ReturnType<typeof setTimeout> | undefined;
  #wish = "";
  #isLooking = false;
  #asked = 0;

  constructor(context: PanelContext<StatusTraits>) {
    this.#context = context;
    this.#list = new StatusList({
      page: (before) => {
        const { filter, kinds } = this.#traits;
        return context.ask("page", { before, filter, kinds }) as Promise<Page>;
      },
      isWanted: (page) => this.#isWanted(page),
      trace: (number) => context.ask("trace", { number }).then(String),
      onOutput: (simId) => context.set("shown_output", simId),
    });
    this.#calls = new CallList((after) => context.ask("calls", { after }) as Promise<CallFacts[]>);
    this.#output = new FollowedOutput(
      {
        onChoose: (simId) => context.set("shown_output", simId),
        list: () => context.ask("outputs") as Promise<Whose[]>,
      },
      context.signal,
    );
    this.#parts = PARTS.map(([part, text]) => {
      const button = h("button", { type: "button", text });
      button.addEventListener("click", () => context.set("part", part));
      return button;
    });
    this.#kind.append(...KINDS.map(([value, text]) => h("option", { value, text })));
    this.#kind.addEventListener("change", () => {
      context.set("kinds", this.#kind.value ? [this.#kind.value] : []);
    });
    this.#filter.addEventListener("input", () => this.#onTyped());
    this.#filter.addEventListener("change", () => this.#setFilter());
    this.element = h(
      "div",
      { class: "gd-statuspanel", "data-lm-suppress-shortcuts": "true" },
      h(
        "div",
        { class: "gd-bar gd-statushead gd-statustools" },
        h("div", { class: "gd-seg", role: "group", label: "What is listed" }, ...this.#parts),
        h(
          "label",
          { class: "gd-field is-low gd-saidsearch" },
          icon("search", "is-muted"),
          this.#filter,
        ),
        this.#kind,
        this.#whose,
        h("span", { class: "gd-grow" }),
        this.#list.told,
        this.#calls.told,
      ),
      this.#list.element,
      this.#calls.element,
      this.#output.element,
    );
  }

  receive(message: Message): void {
    if (message.kind === "look") {
      this.#isLooking = true;
      this.#reload();
      void this.#output.list();
    } else if (message.kind === "added") this.#list.add(message as unknown as Page);
    else if (message.kind === "gone") this.#list.remove(new Set(message.sims as string[]));
    else if (message.kind === "output") {
      this.#output.take(message.sim as Whose, String(message.text));
    }
  }

  update(): void {
    const { filter, kinds, sims, part, output } = this.#traits;
    const isCalls = part === "calls";
    this.#parts.forEach((button, i) => {
      setAttribute(button, "aria-pressed", String(PARTS[i]?.[0] === part));
    });
    if (this.#typing === undefined && this.#filter.value !== filter) this.#filter.value = filter;
    this.#setKind(kinds);
    const whose =
      sims.length && !isCalls ? `of ${plural(sims.length, "simulation", "simulations")}` : "";
    setText(this.#whose, whose);
    show(this.#kind, !isCalls);
    for (const element of [this.#list.element, this.#list.told]) show(element, !isCalls);
    for (const element of [this.#calls.element, this.#calls.told]) show(element, isCalls);
    this.#calls.filter(filter);
    if (isCalls && this.#isLooking) this.#refreshCalls();
    this.#output.show(output);
    const wish = JSON.stringify([filter, kinds, sims]);
    if (wish !== this.#wish) {
      this.#wish = wish;
      if (this.#isLooking) this.#reload();
    }
  }

  tick(): void {
    const isDue = performance.now() - this.#asked > CALLS_EVERY_MS;
    if (isDue && this.#traits.part === "calls") this.#refreshCalls();
  }

  get #traits() {
    const { get } = this.#context;
    return {
      filter: get("filter") ?? "",
      kinds: get("kinds") ?? [],
      sims: get("sims") ?? [],
      part: get("part"),
      output: get("shown_output") ?? "",
    };
  }

  #isWanted(page: Page): boolean {
    const { filter, kinds, sims } = this.#traits;
    const isSameKind = page.kinds.join() === kinds.join();
    return page.filter === filter && isSameKind && page.n_sims === sims.length;
  }

  #reload(): void {
    const { filter, kinds } = this.#traits;
    void this.#list.reload(filter.trim() !== "" || kinds.length > 0);
    if (this.#traits.part === "calls") this.#refreshCalls();
  }

  #refreshCalls(): void {
    this.#asked = performance.now();
    void this.#calls.refresh();
  }

  #onTyped(): void {
    clearTimeout(this.#typing);
    this.#typing = setTimeout(() => this.#setFilter(), TYPING_MS);
  }

  #setFilter(): void {
    clearTimeout(this.#typing);
    this.#typing = undefined;
    if (this.#filter.value !== this.#traits.filter)
      this.#context.set("filter", this.#filter.value);
  }

  /** Several kinds can only be chosen from Python; then they are one more choice here. */
  #setKind(kinds: readonly string[]): void {
    const several = kinds.length > 1 ? kinds.join(", ") : "";
    this.#kind.querySelector("option[data-several]")?.remove();
    if (several) {
      const option = h("option", { value: several, text: several });
      option.dataset.several = "";
      this.#kind.append(option);
    }
    this.#kind.value = several || (kinds[0] ?? "");
  }
}
