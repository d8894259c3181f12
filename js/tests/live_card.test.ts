import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { CardTraits } from "../shared/card/model";
import panel from "../widgets/live_card";
import { FakeModel, simulation } from "./fakes";

let undo: (() => void) | undefined;

beforeEach(() => {
  // Everything on the page counts as seen.
  vi.stubGlobal("IntersectionObserver", undefined);
});

afterEach(() => {
  undo?.();
  undo = undefined;
  document.body.replaceChildren();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

function show(traits: Partial<CardTraits> = {}) {
  const model = new FakeModel(traits);
  const el = document.createElement("div");
  document.body.append(el);
  // biome-ignore lint/suspicious/noExplicitAny: a fake stands in for anywidget's model
  undo = panel.render({ model: model as any, el });
  return { model, el };
}

function text(el: Element): string {
  return (el.textContent ?? "").replaceAll("\u00a0", " ");
}

function query<T extends HTMLElement = HTMLElement>(el: Element, selector: string): T {
  const found = el.querySelector<T>(selector);
  if (!found) throw new Error(`nothing is ${selector}`);
  return found;
}

function isShown(element: Element): boolean {
  return element.closest("[hidden]") === null;
}

describe("a card of one simulation", () => {
  test("shows who, in which state and how far", () => {
    const { el } = show({
      simulations: [simulation({ current: 25, total: 100, started: Date.now() / 1000 - 4 })],
    });
    expect(text(query(el, ".gd-name"))).toBe("ppo-s0");
    expect(text(query(el, ".gd-kind"))).toBe("ppo · CartPole-v1 · process");
    expect(text(query(el, ".gd-facts"))).toContain("Running25 %25 of 100 steps");
    expect(query(el, "[role=progressbar]").getAttribute("aria-valuenow")).toBe("25");
  });

  test("shows names and errors as text, never as HTML", () => {
    const evil = "<img src=x onerror=alert(1)>";
    const error = { type: evil, message: evil, frame: evil, lines: 3, number: 0 };
    const latest = { time: 1, code: "fail" as const, subcode: 1, text: evil, has_trace: true };
    const { el } = show({
      series_keys: [evil],
      simulations: [simulation({ name: evil, state: "failed", is_active: false, error, latest })],
    });
    expect(el.querySelector("img")).toBeNull();
    expect(text(query(el, ".gd-message"))).toBe(evil);
  });

  test("follows the model", () => {
    const { model, el } = show();
    model.change({ simulations: [simulation({ state: "succeeded", is_active: false })] });
    expect(text(query(el, ".gd-facts b"))).toBe("Succeeded");
    expect(isShown(query(el, ".gd-stop"))).toBe(false);
  });

  test("says that there are no series yet, and shows tabs when there are", () => {
    const { model, el } = show();
    expect(text(query(el, ".gd-empty"))).toMatch(/^No series yet/);
    model.change({ series_keys: ["loss", "reward"] });
    expect(isShown(query(el, ".gd-empty"))).toBe(false);
    expect([...el.querySelectorAll("[role=tab]")].map((tab) => text(tab))).toEqual([
      "loss",
      "reward",
    ]);
  });

  test("tells the kernel what it shows", () => {
    const { model } = show({ series_keys: ["loss", "reward"] });
    expect(model.last("show")).toMatchObject({
      key: "loss",
      smoothing: 0.85,
      tabs: ["loss", "reward"],
    });
  });

  test("asks for another key when its tab is clicked", async () => {
    const { model, el } = show({ series_keys: ["loss", "reward"] });
    query(el, "[role=tab]:nth-child(2)").click();
    await vi.waitFor(() => expect(model.last("show")).toMatchObject({ key: "reward" }));
    expect(query(el, "[aria-selected=true]").textContent).toContain("reward");
  });

  test("moves along the tabs by arrow keys", () => {
    const { el } = show({ series_keys: ["loss", "reward"] });
    const [first, second] = el.querySelectorAll<HTMLElement>("[role=tab]");
    first?.focus();
    first?.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowRight", bubbles: true }));
    expect(document.activeElement).toBe(second);
  });

  test("shows last values and how many points were left out", () => {
    const { model, el } = show({ series_keys: ["loss"] });
    const view = model.last("show").view;
    model.say(
      { id: 0, kind: "values", view, keys: ["loss"], tabs: [["loss", 2]] },
      [8.214],
      [1, 2],
    );
    const part = { sim_id: "a", is_all: true, count: 2, total: 1_000_000 };
    const series = { id: 0, kind: "series", view, key: "loss", is_new: true, parts: [part] };
    model.say(series, [0, 1], [3, Number.NaN], [10, 11], [3, Number.NaN]);
    expect(text(query(el, "[role=tab]"))).toBe("loss8.21");
    expect(text(query(el, ".gd-tools"))).toContain("2 of 1,000,000 points");
  });

  test("leaves what is for another view or another key alone", () => {
    const { model, el } = show({ series_keys: ["loss"] });
    const part = { sim_id: "a", is_all: true, count: 1, total: 5 };
    const other = { id: 0, kind: "series", view: "x", key: "loss", is_new: true, parts: [part] };
    model.say(other, [0], [3], [10], [3]);
    const old = { ...other, view: model.last("show").view, key: "reward" };
    model.say(old, [0], [3], [10], [3]);
    expect(text(query(el, ".gd-tools"))).not.toContain("points");
  });

  test("picks from all keys behind the tabs", async () => {
    const keys = Array.from({ length: 20 }, (_, i) => `key/${i}`);
    const { model, el } = show({ series_keys: keys });
    expect(text(query(el, ".gd-more"))).toBe("15 more");
    query(el, ".gd-more").click();
    const filter = query<HTMLInputElement>(el, ".gd-filter input");
    filter.value = "17";
    filter.dispatchEvent(new Event("input", { bubbles: true }));
    query(el, "[role=option]").click();
    await vi.waitFor(() => expect(model.last("show")).toMatchObject({ key: "key/17" }));
    expect(el.querySelector("[role=listbox]")).toBeNull();
  });
});

describe("stopping", () => {
  test("asks the kernel, and says what came of it", async () => {
    const { model, el } = show();
    query(el, ".gd-stop").click();
    const asked = model.last("stop");
    expect(asked).toMatchObject({ sim_id: "a", is_forced: false });
    expect(text(query(el, ".gd-stop"))).toBe("Stopping\u2026");
    model.say({ id: asked.id, kind: "stop", error: "it is not ours" });
    await vi.waitFor(() =>
      expect(text(query(el, "[role=alert]:not([hidden])"))).toBe("it is not ours"),
    );
  });

  test("offers force when a simulation does not answer", () => {
    const now = Date.now() / 1000;
    const { model, el } = show({ simulations: [simulation({ stop_asked: now - 12 })] });
    expect(text(query(el, ".gd-facts b"))).toBe("Not answering");
    expect(text(query(el, ".gd-stop"))).toBe("Force stop");
    query(el, ".gd-stop").click();
    expect(model.last("stop")).toMatchObject({ is_forced: true });
  });

  test("is not offered by a card that only shows", () => {
    const { el } = show({ can_stop: false });
    expect(isShown(query(el, ".gd-stop"))).toBe(false);
  });
});

describe("a failed simulation", () => {
  const error = {
    type: "ValueError",
    message: "bad",
    frame: "a/b.py:7 in f",
    lines: 14,
    number: 3,
  };

  test("shows its error and fetches the trace when it is opened", async () => {
    const { model, el } = show({
      simulations: [simulation({ state: "failed", is_active: false, error })],
    });
    expect(text(query(el, ".gd-note.is-error p"))).toBe("ValueErrorbad");
    const fold = query(el, ".gd-note.is-error .gd-foldbutton");
    expect(text(fold)).toBe("Trace, 14 lines");
    fold.click();
    const asked = model.last("trace");
    expect(asked).toMatchObject({ sim_id: "a", number: 3 });
    model.say({ id: asked.id, kind: "trace", result: "Traceback ..." });
    await vi.waitFor(() => expect(text(query(el, ".gd-trace"))).toBe("Traceback ..."));
    expect(fold.getAttribute("aria-expanded")).toBe("true");
  });
});

describe("a question of the simulation", () => {
  const request = {
    id: "r1",
    channel: "custom_query",
    details: "Go on?",
    subkeys: ["rate", "note"],
    time: null,
  };
  const asking = (changed = {}) => [
    simulation({ state: "paused", requests: [{ ...request, ...changed }] }),
  ];
  const type = (el: Element, name: string, typed: string) => {
    const label = [...el.querySelectorAll("label")].find((each) => each.textContent === name);
    query<HTMLInputElement>(el, `#${label?.getAttribute("for")}`).value = typed;
  };
  const submit = (el: Element) =>
    query<HTMLFormElement>(el, ".gd-form").dispatchEvent(
      new Event("submit", { cancelable: true, bubbles: true }),
    );

  test("is shown while it waits", () => {
    const { model, el } = show({ simulations: asking() });
    const note = query(el, "[aria-label='Control requests']");
    expect(text(note)).toContain("Waits for a replycustom_query");
    expect(text(note)).toContain("Go on?");
    model.change({ simulations: [simulation({ state: "paused" })] });
    expect(isShown(note)).toBe(false);
  });

  test("is replied to with what was typed, as JSON or as text", () => {
    const { model, el } = show({ simulations: asking() });
    type(el, "rate", "0.5");
    type(el, "note", "be quick");
    submit(el);
    expect(model.last("reply")).toMatchObject({
      sim_id: "a",
      channel: "custom_query",
      value: { rate: 0.5, note: "be quick" },
    });
  });

  test("without names is replied to with one value", () => {
    const { model, el } = show({ simulations: asking({ subkeys: [] }) });
    submit(el);
    expect(text(query(el, ".gd-wrong:not([hidden])"))).toContain("Needs a value");
    expect(model.sent.some((each) => each.kind === "reply")).toBe(false);
    type(el, "reply", "true");
    submit(el);
    expect(model.last("reply").value).toBe(true);
  });

  test("keeps what was typed while other things change, and says a refusal", async () => {
    const { model, el } = show({ simulations: asking() });
    type(el, "rate", "3");
    model.change({ simulations: [{ ...simulation(), ...asking()[0], current: 5 }] });
    submit(el);
    const asked = model.last("reply");
    expect(asked.value).toEqual({ rate: 3 });
    model.say({ id: asked.id, kind: "reply", error: "It did not answer." });
    await vi.waitFor(() =>
      expect(text(query(el, ".gd-send [role=alert]:not([hidden])"))).toBe("It did not answer."),
    );
  });

  test("can be dismissed", () => {
    const { model, el } = show({ simulations: asking() });
    const dismiss = [...el.querySelectorAll("button")].find((b) => b.textContent === "Dismiss");
    dismiss?.click();
    expect(model.last("dismiss")).toMatchObject({ sim_id: "a", request_id: "r1" });
  });

  test("has no form in a card that only shows", () => {
    const { el } = show({ simulations: asking(), can_reply: false });
    expect(el.querySelector(".gd-form")).toBeNull();
  });
});

describe("what a simulation offers to do", () => {
  const offered = [
    { name: "help", words: "Say it.", arguments: { properties: {} } },
    { name: "record_video", words: "Film the next episode.", arguments: { properties: {} } },
    {
      name: "set",
      words: "Change it.",
      arguments: {
        properties: { learning_rate: { type: "number", exclusiveMinimum: 0 } },
        required: ["learning_rate"],
      },
    },
    { name: "save_model", words: "", arguments: { properties: {} } },
    { name: "widen", words: "", arguments: { properties: {} } },
  ];
  const withActions = async () => {
    const shown = show();
    shown.model.say({ id: shown.model.last("actions").id, kind: "actions", result: offered });
    await vi.waitFor(() => query(shown.el, ".gd-act"));
    return shown;
  };

  test("is asked for once, three become buttons, the rest is in the menu", async () => {
    const { model, el } = await withActions();
    model.change({ simulations: [simulation({ current: 5 })] });
    expect(model.sent.filter((each) => each.kind === "actions").length).toBe(1);
    expect([...el.querySelectorAll(".gd-act")].map(text)).toEqual([
      "Record video",
      "Set\u2026",
      "Save model",
    ]);
    query(el, "[aria-label=More]").click();
    expect([...el.querySelectorAll("[role=option]")].map(text)).toEqual([
      "Copy id",
      "Widen",
      "Help",
    ]);
  });

  test("runs at a click, and its answer is one line that can be dismissed", async () => {
    const { model, el } = await withActions();
    query(el, "[aria-label='Record video']").click();
    const asked = model.last("ask");
    expect(asked).toMatchObject({ sim_id: "a", name: "record_video", arguments: {} });
    model.say({ id: asked.id, kind: "ask", result: { path: "a.mp4" } });
    await vi.waitFor(() =>
      expect(text(query(el, ".gd-answer"))).toBe('record_video:{"path": "a.mp4"}'),
    );
    query(el, ".gd-answer [aria-label=Dismiss]").click();
    expect(el.querySelector(".gd-answer")).toBeNull();
  });

  test("asks for arguments in a form and checks them before the kernel does", async () => {
    const { model, el } = await withActions();
    query(el, "[aria-label='Set\u2026']").click();
    const field = query<HTMLInputElement>(el, ".gd-form input");
    const submit = () =>
      query(el, ".gd-form").dispatchEvent(new Event("submit", { cancelable: true }));
    field.value = "-1";
    submit();
    expect(text(query(el, ".gd-form .gd-wrong:not([hidden])"))).toBe("Must be a number above 0.");
    field.value = "1e-4";
    submit();
    expect(model.last("ask")).toMatchObject({ name: "set", arguments: { learning_rate: 1e-4 } });
    model.say({ id: model.last("ask").id, kind: "ask", error: "Refused: too low." });
    await vi.waitFor(() =>
      expect(text(query(el, ".gd-send [role=alert]:not([hidden])"))).toBe("Refused: too low."),
    );
  });

  test("is gone when the simulation has ended, and not asked for while it waits for a reply", () => {
    const requests = [{ id: "r", channel: "custom_query", details: "", subkeys: [], time: null }];
    const { model } = show({ simulations: [simulation({ requests })] });
    expect(model.sent.some((each) => each.kind === "actions")).toBe(false);
  });
});

describe("statuses", () => {
  test("the latest is shown, all are fetched when opened", async () => {
    const latest = { time: 1, code: "info" as const, subcode: 0, text: "saved", has_trace: false };
    const { model, el } = show({ simulations: [simulation({ latest, status_count: 150 })] });
    expect(text(query(el, ".gd-status"))).toContain("saved");
    query(el, ".gd-status button").click();
    const result = [{ ...latest, number: 149 }];
    model.say({ id: model.last("statuses").id, kind: "statuses", result });
    await vi.waitFor(() =>
      expect(text(query(el, ".gd-statuses"))).toContain("149 older statuses"),
    );
  });
});

describe("a card of a group", () => {
  const sims = [
    simulation({
      id: "a",
      name: "s0",
      state: "succeeded",
      is_active: false,
      current: 9,
      total: 9,
    }),
    simulation({ id: "b", name: "s1", current: 5, total: 9 }),
  ];

  test("counts states and lists the simulations", () => {
    const { el } = show({ is_group: true, title: "seeds", simulations: sims });
    expect(text(query(el, ".gd-name"))).toBe("seeds");
    expect(text(query(el, ".gd-facts b"))).toBe("1 running, 1 succeeded");
    const rows = [...el.querySelectorAll(".gd-legendrow")].map(text);
    expect(rows[1]).toContain("s1Running");
    expect(rows[1]).toContain("55 %");
  });

  test("stops one by its row and all that still run by the head", () => {
    const { model, el } = show({ is_group: true, simulations: sims });
    query(el, "[aria-label='Stop s1']").click();
    expect(model.last("stop")).toMatchObject({ sim_id: "b" });
    query(el, ".gd-stop").click();
    expect(model.sent.filter((each) => each.kind === "stop").map((each) => each.sim_id)).toEqual([
      "b",
      "b",
    ]);
  });

  test("hides a line by its swatch, and all others with Alt", () => {
    const { el } = show({ is_group: true, simulations: sims });
    const [first, second] = el.querySelectorAll<HTMLElement>(".gd-swatchbutton");
    first?.click();
    expect(first?.getAttribute("aria-pressed")).toBe("false");
    first?.dispatchEvent(new MouseEvent("click", { altKey: true }));
    expect(second?.getAttribute("aria-pressed")).toBe("false");
    expect(first?.getAttribute("aria-pressed")).toBe("true");
  });
});

describe("trouble", () => {
  test("of the project is said", () => {
    const { model, el } = show();
    model.change({ problem: "The project's database cannot be read: it is gone." });
    expect(text(query(el, "[role=alert]:not([hidden])"))).toContain("cannot be read");
    model.change({ problem: "" });
    expect(el.querySelector("[role=alert]:not([hidden])")).toBeNull();
  });

  test("of a kernel that is gone is said to who wants to stop", async () => {
    const { model, el } = show();
    model.send = () => {
      throw new Error("Cannot send");
    };
    query(el, ".gd-stop").click();
    const words = "The kernel of this card is gone. Run gd.watch() to see it live again.";
    await vi.waitFor(() => expect(text(query(el, "[role=alert]:not([hidden])"))).toBe(words));
  });

  test("a silent kernel makes the card say as of when it is", () => {
    vi.useFakeTimers();
    const { model, el } = show();
    vi.advanceTimersByTime(5_000);
    model.say({ id: 0, kind: "beat", clock: Date.now() / 1000 });
    vi.advanceTimersByTime(5_000);
    expect(text(el)).not.toContain("as of");
    vi.advanceTimersByTime(5_000);
    expect(text(el)).toContain("as of");
  });
});

test("a card that is taken away leaves nothing behind", () => {
  vi.useFakeTimers();
  const { model, el } = show({ series_keys: ["loss"] });
  undo?.();
  undo = undefined;
  expect(model.listening).toBe(0);
  expect(model.sent.at(-1)?.kind).toBe("gone");
  expect(el.childElementCount).toBe(0);
  const count = model.sent.length;
  vi.advanceTimersByTime(60_000);
  expect(model.sent.length).toBe(count);
  expect(vi.getTimerCount()).toBe(0);
});
