/** The registry panel: types at the left, what the chosen one says about itself and takes at the right. */
import { h, setText, show } from "../dom";
import type { Message } from "../messages";
import type { PanelContext, PanelPart } from "../panel";
import { Documentation } from "./documentation";
import { label } from "./field_rows";
import type { FieldMessage, FormMessage, Types, TypesTraits } from "./model";
import { TypeList } from "./type_list";

const CHOOSE = "Choose a type to see what it does and takes.";

export class RegistryPart implements PanelPart {
  readonly element: HTMLElement;
  readonly #context: PanelContext<TypesTraits>;
  readonly #types: TypeList;
  readonly #documentation = new Documentation();
  readonly #table = h("table", { class: "gd-table gd-registry-table" });
  readonly #body: HTMLElement;
  readonly #empty = h("p", {
    class: "gd-muted gd-start-empty",
    text: CHOOSE,
  });
  #asked = "";
  #isThere = true;

  constructor(context: PanelContext<TypesTraits>) {
    this.#context = context;
    this.#types = new TypeList({
      onPick: (key) => {
        this.#isThere = true;
        context.set("key", key);
        this.update();
      },
      register: (name) => context.channel.ask("register", { name }),
    });
    this.#body = h(
      "div",
      { class: "gd-start-scroll", hidden: true },
      this.#documentation.head,
      this.#documentation.text,
      this.#table,
    );
    this.element = h(
      "div",
      { class: "gd-start is-registry" },
      h(
        "div",
        { class: "gd-start-columns" },
        this.#types.element,
        h("div", { class: "gd-start-main" }, this.#empty, this.#body),
      ),
    );
    this.element.addEventListener("keydown", (event) => event.stopPropagation());
  }

  receive(message: Message): void {
    if (message.kind !== "types") return;
    const types = message as unknown as Types;
    this.#types.update(types);
    this.#isThere = types.registered.includes(this.#context.get("key"));
    this.#asked = ""; // what it says may have changed with it
    this.update();
  }

  update(): void {
    const key = this.#context.get("key");
    this.#types.choose(key);
    show(this.#empty, !key || !this.#isThere);
    setText(this.#empty, key && !this.#isThere ? `${key} is no longer registered.` : CHOOSE);
    if (!key || !this.#isThere) show(this.#body, false);
    if (!key || !this.#isThere || key === this.#asked) return;
    this.#asked = key;
    this.#context
      .ask("form", { key })
      .then((form) => this.#asked === key && this.#write(form as FormMessage))
      .catch(() => {
        this.#asked = "";
        show(this.#body, false);
      });
  }

  #write(form: FormMessage): void {
    this.#documentation.update(form);
    const fields = form.sections.flatMap((section) => section.fields);
    const head = h(
      "tr",
      {},
      ...["argument", "default", "what it is"].map((text) => h("th", { scope: "col", text })),
    );
    this.#table.replaceChildren(h("tbody", {}, head, ...fields.map(rowOf)));
    show(this.#table, fields.length > 0);
    show(this.#body, true);
  }
}

function rowOf(field: FieldMessage): HTMLElement {
  const { path, text, help = "", hint = "", placeholder = "" } = field;
  const shown = text || (field.kind === "dict" ? "{}" : placeholder || "none");
  return h(
    "tr",
    {},
    h("td", { text: label(path) }),
    h("td", { class: text ? "" : "gd-muted", text: shown }),
    h("td", { class: "gd-muted gd-registry-words", text: [help, hint].filter(Boolean).join(" ") }),
  );
}
