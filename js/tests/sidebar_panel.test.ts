import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Row } from "../shared/simulations/model";
import { grouped, isHeading } from "../shared/simulations/order";
import { menuEntries } from "../shared/simulations/selection_bar";
import { sharePath } from "../shared/system/history";
import controlPanel from "../widgets/control_panel";
import sidebarPanel from "../widgets/sidebar_panel";
import simulationsPanel from "../widgets/simulations_panel";
import systemPanel from "../widgets/system_panel";
import { FakePanelModel, shown } from "./fake_panel";
import { simulation } from "./fakes";

vi.mock("../shared/visibility", () => ({
  watchVisibility: (_: unknown, onChange: (isSeen: boolean) => void) => onChange(true),
}));

beforeEach(() => vi.useFakeTimers());
afterEach(() => {
  document.body.replaceChildren();
  delete document.body.dataset.gymdashLab;
  vi.useRealTimers();
});

function row(changed: Partial<Row> = {}): Row {
  const rest = { number: 1, colour: 0, place: null, waiting: 0, tags: [], note: "", config: "" };
  return { ...simulation(), ...rest, ...changed };
}

const NOON = new Date(2026, 10, 22, 12).getTime() / 1000;

function ended(hoursAgo: number): Row {
  return row({ state: "succeeded", is_active: false, started: 0, ended: NOON - hoursAgo * 3600 });
}

describe("the column", () => {
  function column(traits: Record<string, unknown> = {}) {
    const made: string[] = [];
    const model = new FakePanelModel({
      is_starting: false,
      can_start: true,
      open_requests: 0,
      panels: { control: "IPY_MODEL_c", simulations: "IPY_MODEL_s", system: "IPY_MODEL_m" },
      ...traits,
    });
    const manager = {
      get_model: async (id: string) => id,
      create_view: async (id: string) => {
        made.push(id);
        return { el: document.createElement("p"), remove() {} };
      },
    };
    Object.assign(model, { widget_manager: manager });
    const el = shown(sidebarPanel, model);
    const seen = () =>
      [...el.querySelectorAll<HTMLElement>(".gd-side-part")]
        .filter((part) => !part.hidden)
        .map((part) => part.className.replace("gd-side-part is-", ""));
    return { model, el, made, seen };
  }

  it("has control requests only while there are some", () => {
    const { model, seen } = column();
    expect(seen()).toEqual(["simulations", "system"]);
    model.set("open_requests", 2);
    expect(seen()).toEqual(["control", "simulations", "system"]);
    model.set("open_requests", 0);
    expect(seen()).toEqual(["simulations", "system"]);
  });

  it("shows the form in the place of everything else", () => {
    const { model, seen } = column({ open_requests: 1 });
    model.set("is_starting", true);
    expect(seen()).toEqual(["start"]);
    model.set("is_starting", false);
    expect(seen()).toEqual(["control", "simulations", "system"]);
  });

  it("makes each view once, when it is first shown", async () => {
    const { model, made } = column();
    await vi.advanceTimersByTimeAsync(0);
    expect(made).toEqual(["s", "m"]);
    model.set("open_requests", 1);
    model.set("open_requests", 2);
    await vi.advanceTimersByTimeAsync(0);
    expect(made).toEqual(["s", "m", "c"]);
  });

  it("says so when a part cannot be made", async () => {
    const model = new FakePanelModel({ panels: { simulations: "IPY_MODEL_s" } });
    const el = shown(sidebarPanel, model);
    await vi.advanceTimersByTimeAsync(0);
    expect(el.querySelector(".is-simulations .gd-empty")?.textContent).toMatch(/could not be/);
  });

  it("has the form made ahead, unless nothing can be started", async () => {
    const asked = ({ model }: ReturnType<typeof column>) =>
      model.sent.filter(({ kind }) => kind === "prepare").length;
    const can = column();
    const cannot = column({ can_start: false });
    await vi.advanceTimersByTimeAsync(2000);
    expect([asked(can), asked(cannot)]).toEqual([1, 0]);
  });

  it("fills a height that is given, and no other", () => {
    const { model, el } = column();
    const panel = el.querySelector(".gymdash-sidebar-panel");
    expect(panel?.classList.contains("is-filling")).toBe(false);
    el.style.height = "800px";
    model.set("open_requests", 1);
    expect(panel?.classList.contains("is-filling")).toBe(true);
  });
});

