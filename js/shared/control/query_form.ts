/** A new query: a channel, and what to say on it, as JSON or as names and values. */
import { h, setAttribute, setText, show } from "../dom";
import { anyFields, typed } from "../form/fields";
import { FormRow } from "../form/row";
import { icon } from "../icons";

const VALUE = anyFields(["value"], false)[0];

let count = 0;

interface QueryCalls {
  query(channel: string, value: unknown): void;
  close(): void;
}

export class QueryForm {
  readonly element: HTMLFormElement;
  readonly #calls: QueryCalls;
  readonly #channels = h("datalist", { id: `gymdash-channels-${++count}` });
  readonly #channel = new FormRow({
    name: "channel",
    control: "text",
    placeholder: "custom_query",
  });
  readonly #asJson: HTMLButtonElement;
  readonly #asNames: HTMLButtonElement;
  readonly #value = new FormRow({ name: "value", control: "text", placeholder: "true" });
  readonly #pairs = h("div", { class: "gd-ctl-pairs" });
  readonly #pairsLabel = h("span", { class: "gd-ctl-nest", text: "value" });
  readonly #main = h("button", { class: "gd-btn is-main", type: "submit" });
  readonly #why = h("span", { class: "gd-muted gd-small" });
  #isNames = false;
  #canAsk = false;

  constructor(calls: QueryCalls) {
    this.#calls = calls;
    this.#channel.input.setAttribute("list", this.#channels.id);
    this.#asJson = segment("JSON or text", () => this.#show(false));
    this.#asNames = segment("Names and values", () => this.#show(true));
    const cancel = h("button", { class: "gd-btn", type: "button", text: "Cancel" });
    cancel.addEventListener("click", () => calls.close());
    this.element = h(
      "form",
      { class: "gd-form gd-ctl-query", novalidate: true, label: "New query" },
      this.#channel.label,
      this.#channel.body,
      this.#channels,
      h("span", { class: "gd-ctl-nest", text: "as" }),
      h(
        "div",
        {},
        h(
          "span",
          { class: "gd-seg", role: "group", label: "How to write the value" },
          this.#asJson,
          this.#asNames,
        ),
      ),
      this.#value.label,
      this.#value.body,
      this.#pairsLabel,
      this.#pairs,
      h("div", { class: "gd-bar gd-send" }, this.#main, cancel, this.#why),
    );
    this.element.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#send();
    });
    this.element.addEventListener("keydown", (event) => {
      event.stopPropagation();
      if (event.key === "Escape") calls.close();
    });
    this.#addPair();
    this.#show(false);
  }

  /** Say which channels are known, and how many would be asked. */
  update(channels: readonly string[], nAsked: number): void {
    const known = [...this.#channels.children].map((each) => each.getAttribute("value"));
    if (channels.join() !== known.join()) {
      this.#channels.replaceChildren(...channels.map((value) => h("option", { value })));
    }
    this.#canAsk = nAsked > 0;
    setText(this.#main, nAsked > 1 ? `Ask ${nAsked} simulations` : "Ask");
    setText(this.#why, this.#canAsk ? "" : "Nobody runs who could be asked.");
  }

  focus(): void {
    this.#channel.input.focus();
  }

  #show(isNames: boolean): void {
    this.#isNames = isNames;
    setAttribute(this.#asJson, "aria-pressed", String(!isNames));
    setAttribute(this.#asNames, "aria-pressed", String(isNames));
    for (const part of [this.#value.label, this.#value.body]) show(part, !isNames);
    for (const part of [this.#pairsLabel, this.#pairs]) show(part, isNames);
  }

  #addPair(): void {
    const name = h("input", {
      class: "gd-field is-low",
      type: "text",
      label: "Name",
      placeholder: "name",
      spellcheck: "false",
    });
    const value = h("input", {
      class: "gd-field is-low gd-grow",
      type: "text",
      label: "Value",
      placeholder: "value",
      spellcheck: "false",
    });
    const remove = h(
      "button",
      { class: "gd-btn is-low is-icon", type: "button", label: "Remove", title: "Remove" },
      icon("x"),
    );
    const pair = h("div", { class: "gd-bar gd-ctl-pair" }, name, value, remove);
    remove.addEventListener("click", () => {
      pair.remove();
      if (!this.#pairs.childElementCount) this.#addPair();
    });
    // There is always an empty one to type into.
    name.addEventListener("input", () => {
      if (name.value && pair === this.#pairs.lastElementChild) this.#addPair();
    });
    this.#pairs.append(pair);
  }

  #send(): void {
    const channel = this.#channel.text.trim();
    this.#channel.wrong(channel ? "" : "Needs the name of a channel, such as progress.");
    if (!channel) {
      this.#channel.input.focus();
      return;
    }
    const value = this.#isNames ? this.#names() : this.#json();
    if (value === undefined || !this.#canAsk) return;
    this.#calls.query(channel, value);
  }

  #json(): unknown {
    const got = VALUE && typed(VALUE, this.#value.text);
    const error = got && "error" in got ? got.error : "";
    this.#value.wrong(error);
    if (error) {
      this.#value.input.focus();
      return undefined;
    }
    return got && "value" in got ? got.value : true;
  }

  #names(): Record<string, unknown> | undefined {
    const values: Record<string, unknown> = {};
    for (const pair of this.#pairs.children) {
      const [name, value] = [...pair.querySelectorAll("input")];
      if (!name?.value.trim() || !value || !VALUE) continue;
      const got = typed(VALUE, value.value);
      const isWrong = got !== null && "error" in got;
      value.classList.toggle("is-wrong", isWrong);
      value.title = isWrong ? got.error : "";
      if (isWrong) {
        value.focus();
        return undefined;
      }
      values[name.value.trim()] = got && "value" in got ? got.value : "";
    }
    return values;
  }
}

function segment(text: string, onClick: () => void): HTMLButtonElement {
  const button = h("button", { type: "button", text });
  button.addEventListener("click", onClick);
  return button;
}
