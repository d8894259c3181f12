import { beforeEach, describe, expect, it, vi } from "vitest";
import { stopCommand } from "../shared/busy_note";
import { Card } from "../shared/card/card";
import { definePanel, type PanelContext, type PanelTraits } from "../shared/panel";
import { FakePanelModel, shown } from "./fake_panel";
import { FakeModel, simulation } from "./fakes";

beforeEach(() => {
  vi.useFakeTimers();
  document.body.replaceChildren();
});

const note = (element: HTMLElement) => element.querySelector<HTMLElement>(".gd-busy");
const stop = (element: HTMLElement) =>
  element.querySelector<HTMLButtonElement>("button[aria-label=Stop], .gd-stop")?.click();

describe("a card whose kernel does not hear", () => {
  it("says so after two seconds, and how else it can be stopped", () => {
    const model = new FakeModel({ simulations: [simulation({ id: "1a2b3c4d-5e6f" })] });
    const element = listening(model);
    stop(element);
    vi.advanceTimersByTime(1900);
    expect(note(element)?.hidden).toBe(true);
    vi.advanceTimersByTime(200);
    expect(note(element)?.textContent).toBe(
      "The kernel is busy with a cell and answers afterwards. " +
        "Stop works from the sidebar or gymdash-jupyter -d /p stop 1a2b3c4d.",
    );
  });

  it("says nothing more when it has answered", async () => {
    const model = new FakeModel();
    const element = listening(model);
    stop(element);
    vi.advanceTimersByTime(2100);
    expect(note(element)?.hidden).toBe(false);
    model.answer("ping", null);
    await vi.advanceTimersByTimeAsync(0);
    expect(note(element)?.hidden).toBe(true);
  });

  it("says nothing while what was asked takes long", async () => {
    const model = new FakeModel();
    const element = listening(model);
    stop(element);
    vi.advanceTimersByTime(1100);
    model.answer("ping", null);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(note(element)?.hidden).toBe(true);
    expect(model.sent.filter(({ kind }) => kind === "ping")).toHaveLength(1);
  });

  it("says nothing more when the kernel is gone", async () => {
    const model = new FakeModel();
    const element = listening(model);
    stop(element);
    vi.advanceTimersByTime(2100);
    model.send = () => {
      throw new Error("no kernel");
    };
    await vi.advanceTimersByTimeAsync(11_000);
    expect(note(element)?.hidden).toBe(true);
  });

  it("leaves its words alone while they are true", () => {
    const model = new FakeModel();
    const element = listening(model);
    stop(element);
    vi.advanceTimersByTime(2100);
    const code = note(element)?.querySelector("code");
    vi.advanceTimersByTime(60_000);
    expect(note(element)?.querySelector("code")).toBe(code);
  });

  it("does not call a kernel busy that is idle or out of reach", () => {
    for (const [kernel, words] of [
      [{ status: "idle", connectionStatus: "connected" }, "has not answered yet"],
      [{ status: "busy", connectionStatus: "disconnected" }, "cannot be reached"],
      [{ status: "busy", connectionStatus: "connected" }, "is busy with a cell"],
    ] as const) {
      const model = Object.assign(new FakeModel(), { widget_manager: { kernel } });
      const element = listening(model);
      stop(element);
      vi.advanceTimersByTime(2100);
      expect(note(element)?.textContent).toContain(words);
    }
  });

  it("is asked once when the card is first seen, and not again while nobody does anything", async () => {
    const model = new FakeModel();
    listening(model);
    vi.advanceTimersByTime(1100);
    model.answer("ping", null);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(model.sent.filter(({ kind }) => kind === "ping")).toHaveLength(1);
  });

  function listening(model: FakeModel): HTMLElement {
    const life = new AbortController();
    const made = new Card(model, life.signal);
    document.body.append(made.element);
    made.start();
    return made.element;
  }
});

describe("a panel whose kernel does not hear", () => {
  let context: PanelContext<PanelTraits>;
  const panel = (canStop: boolean) =>
    definePanel<PanelTraits>({
      name: "simulations",
      label: "Simulations",
      canStop,
      make: (given) => {
        context = given;
        return { element: document.createElement("div") };
      },
    });
  const traits = { command_line: "gymdash-jupyter -d /p" };

  it("says so, also of a value that was set", () => {
    const element = shown(panel(true), new FakePanelModel(traits));
    context.set("wish", 1);
    vi.advanceTimersByTime(2100);
    expect(note(element)?.textContent).toMatch(
      /afterwards\. .* gymdash-jupyter -d \/p stop ID\.$/,
    );
  });

  it("speaks of stopping only where one can stop", () => {
    const element = shown(panel(false), new FakePanelModel(traits));
    void context.channel.ask("anything");
    vi.advanceTimersByTime(2100);
    expect(note(element)?.textContent).toMatch(/answers afterwards\.$/);
  });
});

describe("the command that stops", () => {
  const commandLine = "gymdash-jupyter";

  it("names a few and leaves the choice among many", () => {
    expect(stopCommand({ commandLine, ids: ["aaaaaaaa-1", "bbbbbbbb-2"] })).toBe(
      "gymdash-jupyter stop aaaaaaaa bbbbbbbb",
    );
    expect(stopCommand({ commandLine, ids: ["1", "2", "3", "4"] })).toBe(
      "gymdash-jupyter stop ID",
    );
  });

  it("is not given where nothing goes on or no project is known", () => {
    expect(stopCommand({ commandLine, ids: [] })).toBe("");
    expect(stopCommand({ commandLine: "", ids: ["1"] })).toBe("");
    expect(stopCommand(null)).toBe("");
  });
});
