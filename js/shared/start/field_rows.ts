/** The rows of a form's fields, in sections that fold; dicts as trees. */
import { h, setAttribute, setText, show } from "../dom";
import { FormRow } from "../form/row";
import { plural } from "../format";
import { icon } from "../icons";
import { DictRows } from "./dict_rows";
import type { FieldMessage, FormMessage, SectionMessage } from "./model";

const MOST_IN_HINT = 8;

/** What rows need of the form that they are in. */
export interface FormCalls {
  /** What is filled in for a path; undefined where it is as by default. */
  value(path: string): string | undefined;
  /** Somebody changed it; null means: as by default. */
  change(path: string, text: string | null): void;
  /** The paths below one that are filled in. */
  under(path: string): string[];
}

/** A row that stands for one path. */
export interface PathRow {
  readonly path: string;
  readonly input: HTMLElement;
  refresh(): void;
  wrong(message: string): void;
  several(count: number | undefined): void;
}

export class FieldRows {
  readonly element = h("div", { class: "gd-start-sections" });
  readonly #calls: FormCalls;
  #sections: Section[] = [];
  /** Which sections are open, also after the form was made anew. */
  readonly #isOpen = new Map<string, boolean>();

  constructor(calls: FormCalls) {
    this.#calls = calls;
  }

