/** One row of a form: label left, control right, a few words beside it, what is wrong below. */
import { h, setAttribute, setText, show } from "../dom";
import { icon } from "../icons";
import { Combo } from "./combo";

export interface RowAbout {
  name: string;
  /** `short` and `text` are typed; `check` is a box; `select` is one of the choices, `combo` may be others, too. */
  control: "text" | "short" | "check" | "select" | "combo";
  /** What stands in it, as it is typed; a box says `true` or `false`. */
  text?: string;
  hint?: string;
  /** A sentence below it. */
  help?: string;
  /** What shows when somebody points at its name. */
  title?: string;
  choices?: readonly string[];
  /** Of a choice: whether nothing may be chosen. */
  hasNone?: boolean;
  placeholder?: string;
}

/** Every panel has a copy of this module, and names must be unique on the page. */
const OURS = Math.random().toString(36).slice(2, 8);
let count = 0;

export class FormRow {
  readonly label: HTMLLabelElement;
  readonly body: HTMLElement;
  readonly input: HTMLInputElement | HTMLSelectElement;
  /** Holds the control and what stands beside it. */
  readonly bar: HTMLElement;
  readonly #hint = h("span", { class: "gd-muted gd-small gd-clip gd-hint" });
  readonly #words = h("span", { class: "gd-words" });
  readonly #wrong: HTMLElement;
  #onChange: () => void = () => {};

  constructor(about: RowAbout) {
    const id = `gymdash-field-${OURS}-${++count}`;
    this.#wrong = h(
      "div",
      { class: "gd-wrong", id: `${id}-wrong`, hidden: true },
      icon("warn"),
      this.#words,
    );
    this.input = control(about, id);
    this.label = h("label", {
      for: id,
      class: "gd-clip",
      text: about.name,
      title: about.title ?? about.name,
    });
    const isCombo = about.control === "combo" && this.input instanceof HTMLInputElement;
    const shown = isCombo
      ? new Combo(this.input as HTMLInputElement, about.choices ?? [], () => this.#onChange())
          .element
      : this.input;
    this.bar = h("div", { class: "gd-bar" }, shown, this.#hint);
    const help = about.help ? h("div", { class: "gd-help", text: about.help }) : null;
    this.body = h("div", {}, this.bar, help, this.#wrong);
    this.hint(about.hint ?? "", about.title);
    this.input.addEventListener("input", () => this.#onChange());
  }

  /** Calls back when somebody changed it. */
  onChange(callback: () => void): void {
    this.#onChange = callback;
  }

  get text(): string {
    return this.#isBox ? String((this.input as HTMLInputElement).checked) : this.input.value;
  }

  set text(text: string) {
    if (this.#isBox) (this.input as HTMLInputElement).checked = text === "true";
    else if (this.input.value !== text) this.input.value = text;
  }

  hint(text: string, title = text): void {
    setText(this.#hint, text, title);
  }

  /** Say what is wrong with it; "" when all is well. */
  wrong(message: string): void {
    setText(this.#words, message);
    show(this.#wrong, message !== "");
    this.input.classList.toggle("is-wrong", message !== "");
    setAttribute(this.input, "aria-invalid", String(message !== ""));
  }

  get #isBox(): boolean {
    return this.input instanceof HTMLInputElement && this.input.type === "checkbox";
  }
}

function control(about: RowAbout, id: string): HTMLInputElement | HTMLSelectElement {
  const { text = "", choices = [] } = about;
  const common = { id, "aria-describedby": `${id}-wrong` };
  if (about.control === "select") {
    const options = choices.map((each) => h("option", { text: each, selected: each === text }));
    if (about.hasNone) options.unshift(h("option", { selected: !text }));
    return h("select", { ...common, class: "gd-field" }, ...options);
  }
  if (about.control === "check") {
    return h("input", { ...common, type: "checkbox", checked: text === "true" });
  }
  const isShort = about.control === "short";
  return h("input", {
    ...common,
    class: isShort ? "gd-field is-short" : "gd-field",
    type: "text",
    inputmode: isShort ? "decimal" : "text",
    value: text,
    placeholder: about.placeholder || undefined,
    spellcheck: "false",
    autocomplete: "off",
  });
}
