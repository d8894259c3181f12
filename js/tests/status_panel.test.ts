import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { CallFacts, Page, StatusFacts } from "../shared/status/facts";
import { StatusList } from "../shared/status/status_list";
import panel from "../widgets/status_panel";
import { FakePanelModel, shown } from "./fake_panel";

beforeEach(() => {
  vi.stubGlobal("IntersectionObserver", undefined); // everything on the page counts as seen
});

afterEach(() => {
  document.body.replaceChildren();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

const SIM = { id: "a", name: "ppo-s0", colour: 0, state: "running" };

function status(number: number, changed: Partial<StatusFacts> = {}): StatusFacts {
  return {
    number,
    kind: "info",
    code: "info",
    subcode: 0,
    time: 1e9 + number,
    text: `status ${number}`,
    has_trace: false,
    sim: SIM,
    ...changed,
  };
}

function page(rows: StatusFacts[], changed: Partial<Page> = {}): Page {
  return { rows, next: null, filter: "", kinds: [], n_sims: 0, ...changed };
}

function call(number: number, changed: Partial<CallFacts> = {}): CallFacts {
  const words = { text: "name=x", error: "" };
  return {
    number,
    name: "start",
    time: 1e9,
    is_refused: false,
    sim: SIM,
    n_sims: 1,
    ...words,
    ...changed,
  };
}

const TRAITS = { sims: [], part: "statuses", filter: "", kinds: [], shown_output: "" };

function statuses(traits: Record<string, unknown> = {}) {
  const model = new FakePanelModel({ ...TRAITS, ...traits });
  const el = shown(panel, model);
  const find = <T extends HTMLElement>(selector: string): T => {
    const found = el.querySelector<T>(selector);
    if (!found) throw new Error(`nothing is ${selector}`);
    return found;
  };
  const say = (kind: string, content: object) =>
    model.receive({ kind, view: model.sent[0]?.view, ...content });
  const words = () =>
    [...el.querySelectorAll<HTMLElement>(".gd-saiditem:not([hidden])")]
      .filter((each) => !each.closest<HTMLElement>(".gd-saidscroll")?.hidden)
      .map((each) => each.querySelector(".gd-saidwords")?.textContent);
  const look = async (first: Page) => {
    say("look", {});
    model.answer("page", first);
    await vi.waitFor(() => expect(words()).toHaveLength(first.rows.length));
  };
  return { model, el, find, say, words, look };
}

test("the newest page is asked for when somebody looks, and the newest stands on top", async () => {
  const { words, look, el } = statuses();
  await look(page([status(1), status(2)]));
  expect(words()).toEqual(["status 2", "status 1"]);
  expect(el.textContent).toContain("2 statuses");
});

test("what comes stands on top, once", async () => {
  const { words, look, say } = statuses();
  await look(page([status(1), status(2)]));
  say("added", page([status(2), status(3), status(4)]));
  expect(words()).toEqual(["status 4", "status 3", "status 2", "status 1"]);
});

test("when more came than fit at once, the list begins anew without a hole", async () => {
  const { model, words, look, say } = statuses();
  await look(page([status(1)]));
  say("added", page([status(8), status(9)], { next: 8 }));
  expect(words()).toEqual(["status 1"]);
  model.answer("page", page([status(8), status(9)], { next: 8 }));
  await vi.waitFor(() => expect(words()).toEqual(["status 9", "status 8"]));
});

test("what was found for another filter is left out", async () => {
  const { words, look, say } = statuses({ filter: "x" });
  await look(page([status(1)], { filter: "x" }));
  say("added", page([status(2)], { filter: "y" }));
  say("added", page([status(3)], { filter: "x", kinds: ["error"] }));
  expect(words()).toEqual(["status 1"]);
});

test("older ones come on demand and stand below", async () => {
  const { model, el, words, look } = statuses();
  await look(page([status(8), status(9)], { next: 8 }));
  expect(el.textContent).toContain("newest 2");
  const older = [...el.querySelectorAll("button")].find(
    (each) => each.textContent === "Show older",
  );
  older?.click();
  expect(model.sent.findLast((each) => each.kind === "page")?.before).toBe(8);
  model.answer("page", page([status(6), status(7)]));
  await vi.waitFor(() =>
    expect(words()).toEqual(["status 9", "status 8", "status 7", "status 6"]),
  );
  expect(older?.hidden).toBe(true);
});

test("only so many stay on the page, and the others can be had again", async () => {
  const asked: (number | null)[] = [];
  const pages = (before: number | null) => {
    asked.push(before);
    return Promise.resolve(page(before === null ? [status(1), status(2)] : [status(before - 1)]));
  };
  const calls = { page: pages, isWanted: () => true, trace: async () => "", onOutput: () => {} };
  const list = new StatusList(calls, 4);
  await list.reload(false);
  list.add(page(Array.from({ length: 6 }, (_, i) => status(i + 3))));
  const words = () =>
    [...list.element.querySelectorAll(".gd-saidwords")].map((each) => each.textContent);
  expect(words()).toEqual(["status 8", "status 7", "status 6", "status 5"]);
  list.element.querySelector<HTMLButtonElement>(":scope > button")?.click();
  await vi.waitFor(() => expect(words().at(-1)).toBe("status 4"));
  expect(asked).toEqual([null, 5]);
});

test("what a simulation said is text, never HTML", async () => {
  const { el, look } = statuses();
  const text = "<img src=x onerror=alert(1)>";
  await look(page([status(1, { text, sim: { ...SIM, name: "<b>x</b>" } })]));
  expect(el.querySelector("img, b")).toBeNull();
  expect(el.textContent).toContain("<b>x</b>");
});

test("typing filters after a moment, and the question holds the filter", async () => {
  vi.useFakeTimers();
  const { model, find, say } = statuses();
  say("look", {});
  const input = find<HTMLInputElement>("input[type=search]");
  input.value = "boom";
  input.dispatchEvent(new Event("input"));
  expect(model.traits.filter).toBe("");
  await vi.advanceTimersByTimeAsync(250);
  expect(model.traits.filter).toBe("boom");
  expect(model.sent.findLast((each) => each.kind === "page")).toMatchObject({ filter: "boom" });
});

test("what is being typed is not overwritten by another change", async () => {
  vi.useFakeTimers();
  const { model, find } = statuses({ filter: "old" });
  const input = find<HTMLInputElement>("input[type=search]");
  expect(input.value).toBe("old");
  input.value = "";
  input.dispatchEvent(new Event("input"));
  model.set("part", "calls");
  expect(input.value).toBe("");
  await vi.advanceTimersByTimeAsync(250);
  expect(model.traits.filter).toBe("");
  model.set("filter", "from Python");
  expect(input.value).toBe("from Python");
});

test("a kind is chosen, and several from Python are shown as they are", () => {
  const { model, find } = statuses();
  const kind = find<HTMLSelectElement>("[aria-label='Kind of statuses']");
  kind.value = "error";
  kind.dispatchEvent(new Event("change"));
  expect(model.traits.kinds).toEqual(["error"]);
  model.set("kinds", ["error", "stopped"]);
  expect(kind.selectedOptions[0]?.text).toBe("error, stopped");
  model.set("kinds", []);
  expect(kind.selectedOptions[0]?.text).toBe("All kinds");
});

test("a trace is fetched when its fold opens, and can be copied", async () => {
  const writeText = vi.fn(() => Promise.resolve());
  vi.stubGlobal("navigator", { clipboard: { writeText } });
  const { model, find, look } = statuses();
  const error = { kind: "error", code: "fail", subcode: 1, has_trace: true } as const;
  await look(page([status(1, error)]));
  expect(model.sent.some((each) => each.kind === "trace")).toBe(false);
  find<HTMLButtonElement>(".gd-said .gd-foldbutton").click();
  expect(model.sent.findLast((each) => each.kind === "trace")?.number).toBe(1);
  model.answer("trace", "Traceback");
  await vi.waitFor(() => expect(find(".gd-saidtrace").hidden).toBe(false));
  find<HTMLButtonElement>(".gd-saidtrace button").click();
  await vi.waitFor(() => expect(writeText).toHaveBeenCalledWith("Traceback"));
});

test("what deleted simulations said goes", async () => {
  const { words, look, say } = statuses();
  await look(page([status(1), status(2, { sim: { ...SIM, id: "b" } })]));
  say("gone", { sims: ["b"] });
  expect(words()).toEqual(["status 1"]);
});

test("nothing is said in a sentence that fits", async () => {
  const { model, find, look } = statuses();
  await look(page([]));
  await vi.waitFor(() =>
    expect(find(".gd-saidnone").textContent).toBe("No simulation has said anything yet."),
  );
  model.set("filter", "x");
  model.answer("page", page([], { filter: "x" }));
  await vi.waitFor(() =>
    expect(find(".gd-saidnone").textContent).toBe("No status fits the filter."),
  );
});

test("calls are fetched when they are shown, newest on top, and refused ones say why", async () => {
  const { model, el, words, look } = statuses();
  await look(page([]));
  [...el.querySelectorAll("button")].find((each) => each.textContent === "Calls")?.click();
  expect(model.traits.part).toBe("calls");
  model.answer("calls", [
    call(1),
    call(2, { name: "delete", is_refused: true, error: "It runs." }),
  ]);
  await vi.waitFor(() => expect(words()).toEqual(["name=xRefused: It runs.", "name=x"]));
  model.set("filter", "it runs");
  expect(words()).toEqual(["name=xRefused: It runs."]);
});

test("the name of a simulation opens its output, which is followed until somebody scrolls", async () => {
  const { model, el, find, look, say } = statuses();
  await look(page([status(1)]));
  find<HTMLButtonElement>("button.gd-saidwho").click();
  expect(model.traits.shown_output).toBe("a");
  say("output", { sim: SIM, text: "one" });
  const text = find(".gd-output");
  expect(text.textContent).toBe("one");
  expect(find<HTMLSelectElement>(".gd-outputname").selectedOptions[0]?.text).toBe("ppo-s0");
  const follow = find<HTMLButtonElement>(".gd-follow");
  expect(follow.hidden).toBe(true);
  Object.defineProperty(text, "scrollHeight", { value: 1000 });
  Object.defineProperty(text, "clientHeight", { value: 100 });
  text.scrollTop = 300;
  text.dispatchEvent(new Event("scroll"));
  say("output", { sim: SIM, text: "one\ntwo" });
  expect(text.textContent).toBe("one");
  expect(el.textContent).toContain("newer lines at the end");
  follow.click();
  expect(text.textContent).toBe("one\ntwo");
  expect(text.scrollTop).toBe(1000);
  expect(follow.hidden).toBe(true);
});

test("the output of another simulation is left alone", async () => {
  const { find, say } = statuses({ shown_output: "a" });
  say("output", { sim: { ...SIM, id: "b" }, text: "of b" });
  expect(find(".gd-output").textContent).toBe("");
});
