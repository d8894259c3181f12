/** A dict as a tree: what is known to lie in it, and names that somebody adds. */
import { Picker } from "../card/picker";
import { h, setAttribute, setText, show } from "../dom";
import { plural } from "../format";
import { icon } from "../icons";
import { FieldRow, type FormCalls, label, type PathRow } from "./field_rows";
import type { FieldMessage } from "./model";

const OTHER = ":other";

/** Whether a dict in a dict is shown as a tree: where something is known to lie in it, and it was not typed as a whole. */
function isTree({ path, kind, fields = [] }: FieldMessage, calls: FormCalls): boolean {
  return kind === "dict" && fields.length > 0 && calls.value(path) === undefined;
}

export class DictRows {
  readonly elements: HTMLElement[];
  readonly #field: FieldMessage;
  readonly #calls: FormCalls;
  readonly #grid = h("div", { class: "gd-form gd-start-inner" });
  readonly #words = h("span");
  readonly #fold: HTMLButtonElement;
  readonly #rows = new Map<string, FieldRow | DictRows>();
  readonly #added = new Set<string>();

  constructor(field: FieldMessage, calls: FormCalls) {
    this.#field = field;
    this.#calls = calls;
    this.#fold = h(
      "button",
      { class: "gd-btn is-low gd-foldbutton", type: "button", "aria-expanded": "true" },
      icon("right"),
      this.#words,
    );
    this.#fold.addEventListener("click", () => {
      show(this.#grid, this.#grid.hidden === true);
      setAttribute(this.#fold, "aria-expanded", String(!this.#grid.hidden));
    });
    const name = label(field.path);
    this.elements = [
      h("span", { class: "gd-clip gd-start-name", text: name, title: name }),
      h(
        "div",
        { class: "gd-bar gd-start-dict" },
        this.#fold,
        field.is_open ? this.#adder() : null,
      ),
      this.#grid,
    ];
    this.refresh();
  }

  rows(): PathRow[] {
    return [...this.#rows.values()].flatMap((row) =>
      row instanceof DictRows ? row.rows() : [row],
    );
  }

  refresh(): void {
    const paths = this.#shown();
    for (const [path, row] of this.#rows) {
      if (paths.includes(path)) continue;
      this.#rows.delete(path);
      for (const element of row.elements) element.remove();
    }
    for (const path of paths) {
      const known = this.#rows.get(path);
      if (known) known.refresh();
      else this.#rows.set(path, this.#row(path));
    }
    this.#grid.append(...paths.flatMap((path) => this.#rows.get(path)?.elements ?? []));
    show(this.#fold, paths.length > 0);
    show(this.#grid, paths.length > 0 && this.#fold.getAttribute("aria-expanded") !== "false");
    setText(this.#words, `dict, ${plural(paths.length, "entry", "entries")}`);
  }

  /** What is shown at first, what is filled in, and what somebody added, in this order of the fields. */
  #shown(): string[] {
    const known = this.#known();
    const main = known.filter(
      ({ path, is_main }) =>
        is_main ||
        this.#added.has(path) ||
        this.#calls.value(path) !== undefined ||
        this.#calls.under(path).length > 0,
    );
    const others = [...this.#added].filter((path) => !known.some((each) => each.path === path));
    return [...main.map(({ path }) => path), ...this.#strangers(known), ...others].filter(
      (path, i, all) => all.indexOf(path) === i,
    );
  }

  #known(): FieldMessage[] {
    return this.#field.fields ?? [];
  }

  #strangers(known: readonly FieldMessage[]): string[] {
    return this.#calls
      .under(this.#field.path)
      .filter((path) => !known.some((each) => `${path}.`.startsWith(`${each.path}.`)));
  }

  #row(path: string): FieldRow | DictRows {
    const known = this.#known().find((each) => each.path === path);
    if (known && isTree(known, this.#calls)) return new DictRows(known, this.#calls);
    const field = known ?? { path, kind: "json" as const, text: "", is_main: false };
    const row = new FieldRow(field, this.#calls, path.slice(this.#field.path.length + 1));
    if (!known?.is_main) row.removable(() => this.#remove(path));
    return row;
  }

  #remove(path: string): void {
    this.#added.delete(path);
    this.#calls.change(path, null);
    this.refresh();
    this.#fold.focus();
  }

  #add(path: string): void {
    this.#added.add(path);
    show(this.#grid, true);
    setAttribute(this.#fold, "aria-expanded", "true");
    this.refresh();
    const row = this.#rows.get(path);
    if (row instanceof FieldRow) row.input.focus();
  }

  #adder(): HTMLElement {
    const name = h("input", {
      class: "gd-field is-low gd-start-newname",
      type: "text",
      placeholder: "name",
      label: `Name of a new value in ${label(this.#field.path)}`,
      hidden: true,
      spellcheck: "false",
    });
    const take = () => {
      const text = name.value.trim();
      show(name, false);
      name.value = "";
      if (text) this.#add(`${this.#field.path}.${text}`);
    };
    name.addEventListener("keydown", (event) => {
      if (event.key === "Enter") {
        event.preventDefault();
        take();
      } else if (event.key === "Escape") {
        name.value = "";
        show(name, false);
      }
      event.stopPropagation();
    });
    name.addEventListener("blur", take);
    const ask = () => {
      show(name, true);
      name.focus();
    };
    const picker = new Picker({
      label: `Add to ${label(this.#field.path)}`,
      class: "gd-btn is-low gd-start-add",
      icon: "plus",
      options: () => [
        ...this.#known()
          .filter(({ path }) => !this.#rows.has(path))
          .map(({ path, text }) => ({ id: path, name: label(path), value: text })),
        { id: OTHER, name: "Another name\u2026" },
      ],
      chosen: () => "",
      onPick: (id) => (id === OTHER ? ask() : this.#add(id)),
    });
    picker.say("Add");
    if (!this.#known().length) {
      picker.button.addEventListener(
        "click",
        (event) => {
          event.stopImmediatePropagation(); // there is nothing to choose from
          ask();
        },
        { capture: true },
      );
    }
    return h("span", { class: "gd-bar" }, picker.button, name);
  }
}
