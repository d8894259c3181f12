/** The form of a reply: its values with what they are now, to one or to all, and presets. */
import { h, setAttribute, setText, show } from "../dom";
import { FormRow } from "../form/row";
import { icon } from "../icons";
import { Presets } from "../presets/presets";
import type { ControlCalls, Request } from "./model";
import { key, type ReplyField, readReply, replyFields, typedReply } from "./reply_fields";

const INDENT_PX = 16;
/** Lines of a compact form at first. */
const FIRST_LINES = 2;

export class ReplyForm {
  readonly element: HTMLFormElement;
  readonly #request: Request;
  readonly #calls: ControlCalls;
  readonly #fields: readonly ReplyField[];
  readonly #rows = new Map<string, FormRow>();
  readonly #main: HTMLButtonElement;
  readonly #toAll: HTMLButtonElement;
  readonly #trouble = h("div", { class: "gd-wrong gd-ctl-trouble", role: "alert", hidden: true });
  readonly #says = h("span", { class: "gd-words" });
  readonly #presets: Presets;
  readonly #isCompact: boolean;
  #word: string;

  constructor(request: Request, calls: ControlCalls, signal: AbortSignal, isCompact = false) {
    this.#request = request;
    this.#calls = calls;
    this.#isCompact = isCompact;
    this.#fields = replyFields(request.subkeys, request.known);
    this.#word = isCompact ? "Reply" : "Reply and continue";
    this.#main = h("button", { class: "gd-btn is-main", type: "submit", text: this.#word });
    this.#toAll = h("button", { class: "gd-btn is-line", type: "button", hidden: true });
    this.#toAll.addEventListener("click", () => this.#sendToAll());
    this.#trouble.append(icon("warn"), this.#says);
    this.#presets = new Presets(this.#presetCalls(), signal);
    this.element = h("form", { class: "gd-form gd-ctl-reply", novalidate: true });
    this.#fields.forEach((each, i) => {
      const line = this.#line(each);
      if (i >= FIRST_LINES) for (const part of line) part.classList.add("gd-ctl-further");
      this.element.append(...line);
    });
    this.element.append(
      h(
        "div",
        { class: "gd-bar gd-send" },
        this.#main,
        this.#toAll,
        h("span", { class: "gd-grow" }),
        this.#presets.element,
        isCompact && this.#moreButton(),
      ),
      this.#trouble,
    );
    this.element.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#send();
    });
    // The notebook has its own use for keys.
    this.element.addEventListener("keydown", (event) => event.stopPropagation());
    void this.#listPresets();
  }

  /** Say how many others it can go to. */
  update(nOthers: number, words: string): void {
    show(this.#toAll, nOthers > 0);
    setText(this.#toAll, words);
    this.#toAll.title = "Say the same to all of them that run, and to who asks";
  }

  /** Put a button after the main one. */
  besideMain(button: HTMLElement): void {
    this.#main.after(button);
  }

  focus(): void {
    ([...this.#rows.values()][0]?.input ?? this.#main).focus({ preventScroll: true });
  }

  #line({ path, field, now }: ReplyField): HTMLElement[] {
    const indent = `${Math.max(path.length - 1, 0) * INDENT_PX}px`;
    const name = path.at(-1) ?? "reply";
    if (!field) {
      const label = h("span", { class: "gd-ctl-nest gd-clip", text: name, title: name });
      label.style.paddingLeft = indent;
      return [label, h("span", {})];
    }
    const control =
      field.kind === "choice" ? "select" : field.kind === "number" ? "short" : "text";
    const row = new FormRow({
      name,
      control,
      title: path.join("."),
      choices: field.choices,
      hasNone: true,
      help: now && !(this.#isCompact && control !== "select") ? `now ${now}` : "",
      placeholder: this.#isCompact ? now : "",
    });
    row.label.style.paddingLeft = indent;
    row.input.classList.toggle("is-short", control !== "text");
    row.onChange(() => {
      row.wrong("");
      this.#presets.forget();
    });
    this.#rows.set(key(path), row);
    return [row.label, row.body];
  }

  /** The first lines are enough most of the time; the others, presets and a reply to all come on demand. */
  #moreButton(): HTMLButtonElement {
    const n = this.#fields.length - FIRST_LINES;
    const words = n <= 0 ? "More" : n === 1 ? "1 more field" : `${n} more fields`;
    const more = h("button", { class: "gd-btn is-low gd-ctl-more", type: "button", text: words });
    setAttribute(more, "aria-expanded", "false");
    more.addEventListener("click", () => {
      const isWhole = this.element.classList.toggle("is-whole");
      setAttribute(more, "aria-expanded", String(isWhole));
      setText(more, isWhole ? "Less" : words);
    });
    return more;
  }

  /** What was typed; null when something is wrong, which is then said. */
  #read(): { value: unknown } | null {
    const text = (path: readonly string[]) => this.#rows.get(key(path))?.text ?? "";
    const read = readReply(this.#fields, this.#request.known, text);
    const errors = "errors" in read ? read.errors : new Map<string, string>();
    for (const [path, row] of this.#rows) row.wrong(errors.get(path) ?? "");
    this.#trouble.hidden = true;
    if (!("errors" in read)) return read;
    this.element.classList.add("is-whole"); // what is wrong may be further below
    this.#rows.get([...errors.keys()][0] ?? "")?.input.focus();
    this.#complain(errors.size === 1 ? "1 value to correct" : `${errors.size} values to correct`);
    return null;
  }

  async #send(): Promise<void> {
    const read = this.#main.disabled ? null : this.#read();
    if (!read) return;
    this.#main.disabled = true;
    setText(this.#main, "Replying\u2026");
    try {
      await this.#calls.reply(this.#request, read.value);
    } catch (error) {
      this.#complain((error as Error).message);
    } finally {
      this.#main.disabled = false;
      setText(this.#main, this.#word);
    }
  }

  #sendToAll(): void {
    const read = this.#read();
    if (read) this.#calls.replyToAll(this.#request, read.value);
  }

  #complain(words: string): void {
    setText(this.#says, words);
    show(this.#trouble, true);
  }

  // Presets

  async #listPresets(): Promise<void> {
    try {
      this.#presets.update((await this.#ask("presets")) as string[], true);
    } catch {
      this.#presets.update([], false); // said by the panel
    }
  }

  #ask(kind: string, content: Record<string, unknown> = {}): Promise<unknown> {
    return this.#calls.presets(kind, this.#request.channel, content);
  }

  async #changed(kind: string, content: Record<string, unknown>): Promise<string[]> {
    await this.#ask(kind, content);
    return (await this.#ask("presets")) as string[];
  }

  #presetCalls() {
    return {
      load: async (name: string) => {
        const reply = await this.#ask("load_preset", { name });
        const texts = typedReply(this.#fields, reply);
        for (const [path, row] of this.#rows) row.text = texts.get(path) ?? "";
      },
      save: async (name: string) => {
        const read = this.#read();
        if (!read) throw new Error("Correct what is marked first.");
        return this.#changed("save_preset", { name, value: read.value });
      },
      rename: (name: string, to: string) => this.#changed("rename_preset", { name, new: to }),
      delete: async (name: string) => {
        const value = await this.#ask("load_preset", { name });
        return { presets: await this.#changed("delete_preset", { name }), value };
      },
      restore: (name: string, value: unknown) => this.#changed("save_preset", { name, value }),
    };
  }
}
