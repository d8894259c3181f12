/** The control panel: questions and replies, queries and answers at the left, actions at the right. */
import { h, setAttribute, show } from "../dom";
import type { Message } from "../messages";
import type { PanelContext, PanelPart } from "../panel";
import { ActionList } from "./action_list";
import { History } from "./history";
import { Inbox } from "./inbox";
import {
  answering,
  type ControlState,
  type ControlTraits,
  type Exchange,
  type Request,
} from "./model";
import { QueryForm } from "./query_form";

export class ControlPart implements PanelPart {
  readonly element: HTMLElement;
  readonly #context: PanelContext<ControlTraits>;
  readonly #inbox: Inbox;
  readonly #history = new History();
  readonly #query: QueryForm;
  readonly #newQuery: HTMLButtonElement;
  readonly #actions: ActionList;
  readonly #isCompact: boolean;
  #state: ControlState = { simulations: [], requests: [], offers: [], channels: [] };
  #isLoaded = false;

  constructor(context: PanelContext<ControlTraits>) {
    this.#context = context;
    const calls = {
      reply: (request: Request, value: unknown) =>
        context.channel.ask("reply", { sim_id: request.sim_id, request_id: request.id, value }),
      replyToAll: (request: Request, value: unknown) => this.#replyToAll(request, value),
      dismiss: (request: Request) => context.ask("dismiss", { request_id: request.id }),
      query: (channel: string, value: unknown) => this.#say(channel, value),
      ask: (name: string, values: Record<string, unknown>, sims: readonly string[]) =>
        this.#each("ask", sims, { name, arguments: values }),
      presets: (kind: string, channel: string, content: Record<string, unknown> = {}) =>
        context.channel.ask(kind, { channel, ...content }),
      setOnlySims: (isOnly: boolean) => context.set("only_sims", isOnly),
    };
    const isCompact = context.get("compact") === true;
    this.#isCompact = isCompact;
    this.#inbox = new Inbox(calls, context.signal, isCompact);
    this.#actions = new ActionList(calls);
    this.#newQuery = h("button", { class: "gd-btn is-low", type: "button", text: "New query" });
    setAttribute(this.#newQuery, "aria-expanded", "false");
    this.#newQuery.addEventListener("click", () =>
      this.#showQuery(this.#query.element.hidden !== false),
    );
    this.#query = new QueryForm({
      query: (channel, value) => {
        calls.query(channel, value);
        this.#showQuery(false);
      },
      close: () => this.#showQuery(false),
    });
    this.#query.element.hidden = true;
    this.element = h(
      "div",
      { class: "gd-ctl" },
      h(
        "div",
        { class: "gd-ctl-main" },
        this.#inbox.element,
        !isCompact &&
          h(
            "section",
            { class: "gd-ctl-talk", label: "Queries and answers" },
            h(
              "div",
              { class: "gd-bar gd-ctl-title" },
              h("h2", { text: "Queries and answers" }),
              h("span", { class: "gd-grow" }),
              this.#newQuery,
            ),
            this.#query.element,
            this.#history.element,
          ),
      ),
      !isCompact && this.#actions.element,
    );
    this.element.classList.toggle("is-compact", isCompact);
    this.element.style.visibility = "hidden";
  }

  receive(message: Message): void {
    if (message.kind === "state") {
      this.#state = message as unknown as ControlState;
      this.#isLoaded = true;
      this.element.style.visibility = "";
      this.update();
    } else if (message.kind === "history") {
      const { exchanges, is_all } = message as unknown as {
        exchanges: Exchange[];
        is_all: boolean;
      };
      this.#history.take(exchanges, is_all);
    }
  }

  update(): void {
    if (!this.#isLoaded) return;
    const { simulations, requests, offers, channels } = this.#state;
    const canReply = !this.#context.get("is_read_only");
    const isChoice = (this.#context.get("sims") ?? []).length > 0;
    const isOnly = this.#context.get("only_sims");
    const { now } = this.#context.clock;
    this.#inbox.update(requests, simulations, { isChoice, isOnly, canReply, now });
    if (this.#isCompact) return;
    this.#actions.update(offers, simulations, isChoice, canReply);
    const known = new Set([...channels, ...requests.map(({ channel }) => channel)]);
    this.#query.update([...known].sort(), answering(simulations).length);
    show(this.#newQuery, canReply);
  }

  tick(): void {
    this.#inbox.tick(this.#context.clock.now);
  }

  #showQuery(isShown: boolean): void {
    show(this.#query.element, isShown);
    setAttribute(this.#newQuery, "aria-expanded", String(isShown));
    if (isShown) this.#query.focus();
    else this.#newQuery.focus();
  }

  #replyToAll(request: Request, value: unknown): void {
    const others = answering(this.#state.simulations).filter(({ id }) => id !== request.sim_id);
    const ids = [request.sim_id, ...others.map(({ id }) => id)];
    void this.#each("say", ids, { channel: request.channel, value, is_reply: true });
  }

  #say(channel: string, value: unknown): void {
    const ids = answering(this.#state.simulations).map(({ id }) => id);
    void this.#each("say", ids, { channel, value });
  }

  /** Each has a lane of its own, so none waits for another; what goes wrong stands in the history. */
  async #each(
    kind: string,
    ids: readonly string[],
    content: Record<string, unknown>,
  ): Promise<number> {
    const ends = await Promise.allSettled(
      ids.map((sim_id) => this.#context.channel.ask(kind, { sim_id, ...content })),
    );
    return ends.filter(({ status }) => status === "rejected").length;
  }
}