describe("the list in a column", () => {
  const words = (rows: Row[]) =>
    grouped(rows, NOON)
      .filter(isHeading)
      .map(({ heading, aside }) => `${heading}|${aside}`);

  it("says when what has ended did", () => {
    expect(words([ended(1), ended(11)])).toEqual(["Ended 2|today"]);
    expect(words([ended(1), ended(13)])).toEqual(["Ended 2|1 today"]);
    expect(words([ended(48), ended(24)])).toEqual(["Ended 2|last on 21 Nov"]);
  });

  it("lists four of what has ended, and the rest on demand", () => {
    const traits = { selection: [], compact: true, sort: "-created", states: [], types: [] };
    const model = new FakePanelModel({ tags: [], filter: "", ...traits });
    const el = shown(simulationsPanel, model);
    const ids = Array.from({ length: 9 }, (_, i) => `0011223${i}-4455-6677-8899-aabbccddeeff`);
    model.receive(...rowsMessage(ids, "succeeded"));
    const listed = () => el.querySelectorAll(".gd-sims-row[role=option]:not([hidden])").length;
    const more = el.querySelector<HTMLButtonElement>(".gd-sims-rest");
    expect([listed(), more?.textContent]).toEqual([4, "5 more"]);
    expect(el.querySelector(".gd-sims-row.is-heading")?.textContent).toContain("Ended 9");
    more?.click();
    expect([listed(), more?.textContent]).toEqual([9, "Fewer"]);
    more?.click();
    model.set("filter", "one");
    expect([listed(), more?.hidden]).toEqual([9, true]);
  });
});

describe("wishes to JupyterLab", () => {
  const names = (rows: Row[]) => menuEntries(rows, true, true).map(({ name }) => name);

  it("are offered for one simulation, where the extension is", () => {
    expect(names([row()])).not.toContain("Open dashboard");
    document.body.dataset.gymdashLab = "0.1.0";
    const offered = ["Open dashboard", "Insert gd.watch(\u2026)", "Open folder", "Copy id"];
    expect(names([row()]).slice(0, 4)).toEqual(offered);
    expect(names([row(), row()])).not.toContain("Open dashboard");
  });

  it("are events on the page that say project and simulation", async () => {
    document.body.dataset.gymdashLab = "0.1.0";
    const id = "00112233-4455-6677-8899-aabbccddeeff";
    const traits = { folder: "/p", selection: [id], compact: true, sort: "-created", states: [] };
    const model = new FakePanelModel({ types: [], tags: [], is_read_only: true, ...traits });
    const el = shown(simulationsPanel, model);
    model.receive(...rowsMessage([id], "running"));
    const heard: unknown[] = [];
    document.addEventListener("gymdash:lab", (event) => heard.push((event as CustomEvent).detail));
    for (const entry of ["Open dashboard", "Insert gd.watch(\u2026)", "Open folder"]) {
      el.querySelector<HTMLElement>('.gd-sims-bar [aria-label="More"]')?.click();
      const menu = [...document.querySelectorAll<HTMLElement>("[role=menuitem]")];
      menu.find((each) => each.textContent === entry)?.click();
    }
    const said = (action: string) => ({ action, project: "/p", sim_id: id });
    expect(heard).toEqual([said("open-dashboard"), said("insert-watch"), said("open-folder")]);
  });
});

