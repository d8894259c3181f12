/** A form: label left, control right, what is wrong below it. */
import { h, setText, show } from "../dom";
import { icon } from "../icons";
import { type Field, typed } from "./fields";
import { FormRow } from "./row";

interface Row {
  field: Field;
  row: FormRow;
}

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
    this.#rows = fields.map((field) => ({ field, row: rowOf(field) }));
    this.#main = h("button", { class: "gd-btn is-main", type: "submit", text: word });
    this.#trouble.append(icon("warn"), this.#says);
    this.element = h(
      "form",
      { class: "gd-form", novalidate: true },
      ...this.#rows.flatMap(({ row }) => [row.label, row.body]),
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
    (this.#rows[0]?.row.input ?? this.#main).focus();
  }

  /** What was typed, or null when something is wrong, which is then said beside it. */
  read(): Record<string, unknown> | null {
    const values: [string, unknown][] = [];
    let first: HTMLElement | null = null;
    for (const { field, row } of this.#rows) {
      const got = typed(field, row.text);
      const error = got && "error" in got ? got.error : "";
      row.wrong(error);
      if (error) first ??= row.input;
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

function rowOf({ name, kind, choices, preset, isRequired, hint, help }: Field): FormRow {
  const isNumber = kind === "number" || kind === "integer";
  const control =
    kind === "choice" ? "select" : kind === "boolean" ? "check" : isNumber ? "short" : "text";
  const hasNone = !isRequired && !preset;
  return new FormRow({ name, control, text: preset, hint, help, choices, hasNone });
}
