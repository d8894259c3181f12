import { Title, Widget } from "@lumino/widgets";
import { describe, expect, it } from "vitest";
import { caption, setBadge } from "../../labextension/badge";
import { chooseSource } from "../../labextension/choice";
import { Header } from "../../labextension/header";
import { failureView, messageView, recentsView } from "../../labextension/message_view";
import { ProjectRow } from "../../labextension/project_row";
import { readValues } from "../../labextension/settings";
import { messageOf } from "../../labextension/source_message";

const nothing = () => {};
const ACTIONS = {
  open: nothing,
  create: nothing,
  openOther: nothing,
  forget: nothing,
  back: nothing,
  newNotebook: nothing,
  copy: nothing,
};
const HTML = '<img src=x onerror="alert(1)">';

function buttons(element: HTMLElement): string[] {
  return [...element.querySelectorAll("button")].map((each) => each.textContent ?? "");
}

describe("which kernel is shown", () => {
  const choose = (change: object) =>
    chooseSource({
      isFollowing: true,
      notebook: "notebook",
      notebookHasProject: true,
      own: "own",
      isPinned: false,
      ...change,
    });

  it.each([
    ["the notebook's, when it is followed", {}, "notebook"],
    ["the chosen project's, when nothing is followed", { isFollowing: false }, "own"],
    ["the chosen project's, beside a notebook without one", { notebookHasProject: false }, "own"],
    ["the chosen project's, when it was just chosen", { isPinned: true }, "own"],
    ["the notebook's, when nothing was chosen", { isPinned: true, own: null }, "notebook"],
    ["none", { notebook: null, own: null }, null],
    ["none, when the only notebook is not followed", { isFollowing: false, own: null }, null],
  ])("is %s", (_, change, expected) => {
    expect(choose(change)).toBe(expected);
  });
});

describe("head", () => {
  it("starts and opens the dashboard", () => {
    const done: string[] = [];
    const head = new Header({
      openDashboard: () => done.push("dashboard"),
      start: () => done.push("start"),
    });
    head.update({ hasProject: true, whyNoStart: "" });
    for (const button of head.element.querySelectorAll("button")) button.click();
    expect(done).toEqual(["dashboard", "start"]);
  });

  it("says why nothing can be started, and starts nothing", () => {
    const done: string[] = [];
    const head = new Header({ openDashboard: nothing, start: () => done.push("start") });
    head.update({ hasProject: true, whyNoStart: "Read-only." });
    const start = head.element.querySelector<HTMLElement>(".gd-shell-start");
    start?.click();
    expect(start?.title).toBe("Read-only.");
    expect(start?.getAttribute("aria-disabled")).toBe("true");
    expect(done).toEqual([]);
  });
});

describe("project's line", () => {
  const state = {
    project: "/home/ann/rl/.gymdash-projects",
    place: "rl/.gymdash-projects",
    sizeBytes: 1_234_000_000,
    isReadOnly: false,
    notebook: "",
  };

  it("shows place and size, and the whole path in its title", () => {
    const row = new ProjectRow(nothing);
    row.update(state);
    expect(row.button.textContent).toContain("rl/.gymdash-projects");
    expect(row.button.textContent).toContain("1.2 GB");
    expect(row.button.title).toBe("/home/ann/rl/.gymdash-projects");
    expect(row.button.getAttribute("aria-label")).toBe("Project rl/.gymdash-projects, 1.2 GB");
  });

  it("says read-only and where it comes from", () => {
    const row = new ProjectRow(nothing);
    row.update({ ...state, isReadOnly: true, notebook: "train.ipynb" });
    expect(row.button.getAttribute("aria-label")).toContain("read-only");
    expect(row.button.title).toContain("train.ipynb");
  });

  it("says that no project is open", () => {
    const row = new ProjectRow(nothing);
    row.update({ ...state, project: null, place: "" });
    expect(row.button.getAttribute("aria-label")).toBe("Open a project");
    expect(row.button.querySelector(".gd-shell-place")?.textContent).toBe("No project");
  });

  it("shows a folder's name as text", () => {
    const row = new ProjectRow(nothing);
    row.update({ ...state, place: HTML, project: `/${HTML}` });
    expect(row.element.querySelector("img")).toBeNull();
  });

  it("opens its menu by pointer and by key", () => {
    let count = 0;
    const row = new ProjectRow(() => {
      count += 1;
    });
    row.button.click();
    row.button.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowDown" }));
    expect(count).toBe(2);
  });
});

describe("what stands in the panel's place", () => {
  const kernel = { kind: "own" as const, name: "rl", phase: "ready" as const, trouble: "" };

  it("is nothing when the kernel is ready", () => {
    expect(messageOf(kernel)).toBeNull();
  });

  it("offers to try again where that helps", () => {
    expect(messageOf({ ...kernel, phase: "failed" })?.canRetry).toBe(true);
    expect(messageOf({ ...kernel, phase: "gone" })?.canRetry).toBe(true);
    expect(messageOf({ ...kernel, kind: "notebook", phase: "gone" })?.canRetry).toBe(false);
  });

  it("says the kernel's own words as text", () => {
    const message = messageOf({ ...kernel, phase: "failed", trouble: HTML });
    const view = message && messageView(message, nothing);
    expect(view?.textContent).toContain(HTML);
    expect(view?.querySelector("img")).toBeNull();
  });

  it("lists the recent projects, and opens the one that is pressed", () => {
    const opened: string[] = [];
    const recents = [{ project: "/a/rl", place: "a/rl" }];
    const view = recentsView(recents, ".gymdash-projects", "", {
      ...ACTIONS,
      open: (project) => opened.push(project),
    });
    view.querySelector<HTMLElement>(".gd-shell-recent")?.click();
    expect(opened).toEqual(["/a/rl"]);
  });

  it("offers the default project where none was open before", () => {
    expect(buttons(recentsView([], ".gymdash-projects", "", ACTIONS))[0]).toBe(
      ".gymdash-projects",
    );
  });

  it("offers what to do about a project that cannot be opened", () => {
    const view = failureView("/a/rl", "There is no project in /a/rl.", ACTIONS);
    expect(buttons(view)).toEqual([
      "Try again",
      "New project here",
      "Back",
      "Remove from the list",
    ]);
  });
});

describe("badge", () => {
  it("counts, in words too, and keeps what others wrote on the tab", () => {
    const title = new Title<Widget>({ owner: new Widget(), dataset: { id: "gymdash-sidebar" } });
    setBadge(title, 2);
    expect(title.caption).toBe("GymDash, 2 control requests");
    expect(title.dataset).toEqual({ id: "gymdash-sidebar", "gymdash-requests": "2" });
    setBadge(title, 0);
    expect(title.dataset).toEqual({ id: "gymdash-sidebar" });
    expect(caption(1)).toBe("GymDash, 1 control request");
  });
});

describe("settings", () => {
  it("has defaults where something is missing or wrong", () => {
    const values = { project: ".gymdash-projects", refreshSeconds: 0.1, isFollowing: true };
    expect(readValues({})).toEqual({ ...values, kernel: "" });
    expect(readValues({ project: 3, refreshSeconds: "x", followNotebook: 1 })).toMatchObject(
      values,
    );
  });

  it("keeps the interval between 0.1 and 5 seconds", () => {
    expect(readValues({ refreshSeconds: 0 }).refreshSeconds).toBe(0.1);
    expect(readValues({ refreshSeconds: 60 }).refreshSeconds).toBe(5);
  });
});
