import { Signal } from "@lumino/signaling";
import { Widget } from "@lumino/widgets";
import { describe, expect, it } from "vitest";
import { SidebarModel } from "../../labextension/model";
import { Recents } from "../../labextension/recents";
import { Settings } from "../../labextension/settings";
import type { OpenOptions, Phase, ProjectState, Source } from "../../labextension/source";

class FakeSource implements Source {
  readonly changed: Signal<Source, void> = new Signal<Source, void>(this);
  readonly asked: [string, object | undefined][] = [];
  phase: Phase = "ready";
  trouble = "";
  isBusyDeaf = false;
  isDisposed = false;
  state: ProjectState | null;

  constructor(
    readonly kind: "notebook" | "own",
    readonly name: string,
    project: string | null,
    requests = 0,
  ) {
    this.state = {
      ...{ project, place: project ?? "", home: "/home/ann", cwd: "/", version: "0", pid: 1 },
      ...{ is_read_only: false, is_starting: false, can_start: true },
      ...{ open_requests: requests, size_bytes: null },
    };
  }

  panel = async () => new Widget();
  dashboard = async () => new Widget();
  ask = async (what: string, content?: object) => void this.asked.push([what, content]);
  dispose() {
    this.isDisposed = true;
    this.changed.emit();
  }
}

/** A page: its notebooks, and the kernels of projects that run beside it. */
class Page {
  readonly sources = new Map<string, FakeSource>();
  readonly started: string[] = [];
  readonly closed: string[] = [];
  readonly notebooks = {
    current: null as Source | null,
    all: [] as Source[],
    changed: new Signal<unknown, void>(this),
  };
  readonly recents = new Recents(null);
  readonly settings = new Settings();
  readonly model = new SidebarModel({
    notebooks: this.notebooks,
    owns: {
      open: (project, options) => this.#open(project, options),
      running: () => this.sources.values(),
      changed: new Signal<unknown, void>(this),
      close: async (project) => void this.closed.push(project),
    },
    settings: this.settings,
    recents: this.recents,
  });

  activate(source: Source | null): void {
    this.notebooks.current = source;
    if (source) this.notebooks.all.push(source);
    this.notebooks.changed.emit();
  }

  async #open(project: string, options: OpenOptions = {}): Promise<Source> {
    const running = this.sources.get(project);
    if (running) return running;
    if (options.attachOnly) throw new Error("No kernel runs for it.");
    if (project === "/none") throw new Error("There is no project in /none.");
    this.started.push(project);
    const source = new FakeSource("own", project, project);
    this.sources.set(project, source);
    return source;
  }
}

describe("the project that is shown", () => {
  it("is the active notebook's, and that of the next one", () => {
    const page = new Page();
    const [one, two] = [
      new FakeSource("notebook", "a", "/a"),
      new FakeSource("notebook", "b", "/b"),
    ];
    page.activate(one);
    expect(page.model.shown).toBe(one);
    page.activate(two);
    expect(page.model.shown).toBe(two);
    expect(page.recents.all.map(({ project }) => project)).toEqual(["/b", "/a"]);
  });

  it("is the one that was picked, until somebody turns to another notebook", async () => {
    const page = new Page();
    page.activate(new FakeSource("notebook", "a", "/a"));
    const own = await page.model.open("/mine");
    expect(page.model.shown).toBe(own);
    const other = new FakeSource("notebook", "b", "/b");
    page.activate(other);
    expect(page.model.shown).toBe(other);
  });

  it("stays while notebooks are not followed", async () => {
    const page = new Page();
    const own = await page.model.open("/mine");
    await page.settings.follow(false);
    page.activate(new FakeSource("notebook", "a", "/a"));
    expect(page.model.shown).toBe(own);
  });

  it("is the notebook's again as soon as it opens one", () => {
    const page = new Page();
    const notebook = new FakeSource("notebook", "a", null);
    page.activate(notebook);
    expect(page.model.shown).toBeNull();
    const { state } = new FakeSource("notebook", "a", "/a");
    notebook.state = state;
    notebook.changed.emit();
    expect(page.model.shown).toBe(notebook);
  });

  it("is none when its kernel was taken away", async () => {
    const page = new Page();
    const own = await page.model.open("/mine");
    own?.dispose();
    expect(page.model.shown).toBeNull();
  });
});

describe("opening", () => {
  it("says why a project cannot be opened, until another one is", async () => {
    const page = new Page();
    expect(await page.model.open("/none")).toBeNull();
    expect(page.model.failure).toEqual({
      project: "/none",
      reason: "There is no project in /none.",
    });
    await page.model.open("/mine");
    expect(page.model.failure).toBeNull();
  });

  it("starts no kernel when the page is loaded again, and complains about none", async () => {
    const page = new Page();
    page.recents.choose("/mine");
    await page.model.restore();
    expect(page.started).toEqual([]);
    expect(page.model.shown).toBeNull();
    expect(page.model.failure).toBeNull();
  });

  it("finds the kernel that runs when the page is loaded again", async () => {
    const page = new Page();
    const running = new FakeSource("own", "mine", "/mine");
    page.sources.set("/mine", running);
    page.recents.choose("/mine");
    await page.model.restore();
    expect(page.model.shown).toBe(running);
    expect(page.started).toEqual([]);
  });

  it("happens when something is to be started and no project is open", async () => {
    const page = new Page();
    page.recents.add({ project: "/mine", place: "mine" });
    await page.model.start();
    expect(page.started).toEqual(["/mine"]);
    expect(page.sources.get("/mine")?.asked).toContainEqual(["start", undefined]);
  });
});

it("closes the project's own kernel and forgets that it was chosen", async () => {
  const page = new Page();
  await page.model.open("/mine");
  await page.model.close();
  expect(page.closed).toEqual(["/mine"]);
  expect(page.model.shown).toBeNull();
  expect(page.recents.chosen).toBeNull();
});

it("leaves the project's kernel to the dashboard that shows it", async () => {
  const page = new Page();
  await page.model.open("/mine");
  await page.model.close((project) => project === "/mine");
  expect(page.closed).toEqual([]);
  expect(page.model.shown).toBeNull();
});

it("shows the kernel of a dashboard for want of something better, until it is closed", async () => {
  const page = new Page();
  const dashboard = new FakeSource("own", "a", "/a");
  page.sources.set("/a", dashboard);
  expect(page.model.shown).toBe(dashboard);
  await page.model.close();
  expect(page.model.shown).toBeNull();
});

it("counts the requests of what is shown, else of all projects that run", async () => {
  const page = new Page();
  await page.model.close();
  page.sources.set("/a", new FakeSource("own", "a", "/a", 2));
  page.sources.set("/b", new FakeSource("own", "b", "/b", 3));
  expect(page.model.requests).toBe(5);
  page.activate(new FakeSource("notebook", "n", "/n", 1));
  expect(page.model.requests).toBe(1);
});

it("tells each kernel the refresh interval once", async () => {
  const page = new Page();
  await page.model.open("/mine");
  page.sources.get("/mine")?.changed.emit();
  const source = page.sources.get("/mine");
  const told = source?.asked.filter(([what]) => what === "settings");
  expect(told).toEqual([["settings", { refresh_s: 0.1 }]]);
});
