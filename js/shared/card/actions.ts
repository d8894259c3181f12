/** What a simulation offers to do: quiet buttons in the head, a menu for the rest, a form for arguments, answers. */
import { type Action, hasArguments, iconOf, json, rank, title } from "../actions/offered";
import { h, setAttribute, show } from "../dom";
import { fieldsOf } from "../form/fields";
import { Form } from "../form/form";
import { type IconName, icon } from "../icons";
import { copyText } from "./notes";
import { Picker } from "./picker";
import type { Simulation } from "./simulation";

interface ActionCalls {
  list(simId: string): Promise<Action[]>;
  ask(simId: string, name: string, values: Record<string, unknown>): Promise<unknown>;
}

const MOST_BUTTONS = 3;
const MOST_TRIES = 3;
const AGAIN_MS = 15_000;
const COPY_ID = "id:";

export class Actions {
  /** Stands in the head. */
  readonly buttons = h("span", { class: "gd-acts" });
  readonly menu: Picker;
  /** Stands below the head: the open form, and answers. */
  readonly element = h("div");
  readonly #form = h("section", { class: "gd-note", hidden: true });
  readonly #calls: ActionCalls;
  #sim: Simulation | null = null;
  #offered: readonly Action[] = [];
  #tries = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(calls: ActionCalls, signal: AbortSignal) {
    this.#calls = calls;
    this.menu = new Picker({
      label: "More",
      class: "gd-btn is-icon",
      icon: "more",
      options: () => [
        { id: COPY_ID, name: "Copy id" },
        ...this.#rest().map(({ name }) => ({ id: name, name: title(name) })),
      ],
      chosen: () => "",
      onPick: (id) => this.#pick(id),
    });
    this.element.append(this.#form);
    signal.addEventListener("abort", () => {
      this.menu.close();
      clearTimeout(this.#timer);
    });
  }

  update(sim: Simulation, canAsk: boolean): void {
    this.#sim = sim;
    const isAsking = this.#timer !== undefined || this.#tries > 0;
    // While it waits for a reply, a question of ours might be taken for the reply.
    const isReady = canAsk && sim.state === "running" && !sim.requests.length;
    if (isReady && !isAsking) void this.#list(sim.id);
    const isOver = !sim.is_active;
    show(this.buttons, !isOver);
    if (isOver && this.#offered.length) this.#show([]);
  }

  async #list(simId: string): Promise<void> {
    this.#tries += 1;
    try {
      this.#show(await this.#calls.list(simId));
    } catch {
      // It may be busy with one long step, or be of a kind that knows no actions.
      if (this.#tries < MOST_TRIES) {
        this.#timer = setTimeout(() => this.#sim?.is_active && void this.#list(simId), AGAIN_MS);
      }
    }
  }

  #show(offered: readonly Action[]): void {
    this.#offered = [...offered].sort((a, b) => rank(a) - rank(b));
    this.buttons.replaceChildren(...this.#first().map((action) => this.#button(action)));
    if (!offered.length) show(this.#form, false);
  }

  #first(): Action[] {
    return this.#offered.filter((action) => action.name !== "help").slice(0, MOST_BUTTONS);
  }

  #rest(): Action[] {
    const first = this.#first();
    return this.#offered.filter((action) => !first.includes(action));
  }

  #button(action: Action): HTMLElement {
    const words = `${title(action.name)}${hasArguments(action) ? "\u2026" : ""}`;
    const about = { title: [words, action.words].filter(Boolean).join(": "), label: words };
    const button = h(
      "button",
      { class: "gd-btn gd-act", type: "button", ...about },
      icon(iconOf(action)),
      h("span", { text: words }),
    );
    button.addEventListener("click", () => this.#start(action, button));
    return button;
  }

  #pick(id: string): void {
    const action = this.#offered.find((each) => each.name === id);
    if (action) this.#start(action, this.menu.button);
    else if (id === COPY_ID && this.#sim) void copyText(async () => this.#sim?.id ?? "");
  }

  #start(action: Action, button: HTMLButtonElement): void {
    if (hasArguments(action)) this.#open(action, button);
    else if (button.getAttribute("aria-disabled") !== "true") {
      setAttribute(button, "aria-disabled", "true");
      this.#ask(action, {})
        .catch((error: Error) => this.#answer(action, error.message, "warn"))
        .finally(() => setAttribute(button, "aria-disabled", null));
    }
  }

  #open(action: Action, button: HTMLElement): void {
    const close = () => {
      show(this.#form, false);
      button.focus();
    };
    const form = new Form(fieldsOf(action.arguments), title(action.name), async (values) => {
      await this.#ask(action, values);
      show(this.#form, false);
    });
    this.#form.replaceChildren(
      h(
        "div",
        { class: "gd-bar" },
        icon(iconOf(action), "is-accent"),
        h("h2", { text: title(action.name) }),
        h("span", {
          class: "gd-muted gd-small gd-clip gd-grow",
          text: action.words,
          title: action.words,
        }),
        closeButton("Close", close),
      ),
      form.element,
    );
    this.#form.onkeydown = (event) => event.key === "Escape" && close();
    setAttribute(this.#form, "aria-label", title(action.name));
    show(this.#form, true);
    form.focus();
  }

  async #ask(action: Action, values: Record<string, unknown>): Promise<void> {
    const result = await this.#calls.ask(this.#sim?.id ?? "", action.name, values);
    this.#answer(action, typeof result === "string" ? result : json(result ?? "done"), "check");
  }

  /** One line for each action: its last answer. */
  #answer(action: Action, text: string, sign: IconName): void {
    const line = h("div", {
      class: "gd-bar gd-answer",
      role: "status",
      "data-action": action.name,
    });
    line.append(
      icon(sign, sign === "warn" ? "is-error" : "is-muted"),
      h("span", { class: "gd-muted", text: `${action.name}:` }),
      h("span", { class: "gd-words", text }),
      closeButton("Dismiss", () => line.remove()),
    );
    const old = [...this.element.children].find(
      (each) => (each as HTMLElement).dataset.action === action.name,
    );
    if (old) old.replaceWith(line);
    else this.element.append(line);
  }
}

function closeButton(label: string, onClick: () => void): HTMLElement {
  const button = h(
    "button",
    { class: "gd-btn is-low is-icon", type: "button", label, title: label },
    icon("x"),
  );
  button.addEventListener("click", onClick);
  return button;
}
