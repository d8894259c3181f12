/** The small forms of the list: tags, a note, a colour, edited values for a restart, what is to be deleted. */
import { h, setText, show } from "../dom";
import { type Field, fieldsOf } from "../form/fields";
import { Form } from "../form/form";
import { formatBytes, plural } from "../format";
import { icon } from "../icons";
import { seriesLook } from "../theme";
import type { Row } from "./model";
import { button, doer } from "./sheet";

/** Put on and take off tags. */
export class TagForm {
  readonly element = h("div", { class: "gd-sims-form" });
  readonly #send: (add: string[], remove: string[]) => Promise<unknown>;
  readonly #chips = h("div", { class: "gd-sims-chips" });
  readonly #trouble: HTMLElement;

  constructor(
    rows: readonly Row[],
    all: Iterable<Row>,
    send: (add: string[], remove: string[]) => Promise<unknown>,
  ) {
    this.#send = send;
    const counts = new Map<string, number>();
    for (const row of rows) {
      for (const tag of row.tags) counts.set(tag, (counts.get(tag) ?? 0) + 1);
    }
    for (const [tag, count] of counts) this.#chip(tag, count, rows.length);
    const known = new Set<string>();
    for (const row of all) for (const tag of row.tags) known.add(tag);
    const listId = `gymdash-tags-${Math.random().toString(36).slice(2)}`;
    const input = h("input", {
      class: "gd-field is-low gd-grow",
      type: "text",
      placeholder: "New tag",
      label: "New tag; several with commas between them",
      list: listId,
      autocomplete: "off",
      spellcheck: "false",
    });
    const options = [...known].sort().map((tag) => h("option", { value: tag }));
    const add = doer(
      "Add",
      async () => {
        const tags = input.value.split(",").map((each) => each.trim());
        const wanted = tags.filter(Boolean);
        if (!wanted.length) return;
        await this.#send(wanted, []);
        for (const tag of wanted) this.#chip(tag, rows.length, rows.length);
        input.value = "";
        input.focus();
      },
      "is-line",
    );
    this.#trouble = add.trouble;
    input.addEventListener("keydown", (event) => event.key === "Enter" && void add.run());
    this.element.append(
      this.#chips,
      h("div", { class: "gd-bar" }, input, h("datalist", { id: listId }, ...options), add.button),
      add.trouble,
    );
  }

  #chip(tag: string, count: number, of: number): void {
    const known = [...this.#chips.children].find(
      (each) => (each as HTMLElement).dataset.tag === tag,
    );
    const some = count < of ? ` ${count} of ${of}` : "";
    const words = h("span", { class: "gd-clip", text: `${tag}${some}` });
    const chip = h("span", { class: "gd-tag gd-sims-chip", "data-tag": tag }, words);
    const remove = h("button", {
      type: "button",
      label: `Remove the tag ${tag}`,
      title: "Remove",
    });
    remove.append(icon("x"));
    remove.addEventListener("click", () => {
      this.#send([], [tag]).then(
        () => chip.remove(),
        (error: Error) => {
          setText(this.#trouble, error.message);
          show(this.#trouble, true);
        },
      );
    });
    chip.append(remove);
    if (known) known.replaceWith(chip);
    else this.#chips.append(chip);
  }
}

export function noteForm(
  text: string,
  save: (text: string) => Promise<unknown>,
  onDone: () => void,
): HTMLElement {
  const area = h("textarea", {
    class: "gd-field gd-sims-note",
    rows: 3,
    label: "Note",
    maxlength: 20_000,
  });
  area.value = text;
  const main = doer("Save", () => save(area.value).then(onDone), "is-main");
  area.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) void main.run();
  });
  return h(
    "div",
    { class: "gd-sims-form" },
    area,
    h("div", { class: "gd-bar" }, main.button, button("Cancel", onDone)),
    main.trouble,
  );
}

const COLOURS = ["Blue", "Orange", "Teal", "Pink", "Ochre", "Violet", "Steel", "Rose"];

export class ColourForm {
  readonly element = h("div", { class: "gd-sims-form" });

  constructor(chosen: number, send: (index: number | null) => Promise<unknown>) {
    const row = h("div", { class: "gd-bar gd-sims-colours" });
    const trouble = h("p", { class: "gd-small", role: "alert", hidden: true });
    const put = (index: number | null) =>
      send(index).catch((error: Error) => {
        setText(trouble, error.message);
        show(trouble, true);
      });
    COLOURS.forEach((name, index) => {
      const one = h("button", {
        type: "button",
        label: name,
        title: name,
        class: "gd-sims-colour",
      });
      one.style.setProperty("--c", seriesLook(index).colour);
      one.setAttribute("aria-pressed", String(index === chosen));
      one.addEventListener("click", () => {
        for (const each of row.children) each.setAttribute("aria-pressed", String(each === one));
        void put(index);
      });
      row.append(one);
    });
    row.append(button("By number", () => void put(null)));
    this.element.append(row, trouble);
  }
}

