/** A form: label left, control right, what is wrong below it. */
import { h, setText, show } from "../dom";
import { icon } from "../icons";
import { type Field, typed } from "./fields";

interface Row {
  field: Field;
  input: HTMLInputElement | HTMLSelectElement;
  wrong: HTMLElement;
  words: HTMLElement;
}

let count = 0;

export class Form {
  readonly element: HTMLFormElement;
  readonly #rows: Row[];
  readonly #main: HTMLButtonElement;
  readonly #says = h("span", { class: "gd-words" });
  readonly #trouble = h("div", { class: "gd-wrong", role: "alert", hidden: true });
  readonly #act: (values: Record<string, unknown>) => Promise<unknown>;
  readonly #word: string;

  /** The main button says `word`; an error of `act` is shown beside it. */
  constructor(
    fields: readonly Field[],
    word: string,
    act: (values: Record<string, unknown>) => Promise<unknown>,
  ) {
    this.#act = act;
    this.#word = word;
    this.#rows = fields.map(row);
    this.#main = h("button", { class: "gd-btn is-main", type: "submit", text: word });
    this.#trouble.append(icon("warn"), this.#says);
    this.element = h(
      "form",
      { class: "gd-form", novalidate: true },
      ...this.#rows.flatMap(parts),
      h("div", { class: "gd-bar gd-send" }, this.#main, this.#trouble),
    );
    this.element.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#send();
    });
    // The notebook has its own use for keys.
    this.element.addEventListener("keydown", (event) => event.stopPropagation());
  }

  focus(): void {
    (this.#rows[0]?.input ?? this.#main).focus();
  }

  /** What was typed, or null when something is wrong, which is then said beside it. */
  read(): Record<string, unknown> | null {
    const values: [string, unknown][] = [];
    let first: HTMLElement | null = null;
    for (const { field, input, wrong, words } of this.#rows) {
      const isBox = input instanceof HTMLInputElement && input.type === "checkbox";
      const got = typed(field, isBox ? String(input.checked) : input.value);
      const error = got && "error" in got ? got.error : "";
      setText(words, error);
      show(wrong, error !== "");
      input.classList.toggle("is-wrong", error !== "");
      input.setAttribute("aria-invalid", String(error !== ""));
      if (error) first ??= input;
      else if (got && "value" in got) values.push([field.name, got.value]);
    }
    first?.focus();
    return first ? null : Object.fromEntries(values);
  }

  async #send(): Promise<void> {
    const values = this.#main.disabled ? null : this.read();
    if (!values) return;
    this.#main.disabled = true;
    setText(this.#main, `${this.#word}\u2026`);
    show(this.#trouble, false);
    try {
      await this.#act(values);
    } catch (error) {
      setText(this.#says, (error as Error).message);
      show(this.#trouble, true);
    } finally {
      this.#main.disabled = false;
      setText(this.#main, this.#word);
    }
  }
}

function row(field: Field): Row {
  const id = `gymdash-field-${++count}`;
  const words = h("span", { class: "gd-words" });
  const wrong = h(
    "div",
    { class: "gd-wrong", id: `${id}-wrong`, hidden: true },
    icon("warn"),
    words,
  );
  return { field, input: control(field, id), wrong, words };
}

function control({ kind, choices, preset, isRequired }: Field, id: string) {
  const about = { id, "aria-describedby": `${id}-wrong` };
  if (kind === "choice") {
    const options = choices.map((text) => h("option", { text, selected: text === preset }));
    if (!isRequired && !preset) options.unshift(h("option", { selected: true }));
    return h("select", { ...about, class: "gd-field" }, ...options);
  }
  if (kind === "boolean") {
    return h("input", { ...about, type: "checkbox", checked: preset === "true" });
  }
  const isShort = kind === "number" || kind === "integer";
  return h("input", {
    ...about,
    class: isShort ? "gd-field is-short" : "gd-field",
    type: "text",
    inputmode: isShort ? "decimal" : "text",
    value: preset,
    spellcheck: "false",
    autocomplete: "off",
  });
}

function parts({ field, input, wrong }: Row): HTMLElement[] {
  const label = h("label", {
    for: input.id,
    class: "gd-clip",
    text: field.name,
    title: field.name,
  });
  const hint = h("span", { class: "gd-muted gd-small", text: field.hint });
  const help = field.help ? h("div", { class: "gd-help", text: field.help }) : null;
  return [label, h("div", {}, h("div", { class: "gd-bar" }, input, hint), help, wrong)];
}
