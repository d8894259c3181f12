/** What was asked and answered, newest first: when, what, whom, and the answer; long ones fold. */
import { answerText, argumentText } from "../actions/offered";
import { copyText } from "../card/notes";
import { h, setText, show } from "../dom";
import { formatClock } from "../format";
import { icon } from "../icons";
import type { Exchange } from "./model";

const MOST_SHOWN = 200;
const LONG = 280;
const LINES = 4;

export class History {
  readonly element = h("div", {
    class: "gd-ctl-history",
    role: "log",
    label: "Queries and answers",
  });
  readonly #empty = h("p", {
    class: "gd-muted gd-ctl-empty",
    text: "What is asked and answered from here on shows here.",
  });
  readonly #rows = new Map<number, HTMLElement>();

  constructor() {
    this.element.append(this.#empty);
  }

  take(exchanges: readonly Exchange[], isAll: boolean): void {
    if (isAll) {
      for (const row of this.#rows.values()) row.remove();
      this.#rows.clear();
    }
    for (const exchange of exchanges) this.#put(exchange);
    for (const [number, row] of this.#rows) {
      if (this.#rows.size <= MOST_SHOWN) break;
      row.remove();
      this.#rows.delete(number);
    }
    show(this.#empty, this.#rows.size === 0);
  }

  #put(exchange: Exchange): void {
    const old = this.#rows.get(exchange.number);
    const row = drawn(exchange);
    this.#rows.set(exchange.number, row);
    if (old) old.replaceWith(row);
    else this.element.prepend(row);
  }
}

function drawn({ time, what, kind, name, asked, answer }: Exchange): HTMLElement {
  const said = kind === "reply" ? "reply" : what;
  const given = argumentText(asked);
  const words = h("span", { class: "gd-words gd-ctl-answer" });
  const about = h("span", {
    class: "gd-muted",
    text: given ? `${given} on ${name}: ` : `${name}: `,
  });
  const row = h(
    "div",
    { class: "gd-ctl-exchange" },
    h("span", { class: "gd-muted", text: formatClock(time) }),
    h("span", {
      class: "gd-clip",
      text: said,
      title: kind === "ask" ? said : `${said} on ${what}`,
    }),
    words,
  );
  if (!answer) {
    words.append(
      about,
      icon("state-setting_up"),
      h("span", { class: "gd-muted", text: " waiting" }),
    );
    return row;
  }
  const text = answer.error || answerText(answer.value);
  if (answer.error) words.append(icon("warn", "is-error"), " ");
  const shown = h("span", { text });
  words.append(about, shown);
  const tools = h("span", { class: "gd-ctl-tools" }, copyButton(text));
  if (text.length > LONG || text.split("\n").length > LINES) tools.append(foldButton(words));
  row.append(tools);
  return row;
}

function foldButton(words: HTMLElement): HTMLButtonElement {
  words.classList.add("is-cut");
  const button = h("button", { class: "gd-btn is-low", type: "button", text: "More" });
  button.setAttribute("aria-expanded", "false");
  button.addEventListener("click", () => {
    const isCut = words.classList.toggle("is-cut");
    setText(button, isCut ? "More" : "Less");
    button.setAttribute("aria-expanded", String(!isCut));
  });
  return button;
}

function copyButton(text: string): HTMLButtonElement {
  const button = h(
    "button",
    { class: "gd-btn is-low is-icon gd-ctl-copy", type: "button", label: "Copy", title: "Copy" },
    icon("copy"),
  );
  button.addEventListener("click", async () => {
    const isDone = await copyText(async () => text);
    button.title = isDone ? "Copied" : "Not copied";
    button.replaceChildren(icon(isDone ? "check" : "warn"));
    setTimeout(() => button.replaceChildren(icon("copy")), 1500);
  });
  return button;
}
