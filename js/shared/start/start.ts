/** The start panel: types at the left, the form of the chosen one, and below it what starting would do. */
import { h, setAttribute, show } from "../dom";
import { FormRow } from "../form/row";
import { icon } from "../icons";
import type { Message } from "../messages";
import type { PanelContext, PanelPart } from "../panel";
import { Presets } from "../presets/presets";
import { CodeBlock } from "./code_block";
import { Documentation } from "./documentation";
import { FieldRows } from "./field_rows";
import { FilledIn } from "./filled";
import { HowMany } from "./how_many";
import type { Checked, Filled, FormMessage, StartTraits, Types, Values } from "./model";
import { StartButtons } from "./start_buttons";
import { Started } from "./started";
import { TypeList } from "./type_list";
import { TypePick } from "./type_pick";

interface Deleted {
  presets: string[];
  value: unknown;
}

const CHECK_AFTER_MS = 400;

export class StartPart implements PanelPart {
  readonly element: HTMLElement;
  readonly #context: PanelContext<StartTraits>;
  readonly #types: TypeList;
  readonly #pick: TypePick;
  readonly #documentation = new Documentation();
  readonly #name: FormRow;
  readonly #rows: FieldRows;
  readonly #howMany: HowMany;
  readonly #presets: Presets;
  readonly #code: CodeBlock;
  readonly #started: Started;
  readonly #filled: FilledIn;
  readonly #buttons = new StartButtons((isQueued) => void this.#start(isQueued));
  readonly #close: HTMLButtonElement;
  readonly #body: HTMLElement;
  readonly #empty: HTMLElement;
  #form: FormMessage | null = null;
  #checked: Checked | null = null;
  #asked = "";
  #timer: ReturnType<typeof setTimeout> | undefined;
  #turn = 0;

