import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Combo } from "../shared/form/combo";
import { insertBelow } from "../shared/start/insert_cell";
import registryPanel from "../widgets/registry_panel";
import startPanel from "../widgets/start_panel";
import { FakePanelModel, shown } from "./fake_panel";

const FORM = {
  key: "ppo",
  words: "Trains.",
  documentation: "Trains.\n\nAnd more: <b>bold</b>.",
  is_open: false,
  depends_on: [],
  presets: ["old one"],
  max_running: 2,
  sections: [
    {
      name: "Training",
      fields: [
        { path: "steps", kind: "int", text: "5000", is_main: true, hint: "1 or more" },
        { path: "is_on", kind: "bool", text: "false", is_main: true },
        { path: "gamma", kind: "float", text: "0.99", is_main: true, low: 0, high: 1 },
        {
          path: "inner",
          kind: "dict",
          text: "",
          is_main: true,
          is_open: true,
          fields: [
            { path: "inner.rate", kind: "float", text: "0.1", is_main: true },
            { path: "inner.rare", kind: "float", text: "7", is_main: false },
            {
              path: "inner.deep",
              kind: "dict",
              text: "",
              is_main: true,
              fields: [
                { path: "inner.deep.lr", kind: "float", text: "0.5", is_main: true },
                { path: "inner.deep.is_fast", kind: "bool", text: "true", is_main: true },
              ],
            },
          ],
        },
      ],
    },
    { name: "More", fields: [{ path: "label", kind: "text", text: "", is_main: true }] },
    { name: "How many", fields: [{ path: "seed", kind: "int", text: "", is_main: true }] },
  ],
};

const CHECKED = {
  errors: {},
  count: 1,
  missing: 1,
  summary: "",
  several: {},
  code: 'gd.run("ppo")',
  template: "ppo",
};

const TRAITS = {
  key: "",
  values: {},
  name_template: "",
  mode: "grid",
  n: null,
  launcher: "process",
  only_missing: false,
  started: [],
  close_asked: 0,
};

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("IntersectionObserver", undefined); // everything on the page counts as seen
});

