/** Presets of a form: load, save, rename, delete, and take back a deletion. */
import { h, setText, show } from "../dom";
import { icon } from "../icons";
import { Popover } from "../popover";

export interface PresetCalls {
  load(name: string): Promise<unknown>;
  save(name: string): Promise<string[]>;
  rename(name: string, to: string): Promise<string[]>;
  /** Gives what is left, and what was deleted. */
  delete(name: string): Promise<{ presets: string[]; value: unknown }>;
  restore(name: string, value: unknown): Promise<string[]>;
}

export class Presets {
  readonly element: HTMLElement;
  readonly #calls: PresetCalls;
  readonly #open: HTMLButtonElement;
  readonly #words = h("span", { class: "gd-clip" });
  readonly #save: HTMLButtonElement;
  readonly #list: Popover;
  readonly #naming: Popover;
  #names: readonly string[] = [];
  #current = "";
  #deleted: { name: string; value: unknown } | null = null;
  #canChange = true;

  constructor(calls: PresetCalls, signal: AbortSignal) {
    this.#calls = calls;
    this.#open = h(
      "button",
      { class: "gd-btn is-low gd-preset", type: "button" },
      h("span", { class: "gd-muted", text: "Preset" }),
      this.#words,
      icon("down"),
    );
    this.#save = h(
      "button",
      { class: "gd-btn is-low", type: "button", title: "Keep what is filled in as a preset" },
      icon("save"),
      "Save",
    );
    const panel = (label: string, fill: (panel: HTMLElement) => void) => () => {
      const made = h("div", {
        class: "gd-presets",
        role: "dialog",
        label,
        "data-lm-suppress-shortcuts": "true",
      });
      fill(made);
      return made;
    };
    this.#list = new Popover(
      this.#open,
      panel("Presets", (made) => this.#fill(made)),
    );
    this.#naming = new Popover(
      this.#save,
      panel("Save a preset", (made) => this.#ask(made)),
    );
    signal.addEventListener("abort", () => {
      this.#list.close();
      this.#naming.close();
    });
    this.element = h("span", { class: "gd-bar" }, this.#open, this.#save);
    this.#write();
  }

  /** Show what there is for another type, or after a change. */
  update(names: readonly string[], canChange: boolean): void {
    this.#names = names;
    this.#canChange = canChange;
    if (!names.includes(this.#current)) this.#current = "";
    this.#write();
  }

  /** What is filled in is no longer what the preset says. */
  forget(): void {
    this.#current = "";
    this.#write();
  }

  #write(): void {
    setText(this.#words, this.#current || "none", this.#current);
    show(this.#open, this.#names.length > 0 || this.#deleted !== null);
    show(this.#save, this.#canChange);
  }

  #fill(panel: HTMLElement): void {
    const trouble = h("p", { class: "gd-preset-trouble", role: "alert", hidden: true });
    const refill = () => {
      panel.replaceChildren();
      this.#fill(panel);
      panel.querySelector<HTMLElement>("button")?.focus();
    };
    const attempt = async (work: () => Promise<readonly string[]>) => {
      try {
        this.update(await work(), this.#canChange);
        refill();
      } catch (error) {
        setText(trouble, (error as Error).message);
        show(trouble, true);
      }
    };
    const rows = this.#names.map((name) => this.#row(name, attempt));
    panel.append(h("div", { class: "gd-options" }, ...rows));
    if (this.#deleted) {
      const { name, value } = this.#deleted;
      const undo = h("button", { class: "gd-btn is-low", type: "button", text: "Undo" });
      undo.addEventListener("click", () => {
        this.#deleted = null;
        void attempt(() => this.#calls.restore(name, value));
      });
      const words = h("span", { class: "gd-clip gd-grow", text: `${name} is deleted.` });
      panel.append(h("div", { class: "gd-presetrow", role: "status" }, words, undo));
    }
    panel.append(trouble);
  }

  #row(
    name: string,
    attempt: (work: () => Promise<readonly string[]>) => Promise<void>,
  ): HTMLElement {
    const load = h("button", {
      class: "gd-btn is-low gd-grow gd-preset-load",
      type: "button",
      title: name,
      label: `Load ${name}`,
    });
    load.append(h("span", { class: "gd-clip", text: name }));
    load.addEventListener("click", () => {
      this.#list.close();
      this.#open.focus();
      void this.#calls.load(name).then(() => {
        this.#current = name;
        this.#write();
      });
    });
    const row = h("div", { class: "gd-presetrow" }, load);
    if (!this.#canChange) return row;
    const rename = button("Rename", () => {
      const field = h("input", {
        class: "gd-field is-low gd-grow",
        type: "text",
        value: name,
        label: `New name of ${name}`,
        spellcheck: "false",
      });
      const form = h("form", { class: "gd-presetrow" }, field, submit("Rename"));
      form.addEventListener("submit", (event) => {
        event.preventDefault();
        const to = field.value.trim();
        if (this.#current === name) this.#current = to;
        void attempt(() => this.#calls.rename(name, to));
      });
      row.replaceWith(form);
      field.select();
      field.focus();
    });
    rename.setAttribute("aria-label", `Rename ${name}`);
    const remove = button("", () => {
      void attempt(async () => {
        const { presets, value } = await this.#calls.delete(name);
        this.#deleted = { name, value };
        return presets;
      });
    });
    remove.classList.add("is-icon");
    remove.append(icon("x"));
    remove.setAttribute("aria-label", `Delete ${name}`);
    remove.title = `Delete ${name}`;
    row.append(rename, remove);
    return row;
  }

  #ask(panel: HTMLElement): void {
    const field = h("input", {
      class: "gd-field is-low gd-grow",
      type: "text",
      value: this.#current,
      placeholder: "Name of the preset",
      label: "Name of the preset",
      spellcheck: "false",
      "data-focus": true,
    });
    const trouble = h("p", { class: "gd-preset-trouble", role: "alert", hidden: true });
    const hint = h("p", { class: "gd-preset-trouble gd-muted", hidden: true });
    const form = h("form", { class: "gd-presetrow" }, field, submit("Save"));
    const say = () => {
      const isThere = this.#names.includes(field.value.trim());
      setText(hint, isThere ? "Replaces the one of this name." : "");
      show(hint, isThere);
    };
    field.addEventListener("input", say);
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      try {
        const name = field.value.trim();
        const names = await this.#calls.save(name);
        this.#current = name;
        this.#deleted = null;
        this.update(names, this.#canChange);
        this.#naming.close();
        this.#save.focus();
      } catch (error) {
        setText(trouble, (error as Error).message);
        show(trouble, true);
      }
    });
    panel.append(form, hint, trouble);
    say();
    queueMicrotask(() => field.select());
  }
}

function button(text: string, onClick: () => void): HTMLButtonElement {
  const made = h("button", { class: "gd-btn is-low", type: "button", text });
  made.addEventListener("click", onClick);
  return made;
}

function submit(text: string): HTMLButtonElement {
  return h("button", { class: "gd-btn is-low is-line", type: "submit", text });
}