  constructor(context: PanelContext<StartTraits>) {
    this.#context = context;
    this.#filled = new FilledIn(context);
    const choose = (key: string) => this.#choose(key);
    this.#types = new TypeList({
      onPick: choose,
      register: (name) => context.channel.ask("register", { name }),
    });
    this.#pick = new TypePick(
      () => this.#types.registered,
      () => this.#filled.now.key,
      choose,
    );
    this.#name = new FormRow({
      name: "Name",
      control: "text",
      placeholder: "made from the values",
    });
    setAttribute(this.#name.input, "data-path", ":name");
    this.#name.onChange(() => this.#change({ name_template: this.#name.text }));
    this.#rows = new FieldRows({
      value: (path) => this.#filled.now.values[path],
      change: (path, text) => this.#changeValue(path, text),
      under: (path) =>
        Object.keys(this.#filled.now.values).filter((p) => p.startsWith(`${path}.`)),
    });
    this.#howMany = new HowMany({
      filled: () => this.#filled.now,
      change: (changed) => this.#change(changed),
    });
    this.#presets = new Presets(
      {
        load: (name) => this.#ask("load_preset", { name }),
        save: (name) => this.#askNames("save_preset", { name, filled: this.#filled.now }),
        rename: (name, to) => this.#askNames("rename_preset", { name, new: to }),
        delete: async (name) => {
          const gone = await this.#context.channel.ask("delete_preset", { name });
          this.#know((gone as Deleted).presets);
          return gone as Deleted;
        },
        restore: (name, value) => this.#askNames("restore_preset", { name, value }),
      },
      context.signal,
    );
    this.#code = new CodeBlock(context.model.widget_manager, context.signal);
    this.#started = new Started((code) => void this.#code.insert(code));
    this.#close = h(
      "button",
      {
        class: "gd-btn is-low is-icon",
        type: "button",
        label: "Close",
        title: "Close",
        hidden: true,
      },
      icon("x"),
    );
    this.#close.addEventListener("click", () =>
      context.set("close_asked", (context.get("close_asked") ?? 0) + 1),
    );
    this.#empty = h("p", { class: "gd-muted gd-start-empty", text: "Choose what to start." });
    this.#body = this.#makeBody();
    this.element = this.#makeElement();
    context.signal.addEventListener("abort", () => clearTimeout(this.#timer));
    // What the kernel cannot answer now, it does when it is back; the form may be filled in meanwhile.
    this.update();
  }

  shown(): object {
    return {};
  }

  receive(message: Message): void {
    if (message.kind === "types") {
      this.#types.update(message as unknown as Types);
      this.#pick.update();
    } else if (message.kind === "states") {
      this.#started.states(message.states as Record<string, number>);
      // What is missing of a sweep may be another number now.
      if ((this.#checked?.count ?? 0) > 1) this.#checkSoon();
    }
  }

  update(): void {
    if (this.#filled.isSaving) return;
    const isOther = this.#filled.hear();
    this.#started.ids = this.#context.get("started") ?? [];
    const isReadOnly = this.#context.get("is_read_only");
    this.#buttons.isDisabled = isReadOnly;
    this.#presets.update(this.#form?.presets ?? [], !isReadOnly);
    show(this.#close, this.element.closest(".gd-dash, .gd-side") !== null);
    if (isOther) this.#write();
    this.#askForm();
    if (isOther) this.#checkSoon(0);
  }

  tick(): void {
    show(this.#close, this.element.closest(".gd-dash, .gd-side") !== null);
  }

  // What somebody does

  #choose(key: string): void {
    if (key === this.#filled.now.key) return;
    this.#filled.change({ key, values: {}, name_template: "", only_missing: false });
    this.#checked = null;
    this.#filled.save();
    this.#askForm();
    this.#write();
  }

  #changeValue(path: string, text: string | null): void {
    const values: Values = { ...this.#filled.now.values };
    if (text === null) delete values[path];
    else values[path] = text;
    this.#change({ values });
    if (this.#form?.depends_on.includes(path)) this.#askForm();
  }

  #change(changed: Partial<Filled>): void {
    this.#filled.change(changed);
    this.#presets.forget();
    if (!("values" in changed)) this.#howMany.update();
    this.#checkSoon();
  }

  // The kernel

  #askForm(): void {
    const { key, values } = this.#filled.now;
    if (!key) {
      this.#write();
      return;
    }
    const depending = (this.#form?.key === key ? this.#form.depends_on : ["algorithm"]).map(
      (path) => values[path] ?? "",
    );
    const asked = JSON.stringify([key, depending]);
    if (asked === this.#asked) return;
    this.#asked = asked;
    this.#ask("form", { key, values })
      .then((form) => {
        if (asked !== this.#asked) return;
        this.#form = form as FormMessage;
        this.#howMany.maxRunning = this.#form.max_running ?? 1;
        this.#presets.update(this.#form.presets ?? [], !this.#context.get("is_read_only"));
        this.#documentation.update(this.#form);
        this.#rows.show(this.#form, this.#howMany.element);
        this.#write();
        this.#checkSoon(0);
      })
      .catch(() => {
        this.#asked = ""; // said already; asked again when something changes
      });
  }

  #checkSoon(after = CHECK_AFTER_MS): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#check().catch(() => {}), after);
  }

  async #check(): Promise<Checked | null> {
    clearTimeout(this.#timer);
    const turn = ++this.#turn;
    this.#filled.save();
    const filled = this.#filled.now;
    if (!filled.key || this.#form?.key !== filled.key) return null;
    const checked = (await this.#ask("check", { filled })) as Checked;
    if (turn === this.#turn) {
      this.#checked = checked;
      this.#writeChecked();
    }
    return checked;
  }

  async #start(isQueued: boolean): Promise<void> {
    if (this.#buttons.isBusy || this.#context.get("is_read_only")) return;
    this.#buttons.isBusy = true;
    try {
      const checked = await this.#check();
      if (!checked) return;
      if (Object.keys(checked.errors).length) {
        this.#focusError(checked.errors);
        return;
      }
      this.#buttons.starting();
      const content = { filled: this.#filled.now, queue: isQueued };
      const result = (await this.#ask("start", content)) as { ids: string[]; names: string[] };
      this.#started.show(result.ids, result.names, isQueued);
    } catch {
      // said already
    } finally {
      this.#buttons.isBusy = false;
      this.#writeChecked();
    }
  }

  #ask(kind: string, content: Record<string, unknown>): Promise<unknown> {
    return this.#context.ask(kind, content);
  }

  /** Its trouble is said where it was asked. */
  #askNames(kind: string, content: Record<string, unknown>): Promise<string[]> {
    return this.#context.channel.ask(kind, content).then((names) => this.#know(names as string[]));
  }

  #know(presets: string[]): string[] {
    if (this.#form) this.#form.presets = presets;
    return presets;
  }

  // The page

  #write(): void {
    const { key, name_template } = this.#filled.now;
    const hasForm = this.#form !== null && this.#form.key === key;
    this.#types.choose(key);
    this.#pick.update();
    show(this.#empty, !key);
    this.element.classList.toggle("is-choosing", !key);
    show(this.#body, hasForm);
    show(this.#presets.element, hasForm);
    if (document.activeElement !== this.#name.input) this.#name.text = name_template;
    this.#rows.refresh();
    this.#howMany.update();
  }

  #writeChecked(): void {
    const checked = this.#checked;
    const { errors = {}, summary = "", several = {} } = checked ?? {};
    const loose = this.#rows.errors(errors).filter((path) => path !== ":name" && path !== ":n");
    this.#name.wrong(errors[":name"] ?? "");
    setAttribute(this.#name.input, "placeholder", checked?.template ?? "");
    this.#rows.several(several, summary);
    this.#howMany.checked(checked);
    this.#code.code = checked?.code ?? "";
    this.#buttons.write(checked, this.#filled.now.only_missing, loose);
  }

  #focusError(errors: Record<string, string>): void {
    if (errors[":name"]) this.#name.input.focus();
    else if (!this.#rows.focusFirst(errors) && errors[":n"]) this.#howMany.n.input.focus();
  }

  #makeBody(): HTMLElement {
    const form = h(
      "div",
      { class: "gd-start-scroll" },
      this.#documentation.head,
      this.#documentation.text,
      h("div", { class: "gd-form gd-start-top" }, this.#name.label, this.#name.body),
      this.#rows.element,
    );
    const foot = h(
      "div",
      { class: "gd-start-foot" },
      this.#started.element,
      this.#buttons.trouble,
      this.#code.element,
      h(
        "div",
        { class: "gd-bar gd-start-actions" },
        this.#buttons.main,
        this.#buttons.queue,
        this.#code.insertButton,
        this.#code.said,
        h("span", { class: "gd-grow" }),
        this.#buttons.wrong,
      ),
    );
    return h("div", { class: "gd-start-form" }, form, foot);
  }

  #makeElement(): HTMLElement {
    const head = h(
      "header",
      { class: "gd-start-head" },
      h("h2", { text: "Start simulations" }),
      this.#pick.element,
      h("span", { class: "gd-grow" }),
      this.#presets.element,
      this.#close,
    );
    const element = h(
      "div",
      { class: "gd-start", "data-lm-suppress-shortcuts": "true" },
      head,
      h(
        "div",
        { class: "gd-start-columns" },
        this.#types.element,
        h("div", { class: "gd-start-main" }, this.#empty, this.#body),
      ),
    );
    element.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
        event.preventDefault();
        void this.#start(false);
      }
      event.stopPropagation(); // the notebook has its own use for keys
    });
    return element;
  }
}