afterEach(() => {
  document.body.replaceChildren();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

async function settle(): Promise<void> {
  await vi.advanceTimersByTimeAsync(500);
}

async function open(traits: object = {}) {
  const model = new FakePanelModel({ ...TRAITS, key: "ppo", ...traits });
  const el = shown(startPanel as never, model);
  model.receive({
    kind: "types",
    registered: ["dqn", "ppo"],
    notebook: [{ name: "Mine", key: "mine", words: "", is_changed: false }],
  });
  model.answer("form", FORM);
  await settle();
  model.answer("check", CHECKED);
  await settle();
  return { model, el };
}

function field(el: Element, path: string): HTMLInputElement {
  const found = el.querySelector<HTMLInputElement>(`[data-path="${path}"]`);
  if (!found) throw new Error(`no field ${path}`);
  return found;
}

function type(el: Element, path: string, text: string): void {
  const input = field(el, path);
  input.value = text;
  input.dispatchEvent(new Event("input", { bubbles: true }));
}

function button(el: Element, words: string): HTMLButtonElement {
  const all = [...el.querySelectorAll("button")];
  const found = all.find((each) => (each.textContent ?? "").trim() === words);
  if (!found) throw new Error(`no button ${words}: ${all.map((b) => b.textContent)}`);
  return found;
}

describe("the start panel", () => {
  test("shows defaults, and folds what people rarely change", async () => {
    const { el } = await open();
    expect(field(el, "steps").value).toBe("5000");
    expect(field(el, "inner.rate").value).toBe("0.1");
    expect(el.querySelector('[data-path="inner.rare"]')).toBeNull();
    expect(field(el, "label").closest<HTMLElement>(".gd-start-body")?.hidden).toBe(true);
    expect(el.textContent).toContain("1 value, all default");
  });

  test("shows what lies in a dict in a dict as fields of their own kinds", async () => {
    const { model, el } = await open();
    expect(field(el, "inner.deep.lr").value).toBe("0.5");
    expect(field(el, "inner.deep.is_fast").type).toBe("checkbox");
    expect(el.querySelector('[data-path="inner.deep"]')).toBeNull();
    type(el, "inner.deep.lr", "0.25");
    await settle();
    expect(model.traits.values).toEqual({ "inner.deep.lr": "0.25" });
    expect(el.querySelectorAll('[data-path="inner.deep.lr"]').length).toBe(1);
  });

  test("shows a dict in a dict that was filled in as a whole as it was written", async () => {
    const { el } = await open({ values: { "inner.deep": '{"lr": 3}' } });
    expect(field(el, "inner.deep").value).toBe('{"lr": 3}');
  });

  test("tells the kernel what is filled in, and leaves out what is as by default", async () => {
    const { model, el } = await open();
    type(el, "steps", "10");
    type(el, "inner.rate", "1, 2");
    type(el, "gamma", "0.5");
    type(el, "gamma", "0.99");
    await settle();
    expect(model.traits.values).toEqual({ steps: "10", "inner.rate": "1, 2" });
    const { filled } = model.sent.findLast((each) => each.kind === "check") as unknown as {
      filled: { values: object };
    };
    expect(filled.values).toEqual({ steps: "10", "inner.rate": "1, 2" });
  });

  test("asks once for many keystrokes", async () => {
    const { model, el } = await open();
    const before = model.sent.filter((each) => each.kind === "check").length;
    for (const text of ["1", "12", "123"]) type(el, "steps", text);
    await settle();
    expect(model.sent.filter((each) => each.kind === "check").length).toBe(before + 1);
  });

  test("says what is wrong beside the field, and goes there instead of starting", async () => {
    const { model, el } = await open();
    type(el, "label", "x");
    await settle();
    const errors = { label: "No <i>such</i> label." };
    model.answer("check", { ...CHECKED, errors });
    await settle();
    expect(field(el, "label").getAttribute("aria-invalid")).toBe("true");
    expect(el.textContent).toContain("No <i>such</i> label.");
    expect(el.textContent).toContain("1 value to correct");
    el.querySelector<HTMLButtonElement>(".is-main")?.click();
    await settle();
    model.answer("check", { ...CHECKED, errors });
    await settle();
    expect(document.activeElement).toBe(field(el, "label"));
    expect(field(el, "label").closest<HTMLElement>(".gd-start-body")?.hidden).toBe(false);
    expect(model.sent.some((each) => each.kind === "start")).toBe(false);
  });

  test("says what it will start and starts what is seen", async () => {
    const { model, el } = await open();
    type(el, "seed", "0..4");
    await settle();
    const five = { ...CHECKED, count: 5, missing: 5, summary: "5 seeds = 5 simulations" };
    model.answer("check", { ...five, several: { seed: 5 } });
    await settle();
    expect(el.textContent).toContain("5 seeds = 5 simulations");
    expect(el.textContent).toContain("at most 2 at once, the rest wait in the queue");
    button(el, "Start 5 simulations").click();
    await settle();
    model.answer("check", five);
    await settle();
    expect(model.sent.at(-1)).toMatchObject({
      kind: "start",
      filled: { values: { seed: "0..4" } },
    });
    model.answer("start", { ids: ["a", "b", "c", "d", "e"], names: ["n1", "n2", "n3", "n4"] });
    await settle();
    expect(el.textContent).toContain("Started n1, n2, n3 and 2 more");
    model.receive({ kind: "states", states: { setting_up: 2, queued: 3 } });
    expect(el.textContent).toContain("2 setting up, 3 queued");
  });

  test("offers to complete what is missing", async () => {
    const { model, el } = await open();
    type(el, "seed", "0..4");
    await settle();
    const checked = { ...CHECKED, count: 5, missing: 2, several: { seed: 5 } };
    model.answer("check", checked);
    await settle();
    expect(el.textContent).toContain("3 of 5 are there already, or go on");
    const box = el.querySelector<HTMLInputElement>(".gd-start-missing input");
    box?.click();
    await settle();
    expect(model.traits.only_missing).toBe(true);
    model.answer("check", checked);
    await settle();
    expect(button(el, "Start the 2 missing")).toBeTruthy();
  });

  test("an answer that comes late does not take the place of a newer one", async () => {
    const { model, el } = await open();
    type(el, "steps", "1");
    await settle();
    const first = model.sent.findLast((each) => each.kind === "check");
    type(el, "steps", "2");
    await settle();
    model.answer("check", { ...CHECKED, code: "new" });
    model.receive({ id: first?.id, kind: "check", result: { ...CHECKED, code: "old" } });
    await settle();
    expect(el.querySelector(".gd-start-code")?.textContent).toBe("new");
  });

  test("values that come from Python are shown, but not into the field that is typed in", async () => {
    const { model, el } = await open();
    field(el, "steps").focus();
    field(el, "steps").value = "77";
    model.set("values", { steps: "8", "inner.rare": "9", "inner.added": "10" });
    await settle();
    expect(field(el, "steps").value).toBe("77");
    expect(field(el, "inner.rare").value).toBe("9");
    expect(field(el, "inner.added").value).toBe("10");
  });

  test("a preset that was saved stays to be loaded", async () => {
    const { model, el } = await open();
    button(el, "Save").click();
    const name = el.querySelector<HTMLInputElement>(".gd-presets input");
    if (name) name.value = "new one";
    el.querySelector<HTMLFormElement>(".gd-presets form")?.requestSubmit();
    expect(model.sent.at(-1)).toMatchObject({ kind: "save_preset", name: "new one" });
    model.answer("save_preset", ["new one", "old one"]);
    await settle();
    model.set("started", ["a"]);
    expect(el.querySelector<HTMLElement>(".gd-preset")?.textContent).toBe("Presetnew one");
    el.querySelector<HTMLElement>(".gd-preset")?.click();
    expect(el.querySelectorAll(".gd-preset-load").length).toBe(2);
  });

  test("what is typed while something else changes is not lost", async () => {
    const { model, el } = await open();
    type(el, "steps", "10");
    model.set("started", ["a"]);
    await settle();
    expect(model.traits.values).toEqual({ steps: "10" });
  });

  test("another type begins with an empty form", async () => {
    const { model, el } = await open({ values: { steps: "8" } });
    el.querySelector<HTMLElement>('[data-key="dqn"]')?.click();
    await settle();
    expect(model.traits).toMatchObject({ key: "dqn", values: {} });
    expect(model.sent.findLast((each) => each.kind === "form")).toMatchObject({ key: "dqn" });
  });

  test("a class of the notebook is registered by its name", async () => {
    const { model, el } = await open();
    button(el, "Register").click();
    expect(model.sent.at(-1)).toMatchObject({ kind: "register", name: "Mine" });
    model.receive({ id: model.sent.at(-1)?.id, kind: "register", error: "It is <b>taken</b>." });
    await settle();
    expect(el.textContent).toContain("It is <b>taken</b>.");
  });

  test("a project that cannot be changed starts nothing", async () => {
    const { el } = await open({ is_read_only: true });
    expect(el.querySelector<HTMLButtonElement>(".is-main")?.disabled).toBe(true);
  });

  test("every field has a label", async () => {
    const { el } = await open();
    for (const input of el.querySelectorAll("input")) {
      const isNamed = input.labels?.length || input.getAttribute("aria-label");
      expect(isNamed, input.outerHTML).toBeTruthy();
    }
  });
});

describe("the registry panel", () => {
  test("shows what a type says and takes, as text, and says when it is gone", async () => {
    const model = new FakePanelModel({ key: "ppo" });
    const el = shown(registryPanel as never, model);
    model.receive({ kind: "types", registered: ["ppo"], notebook: [] });
    model.answer("form", FORM);
    await settle();
    expect(el.textContent).toContain("And more: <b>bold</b>.");
    expect([...el.querySelectorAll("td:first-child")].map((td) => td.textContent)).toEqual([
      "steps",
      "is_on",
      "gamma",
      "inner",
      "label",
      "seed",
    ]);
    model.receive({ kind: "types", registered: ["dqn"], notebook: [] });
    expect(el.textContent).toContain("ppo is no longer registered.");
  });

  test("the arrow keys go through the types", async () => {
    const model = new FakePanelModel({ key: "" });
    const el = shown(registryPanel as never, model);
    model.receive({ kind: "types", registered: ["a", "b"], notebook: [] });
    const [a, b] = [...el.querySelectorAll<HTMLElement>("[role=option]")];
    a?.focus();
    a?.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowDown", bubbles: true }));
    expect(document.activeElement).toBe(b);
    expect(model.traits.key).toBe("b");
  });
});

describe("code goes into a new cell", () => {
  function notebook() {
    const cells = document.createElement("div");
    cells.className = "jp-Notebook";
    cells.innerHTML =
      '<div class="jp-Cell"></div><div class="jp-Cell"><i></i></div><div class="jp-Cell"></div>';
    document.body.append(cells);
    return cells.querySelector("i") as HTMLElement;
  }

  function manager(model: object) {
    return { context: { model } };
  }

  test("below the cell of the panel", () => {
    const insertCell = vi.fn();
    const inside = notebook();
    const model = { sharedModel: { insertCell, cells: { length: 3 } } };
    expect(insertBelow(manager(model), inside, "x = 1")).toBe(true);
    expect(insertCell).toHaveBeenCalledWith(2, { cell_type: "code", source: "x = 1" });
    (inside.closest(".jp-Cell") as HTMLElement).dataset.windowedListIndex = "0";
    insertBelow(manager(model), inside, "y");
    expect(insertCell).toHaveBeenLastCalledWith(1, expect.anything());
  });

  test.each([
    ["no manager", undefined],
    ["no context", {}],
    ["a read-only notebook", manager({ readOnly: true, sharedModel: { insertCell: vi.fn() } })],
    ["no such call", manager({ sharedModel: {} })],
    [
      "a call that fails",
      manager({
        sharedModel: {
          insertCell: () => {
            throw new Error("no");
          },
        },
      }),
    ],
  ])("nothing happens with %s", (_, given) => {
    expect(insertBelow(given, notebook(), "x")).toBe(false);
  });

  test("nothing happens outside a notebook", () => {
    const insertCell = vi.fn();
    expect(insertBelow(manager({ sharedModel: { insertCell } }), document.body, "x")).toBe(false);
    expect(insertCell).not.toHaveBeenCalled();
  });
});

describe("a field with a list", () => {
  function combo() {
    const input = document.createElement("input");
    const onPick = vi.fn();
    const made = new Combo(input, ["ppo", "a2c", "dqn"], onPick);
    document.body.append(made.element);
    const press = (key: string) =>
      input.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
    const options = () =>
      [...made.element.querySelectorAll("[role=option]")].map((each) => each.textContent);
    return { input, onPick, press, options };
  }

  test("what is typed filters it", () => {
    const { input, options } = combo();
    input.value = "Q";
    input.dispatchEvent(new Event("input"));
    expect(options()).toEqual(["dqn"]);
  });

  test("the keyboard picks, after a comma one more", () => {
    const { input, onPick, press, options } = combo();
    press("ArrowDown");
    expect(options()).toEqual(["ppo", "a2c", "dqn"]);
    press("ArrowDown");
    press("Enter");
    expect(input.value).toBe("ppo");
    input.value = "ppo, a";
    input.dispatchEvent(new Event("input"));
    press("ArrowDown");
    press("Enter");
    expect(input.value).toBe("ppo, a2c");
    expect(onPick).toHaveBeenCalledTimes(2);
  });
});