interface Kwarg {
  name: string;
  values: string[];
  n_values: number;
  is_text: boolean;
  is_described: boolean;
}

const MORE = "more values";

/** Edit what simulations were made with; only what was changed is sent. */
export class RestartForm {
  readonly element = h("div", { class: "gd-sims-form" });

  constructor(
    kwargs: readonly Kwarg[],
    count: number,
    restart: (kwargs: Record<string, unknown>) => Promise<unknown>,
  ) {
    const words = `Start ${plural(count, "simulation", "simulations")}`;
    const fields = kwargs.map(fieldOf);
    const more = fieldsOf({
      properties: { [MORE]: { type: "object", description: 'As JSON: {"gamma": 0.98}' } },
    });
    const form = new Form([...fields, ...more], words, async (values) => {
      const { [MORE]: others, ...typed } = values;
      await restart({ ...changedOf(kwargs, typed), ...((others as object) ?? {}) });
    });
    this.element.append(form.element);
  }
}

function fieldOf(kwarg: Kwarg): Field {
  const { name, values, n_values: n, is_text: isText, is_described: isDescribed } = kwarg;
  const isOne = n === 1 && !isDescribed;
  const several = `${values.join(", ")}${n > values.length ? ", \u2026" : ""}`;
  return {
    name,
    kind: isText ? "string" : "json",
    isRequired: false,
    preset: isOne ? (values[0] ?? "") : "",
    hint: "",
    help: isDescribed
      ? `The project holds only a description: ${several}. Give a value.`
      : isOne
        ? ""
        : `Stays as each has it: ${several}`,
    choices: [],
    schema: {},
  };
}

/** What differs from what was there. */
function changedOf(
  kwargs: readonly Kwarg[],
  typed: Record<string, unknown>,
): Record<string, unknown> {
  const changed: Record<string, unknown> = {};
  for (const { name, values, n_values: n } of kwargs) {
    if (!(name in typed)) continue;
    const value = typed[name];
    const text = typeof value === "string" ? value : JSON.stringify(value);
    const isSame = n === 1 && (text === values[0] || isSameJson(value, values[0] ?? ""));
    if (!isSame) changed[name] = value;
  }
  return changed;
}

function isSameJson(value: unknown, text: string): boolean {
  try {
    return JSON.stringify(JSON.parse(text)) === JSON.stringify(value);
  } catch {
    return false;
  }
}

interface Measured {
  bytes: number;
  is_all: boolean;
  active: string[];
  n_active: number;
}

interface Deleted {
  n_deleted: number;
  active: string[];
  n_active: number;
}

interface DeleteCalls {
  remove(stopFirst: boolean): Promise<Deleted>;
  close(): void;
  say(text: string): void;
}

/** Say what would go, and ask. */
export function deleteForm(
  count: number,
  measured: Promise<Measured>,
  calls: DeleteCalls,
): HTMLElement {
  const element = h("div", { class: "gd-sims-form" });
  const words = h("p", { class: "gd-small", text: "Looking what that would be\u2026" });
  const buttons = h("div", { class: "gd-bar" }, button("Cancel", calls.close));
  element.append(words, buttons);
  const remove = async (stopFirst: boolean) => {
    const done = await calls.remove(stopFirst);
    calls.close();
    if (stopFirst && done.n_active) {
      calls.say(
        `${listed(done.active, done.n_active)} did not stop and stayed. Force them to stop.`,
      );
    }
  };
  measured.then(
    (found) => {
      const size = `, ${found.is_all ? "" : "more than "}${formatBytes(found.bytes)},`;
      const rest = count - found.n_active;
      const what = plural(count, "simulation", "simulations");
      const going = found.n_active
        ? ` ${listed(found.active, found.n_active)} still ${found.n_active === 1 ? "goes" : "go"} on.`
        : "";
      setText(
        words,
        `${what} with all data and files${found.bytes ? size : ""} cannot be brought back.${going}`,
      );
      const offers = found.n_active
        ? [
            rest ? doer(`Delete the ${rest} that ended`, () => remove(false), "is-line") : null,
            doer(
              `Stop and delete ${count === 1 ? "it" : `all ${count}`}`,
              () => remove(true),
              "is-line is-danger",
            ),
          ]
        : [doer(`Delete ${what}`, () => remove(false), "is-main")];
      const all = offers.filter((each) => each !== null);
      buttons.prepend(...all.map((each) => each.button));
      element.append(...all.map((each) => each.trouble));
      all[0]?.button.focus();
    },
    (error: Error) => setText(words, error.message),
  );
  return element;
}

function listed(names: readonly string[], count: number): string {
  const more = count > names.length ? ` and ${count - names.length} more` : "";
  return `${names.join(", ")}${more}`;
}