  /** The last section is made by who owns the form; its body is given. */
  show(form: FormMessage, last: HTMLElement): void {
    const focused = document.activeElement?.getAttribute("data-path") ?? null;
    this.#sections = form.sections.map((section, i) => {
      const isLast = i === form.sections.length - 1;
      const isFirst = i === 0;
      const isOpen = this.#isOpen.get(section.name) ?? (isFirst || isLast);
      const made = new Section(section, this.#calls, isOpen, (now) =>
        this.#isOpen.set(section.name, now),
      );
      if (isLast) made.body.append(last);
      return made;
    });
    this.element.replaceChildren(...this.#sections.map((section) => section.element));
    this.refresh();
    if (focused !== null) this.row(focused)?.input.focus();
  }

  /** Write anew what is filled in, but not into the field that somebody types in. */
  refresh(): void {
    for (const section of this.#sections) section.refresh();
  }

  row(path: string): PathRow | undefined {
    return this.#rows().find((row) => row.path === path);
  }

  /** Show what is wrong; gives the paths that no row stands for. */
  errors(errors: Readonly<Record<string, string>>): string[] {
    const rows = this.#rows();
    for (const row of rows) row.wrong(errors[row.path] ?? "");
    for (const section of this.#sections) section.markErrors(errors);
    return Object.keys(errors).filter((path) => !rows.some((row) => row.path === path));
  }

  several(counts: Readonly<Record<string, number>>, summary: string): void {
    for (const row of this.#rows()) row.several(counts[row.path]);
    this.#sections.at(-1)?.say(summary);
  }

  /** Take the focus to the first field with an error, opening what hides it. */
  focusFirst(errors: Readonly<Record<string, string>>): boolean {
    for (const section of this.#sections) {
      const row = section.rows().find((each) => errors[each.path]);
      if (!row) continue;
      section.open(true);
      row.input.focus();
      return true;
    }
    return false;
  }

  #rows(): PathRow[] {
    return this.#sections.flatMap((section) => section.rows());
  }
}

class Section {
  readonly element: HTMLElement;
  readonly body: HTMLElement;
  readonly #grid = h("div", { class: "gd-form" });
  readonly #fold: HTMLButtonElement;
  readonly #words = h("span", { class: "gd-muted gd-clip" });
  readonly #rows: (FieldRow | DictRows)[];
  readonly #fields: FieldMessage[];
  readonly #calls: FormCalls;
  readonly #onOpen: (isOpen: boolean) => void;
  #said = "";

  constructor(
    { name, fields }: SectionMessage,
    calls: FormCalls,
    isOpen: boolean,
    onOpen: (isOpen: boolean) => void,
  ) {
    this.#fields = fields;
    this.#calls = calls;
    this.#onOpen = onOpen;
    this.#rows = fields.map((field) =>
      field.kind === "dict" && calls.value(field.path) === undefined
        ? new DictRows(field, calls)
        : new FieldRow(field, calls),
    );
    this.#grid.append(...this.#rows.flatMap((row) => row.elements));
    this.#fold = h(
      "button",
      { class: "gd-start-fold", type: "button" },
      icon("right", "is-muted"),
      h("b", { text: name }),
      this.#words,
    );
    this.#fold.addEventListener("click", () => this.open(this.body.hidden === true));
    this.body = h("div", { class: "gd-start-body" }, this.#grid);
    this.element = h("section", { label: name }, this.#fold, this.body);
    this.open(isOpen);
  }

  open(isOpen: boolean): void {
    show(this.body, isOpen);
    setAttribute(this.#fold, "aria-expanded", String(isOpen));
    this.#onOpen(isOpen);
    this.#write();
  }

  rows(): PathRow[] {
    return this.#rows.flatMap((row) => (row instanceof DictRows ? row.rows() : [row]));
  }

  refresh(): void {
    for (const row of this.#rows) row.refresh();
    this.#write();
  }

  say(words: string): void {
    this.#said = words;
    this.#write();
  }

  markErrors(errors: Readonly<Record<string, string>>): void {
    const n = this.rows().filter((row) => errors[row.path]).length;
    this.#fold.classList.toggle("is-wrong", n > 0 && this.body.hidden === true);
  }

  /** `7 values, all default`, while it is folded. */
  #write(): void {
    const total = this.#fields.length;
    const changed = this.#fields.filter(
      ({ path }) => this.#calls.value(path) !== undefined || this.#calls.under(path).length > 0,
    ).length;
    const words = `${plural(total, "value", "values")}, ${changed ? `${changed} changed` : "all default"}`;
    setText(this.#words, this.#said || (this.body.hidden && total ? words : ""));
  }
}

/** One plain value. */
export class FieldRow implements PathRow {
  readonly elements: HTMLElement[];
  readonly #row: FormRow;
  readonly #field: FieldMessage;
  readonly #calls: FormCalls;
  readonly #slider: HTMLInputElement | null;

  constructor(field: FieldMessage, calls: FormCalls, name?: string) {
    this.#field = field;
    this.#calls = calls;
    const { path, help = "", choices } = field;
    this.#row = new FormRow({
      name: name ?? label(path),
      control: controlOf(field, calls.value(path)),
      text: calls.value(path) ?? field.text,
      hint: hintOf(field),
      title: [label(path), help].filter(Boolean).join(": "),
      ...(choices ? { choices } : {}),
      placeholder: field.placeholder ?? "",
    });
    setAttribute(this.#row.input, "data-path", path);
    this.#row.onChange(() => this.#changed());
    this.#slider = slider(field);
    if (this.#slider) {
      const given = this.#slider;
      this.#row.input.after(given);
      given.addEventListener("input", () => {
        this.#row.text = given.value;
        this.#changed();
      });
    }
    if (choices && isShort(choices)) this.#row.bar.classList.add("is-short");
    this.elements = [this.#row.label, this.#row.body];
    this.#slide();
  }

  get path(): string {
    return this.#field.path;
  }

  get input(): HTMLElement {
    return this.#row.input;
  }

  refresh(): void {
    if (document.activeElement !== this.#row.input) {
      this.#row.text = this.#calls.value(this.path) ?? this.#field.text;
    }
    this.#slide();
  }

  wrong(message: string): void {
    this.#row.wrong(message);
  }

  /** Give it a button that takes it away again. */
  removable(onRemove: () => void): void {
    const words = `Remove ${label(this.path)}`;
    const button = h(
      "button",
      { class: "gd-btn is-low is-icon", type: "button", label: words, title: words },
      icon("x"),
    );
    button.addEventListener("click", onRemove);
    this.#row.bar.append(button);
  }

  several(count: number | undefined): void {
    this.#row.input.classList.toggle("is-several", count !== undefined);
    if (count === undefined) this.#row.hint(hintOf(this.#field), titleOf(this.#field));
    else if (count === 0) this.#row.hint("any between: drawn at random");
    else if (label(this.path) === "seed") this.#row.hint(`${count} seeds`);
    else this.#row.hint(`${count} values: one simulation for each`);
  }

  #changed(): void {
    const { text } = this.#row;
    const isDefault = text.trim() === this.#field.text || text.trim() === "";
    this.#calls.change(this.path, isDefault ? null : text);
    this.#slide();
  }

  #slide(): void {
    if (!this.#slider) return;
    const value = Number(this.#row.text);
    const isOne = this.#row.text.trim() !== "" && Number.isFinite(value);
    show(this.#slider, isOne);
    if (!isOne) return;
    this.#slider.value = String(value);
    const { low = 0, high = 1 } = this.#field;
    const part = Math.min(Math.max((value - low) / (high - low), 0), 1);
    this.#slider.style.setProperty("--v", `${part * 100}%`);
  }
}

export function label(path: string): string {
  return path.slice(path.lastIndexOf(".") + 1);
}

function controlOf(field: FieldMessage, value: string | undefined) {
  const shown = value ?? field.text;
  if (field.kind === "bool" && (shown === "true" || shown === "false")) return "check";
  if (field.choices?.length) return "combo";
  return field.kind === "int" || field.kind === "float" ? "short" : "text";
}

function hintOf({ kind, hint = "", help = "", choices = [] }: FieldMessage): string {
  if (kind === "choice") {
    return choices.length && isShort(choices) ? `one of ${choices.join(", ")}` : "";
  }
  return hint || help;
}

function isShort(choices: readonly string[]): boolean {
  return choices.length <= MOST_IN_HINT && choices.every((each) => each.length <= 12);
}

function titleOf({ hint = "", help = "" }: FieldMessage): string {
  return [hint, help].filter(Boolean).join(". ");
}

/** A number between two others can be dragged. */
function slider(field: FieldMessage): HTMLInputElement | null {
  const { kind, low, high, path, is_above } = field;
  const isRange = kind === "float" && low !== undefined && high !== undefined;
  if (!isRange || is_above || high - low > 1) return null; // rates above 0 differ by orders of magnitude
  return h("input", {
    type: "range",
    class: "gd-range",
    min: low,
    max: high,
    step: (high - low) / 100,
    tabindex: -1, // the field beside it takes the keys
    label: `${label(path)}, by dragging`,
  });
}