describe("compact panels", () => {
  it("show questions only, who waits longest first, two fields each", () => {
    const model = new FakePanelModel({ sims: [], compact: true });
    const el = shown(controlPanel, model);
    const requests = ["new", "old"].map((name, i) => question(name, i));
    const rest = { simulations: [], offers: [], channels: [] };
    model.receive({ kind: "state", requests, ...rest });
    expect(el.querySelector(".gd-badge")?.textContent).toBe("2");
    expect(el.querySelector(".gd-ctl-talk, .gd-ctl-actions")).toBeNull();
    const folds = [...el.querySelectorAll(".gd-ctl-fold")];
    expect(folds.map((fold) => fold.querySelector("b")?.textContent)).toEqual(["old", "new"]);
    expect(folds.map((fold) => fold.getAttribute("aria-expanded"))).toEqual(["true", "false"]);
    const send = el.querySelector(".gd-send") as HTMLElement;
    const buttons = [...send.children].map((each) => each.textContent);
    expect(buttons.slice(0, 2)).toEqual(["Reply", "Dismiss"]);
    expect(buttons.at(-1)).toBe("2 more fields");
    const more = send.lastElementChild as HTMLButtonElement;
    more.click();
    expect(more.getAttribute("aria-expanded")).toBe("true");
    expect(el.querySelector(".gd-ctl-reply")?.classList.contains("is-whole")).toBe(true);
  });

  it("say what is now where it is typed, and send only what was typed", () => {
    const model = new FakePanelModel({ sims: [], compact: true });
    const el = shown(controlPanel, model);
    const rest = { simulations: [], offers: [], channels: [] };
    model.receive({ kind: "state", requests: [question("one", 0)], ...rest });
    const [first, second] = el.querySelectorAll<HTMLInputElement>(".gd-ctl-reply input");
    expect(first?.placeholder).toBe("0.0003");
    if (second) second.value = "7";
    el.querySelector(".gd-ctl-reply")?.dispatchEvent(new Event("submit", { cancelable: true }));
    expect(model.sent.at(-1)).toMatchObject({ kind: "reply", value: { b: 7 } });
  });

  it("never ask where the disk has gone", () => {
    const ask = (compact: boolean) => {
      const model = new FakePanelModel({ sort: "size", compact });
      shown(systemPanel, model);
      vi.advanceTimersByTime(2000);
      return model.sent.filter(({ kind }) => kind === "disk").length;
    };
    expect([ask(false), ask(true)]).toEqual([1, 0]);
  });

  it("draw the last two minutes over the whole width", () => {
    expect(
      sharePath(
        [
          [880, 0],
          [1000, 1],
        ],
        1000,
        120,
      ),
    ).toBe("M0.0 19.0M300.0 1.0");
    expect(
      sharePath(
        [
          [700, 0],
          [1000, 1],
        ],
        1000,
      ),
    ).toBe("M0.0 19.0M300.0 1.0");
  });
});

function question(name: string, i: number) {
  return {
    id: `${i}`,
    sim_id: name,
    name,
    colour: 0,
    channel: "custom_query",
    details: "How fast?",
    subkeys: ["a", "b", "c", "d"],
    time: 0,
    known: { a: 0.0003 },
  };
}

/** As the kernel packs some simulations in one state. */
function rowsMessage(
  ids: readonly string[],
  state: string,
): [Record<string, unknown>, ArrayBuffer[]] {
  const hex = ids.join("").replaceAll("-", "").match(/../g) ?? [];
  const bytes = Uint8Array.from(hex, (x) => parseInt(x, 16));
  const coded = (value: unknown) => ({ values: [value], at: ids.map(() => 0) });
  const words = {
    name: ids.map(() => "one"),
    type: coded("t"),
    launcher: coded("process"),
    activity: coded(""),
    note: coded(""),
    tags: coded([]),
  };
  const known = { number: 1, colour: 0, state: 0, created: 1, started: 1, ended: 2 };
  const rest = ["current", "total", "rate", "left_s", "stop_asked", "silent_s", "place"];
  const columns = { ...known, requests: 0, ...Object.fromEntries(rest.map((n) => [n, NaN])) };
  const values = Object.values(columns).flatMap((value) => ids.map(() => value));
  const text = new TextEncoder().encode(JSON.stringify(words));
  const about = { numbers: Object.keys(columns), states: [state], gone: [], is_all: true };
  const content = { kind: "rows", count: ids.length, ...about };
  return [content, [bytes.buffer, new Float64Array(values).buffer, text.buffer as ArrayBuffer]];
}
