/** The simulation types to choose from, and classes of the notebook that could be registered. */
import { h, setText, show } from "../dom";
import type { NotebookType, Types } from "./model";

interface TypeListCalls {
  onPick(key: string): void;
  /** Registers a class; fails with the reason. */
  register(name: string): Promise<unknown>;
}

export class TypeList {
  readonly element: HTMLElement;
  readonly #list = h("div", { role: "listbox", label: "Registered simulation types" });
  readonly #notebook = h("div", { class: "gd-start-notebook" });
  readonly #notebookTitle = h("h3", { text: "In this notebook" });
  readonly #empty = h("p", {
    class: "gd-muted gd-small",
    text: "Looking for types\u2026",
    hidden: true,
  });
  readonly #calls: TypeListCalls;
  #registered: readonly string[] = [];
  #key = "";

  constructor(calls: TypeListCalls) {
    this.#calls = calls;
    this.element = h(
      "nav",
      { class: "gd-start-types", label: "Simulation types", "data-lm-suppress-shortcuts": "true" },
      h("h3", { text: "Registered" }),
      this.#empty,
      this.#list,
      this.#notebookTitle,
      this.#notebook,
    );
    show(this.#notebookTitle, false);
    this.#list.addEventListener("click", (event) => this.#pick(event.target as Element));
    this.#list.addEventListener("keydown", (event) => this.#onKey(event));
  }

  get registered(): readonly string[] {
    return this.#registered;
  }

  update({ registered, notebook }: Types): void {
    const focused = document.activeElement as HTMLElement | null;
    const had = this.#list.contains(focused) ? focused?.dataset.key : undefined;
    this.#registered = registered;
    this.#list.replaceChildren(
      ...registered.map((key) =>
        h(
          "div",
          { class: "gd-row", role: "option", "data-key": key, title: key },
          h("span", { class: "gd-clip", text: key }),
        ),
      ),
    );
    this.#notebook.replaceChildren(...notebook.map((each) => this.#unregistered(each)));
    show(this.#notebookTitle, notebook.length > 0);
    setText(this.#empty, "No simulation types are registered.");
    show(this.#empty, registered.length === 0);
    this.choose(this.#key);
    if (had !== undefined) this.#row(had)?.focus();
  }

  choose(key: string): void {
    this.#key = key;
    const rows = this.#rows();
    const chosen = rows.find((row) => row.dataset.key === key);
    for (const row of rows) {
      row.setAttribute("aria-selected", String(row === chosen));
      row.tabIndex = row === (chosen ?? rows[0]) ? 0 : -1;
    }
  }

  #rows(): HTMLElement[] {
    return [...this.#list.children] as HTMLElement[];
  }

  #row(key: string): HTMLElement | undefined {
    return this.#rows().find((row) => row.dataset.key === key);
  }

  #pick(target: Element): void {
    const key = target.closest<HTMLElement>("[data-key]")?.dataset.key;
    if (key !== undefined) this.#calls.onPick(key);
  }

  #onKey(event: KeyboardEvent): void {
    const rows = this.#rows();
    const at = rows.indexOf(document.activeElement as HTMLElement);
    const by = { ArrowDown: 1, ArrowUp: -1, Home: -rows.length, End: rows.length }[event.key];
    if (by !== undefined) {
      const next = rows[Math.min(Math.max(at + by, 0), rows.length - 1)];
      next?.focus();
      if (next) this.#pick(next);
    } else if (event.key === "Enter" || event.key === " ") this.#pick(event.target as Element);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  #unregistered({ name, key, words, is_changed }: NotebookType): HTMLElement {
    const word = is_changed ? "Update" : "Register";
    const about = is_changed
      ? `${name} has changed since it was registered as ${key}`
      : [`${name}, as ${key}`, words].filter(Boolean).join(": ");
    const button = h("button", {
      class: "gd-btn is-low is-line",
      type: "button",
      text: word,
      label: `${word} ${name}`,
    });
    const trouble = h("p", { class: "gd-small gd-muted", role: "alert", hidden: true });
    button.addEventListener("click", () => {
      button.disabled = true;
      this.#calls.register(name).catch((error: Error) => {
        button.disabled = false;
        setText(trouble, error.message);
        show(trouble, true);
      });
    });
    const row = h(
      "div",
      { class: "gd-row is-plain" },
      h("span", { class: "gd-clip gd-grow", text: name, title: about }),
      button,
    );
    return h("div", {}, row, trouble);
  }
}
