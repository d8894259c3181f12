import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { CardTraits } from "../shared/card/model";
import panel from "../widgets/live_card";
import { FakeModel, simulation } from "./fakes";

let undo: (() => void) | undefined;

beforeEach(() => {
  vi.stubGlobal("IntersectionObserver", undefined); // everything on the page counts as seen
});

afterEach(() => {
  undo?.();
  document.body.replaceChildren();
  vi.unstubAllGlobals();
});

function card(traits: Partial<CardTraits> = {}) {
  const model = new FakeModel({ with_output: ["a"], ...traits });
  const el = document.createElement("div");
  document.body.append(el);
  // biome-ignore lint/suspicious/noExplicitAny: a fake stands in for anywidget's model
  undo = panel.render({ model: model as any, el });
  const find = <T extends HTMLElement>(selector: string): T => {
    const found = el.querySelector<T>(selector);
    if (!found) throw new Error(`nothing is ${selector}`);
    return found;
  };
  return {
    model,
    row: find(".gd-outputs"),
    fold: find<HTMLButtonElement>(".gd-outputs .gd-foldbutton"),
    text: find(".gd-output"),
    find,
    say: (text: string, simId = "a") => {
      const { view } = model.last("show");
      model.say({ id: 0, kind: "output", view, sim_id: simId, text });
    },
  };
}

/** A block of 100 px with 1000 px of text, scrolled to some place; happy-dom lays nothing out. */
function scrolled(text: HTMLElement, top: number): void {
  Object.defineProperty(text, "scrollHeight", { value: 1000, configurable: true });
  Object.defineProperty(text, "clientHeight", { value: 100, configurable: true });
  text.scrollTop = top;
  text.dispatchEvent(new Event("scroll"));
}

test("there is no row where nothing was printed, and one when something is", () => {
  const { model, row } = card({ with_output: [] });
  expect(row.hidden).toBe(true);
  model.change({ with_output: ["a"] });
  expect(row.hidden).toBe(false);
});

test("it is closed at first and asks for nothing", () => {
  const { model, fold, text } = card();
  expect(fold.getAttribute("aria-expanded")).toBe("false");
  expect(text.hidden).toBe(true);
  expect(model.last("show").output).toBe("");
});

test("the kernel hears when it is opened and closed", async () => {
  const { model, fold } = card();
  fold.click();
  await vi.waitFor(() => expect(model.last("show").output).toBe("a"));
  fold.click();
  await vi.waitFor(() => expect(model.last("show").output).toBe(""));
});

test("what was printed is text, never HTML", () => {
  const { fold, text, say } = card();
  fold.click();
  say("<img src=x onerror=alert(1)>");
  expect(text.querySelector("img")).toBeNull();
  expect(text.textContent).toBe("<img src=x onerror=alert(1)>");
});

test("what belongs to another simulation is left alone", () => {
  const { fold, text, say } = card();
  fold.click();
  say("other words", "b");
  expect(text.textContent).toBe("");
});

test("it stays at the end while the reader is there", () => {
  const { fold, text, say } = card();
  fold.click();
  say("one");
  scrolled(text, 900);
  say("one\ntwo");
  expect(text.textContent).toBe("one\ntwo");
  expect(text.scrollTop).toBe(1000);
});

test("lines stay in place while somebody has scrolled up, and go on when they come back", () => {
  const { row, fold, text, say } = card();
  fold.click();
  say("one");
  scrolled(text, 300);
  say("one\ntwo");
  expect(text.textContent).toBe("one");
  expect(row.textContent).toContain("newer lines at the end");
  scrolled(text, 900);
  expect(text.textContent).toBe("one\ntwo");
  expect(row.textContent).not.toContain("newer lines");
});

test("lines stay in place while some are marked", () => {
  const { fold, text, say } = card();
  fold.click();
  say("one");
  document.getSelection()?.selectAllChildren(text);
  say("one\ntwo");
  expect(text.textContent).toBe("one");
  document.getSelection()?.removeAllRanges();
  document.dispatchEvent(new Event("selectionchange"));
  expect(text.textContent).toBe("one\ntwo");
});

test("it says that there is more than it shows", () => {
  const { row, fold, say } = card();
  fold.click();
  say(Array.from({ length: 200 }, (_, i) => `line ${i}`).join("\n"));
  expect(row.textContent).toContain("last 200 lines");
});

test("all that came last is copied", async () => {
  const writeText = vi.fn(() => Promise.resolve());
  vi.stubGlobal("navigator", { clipboard: { writeText } });
  const { fold, find, say } = card();
  fold.click();
  say("one");
  find<HTMLButtonElement>(".gd-outputs .gd-btn:last-child").click();
  await vi.waitFor(() => expect(writeText).toHaveBeenCalledWith("one"));
});

test("it stands last, and right below the error of one that failed, still open", () => {
  const { model, row, fold, text, say } = card();
  expect(row.nextElementSibling).toBeNull();
  fold.click();
  say("words");
  const error = { type: "E", message: "bad", frame: "", lines: 3, number: 0 };
  model.change({ simulations: [simulation({ state: "failed", is_active: false, error })] });
  expect(row.previousElementSibling?.getAttribute("aria-label")).toBe("Error");
  expect(text.hidden).toBe(false);
  expect(text.textContent).toBe("words");
});

test("in a group the one that failed is offered first, others by name", async () => {
  const sims = ["a", "b", "c"].map((id) => simulation({ id, name: `sim ${id}` }));
  sims.push(simulation({ id: "d", name: "sim d", state: "lost", is_active: false }));
  const { model, fold, find, text, say } = card({
    is_group: true,
    simulations: sims,
    with_output: ["a", "c", "d"],
  });
  const whose = find<HTMLSelectElement>("select.gd-outputname");
  expect([...whose.options].map((option) => option.text)).toEqual(["sim a", "sim c", "sim d"]);
  expect(whose.value).toBe("d");
  fold.click();
  say("words of d", "d");
  whose.value = "c";
  whose.dispatchEvent(new Event("change"));
  expect(text.textContent).toBe("");
  await vi.waitFor(() => expect(model.last("show").output).toBe("c"));
});
