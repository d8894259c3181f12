import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { DiskFacts, DiskRow, PruneFacts, UsageFacts } from "../shared/system/facts";
import { History, sharePath } from "../shared/system/history";
import { planWords } from "../shared/system/prune";
import panel from "../widgets/system_panel";
import { FakePanelModel, shown } from "./fake_panel";

beforeEach(() => {
  vi.stubGlobal("IntersectionObserver", undefined); // everything on the page counts as seen
});

afterEach(() => {
  document.body.replaceChildren();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

const GB = 1e9;

function usage(changed: Partial<UsageFacts> = {}): UsageFacts {
  return {
    clock: 1000,
    cpu: 0.62,
    cores: [0.5, 0.74],
    load: 1.31,
    memory: { used: 6.1 * GB, total: 16 * GB, is_container: false },
    disk: { path: "/p", fraction: 0.74, free: 118 * GB, total: 450 * GB },
    gpus: [],
    gpu_note: "No NVIDIA GPU was found on this machine.",
    processes: [],
    columns: 3,
    is_new: true,
    ...changed,
  };
}

function row(name: string, total: number): DiskRow {
  const kinds = { media: total, models: 0, logs: 0, other: 0 };
  return { id: name, name, colour: 0, state: "succeeded", n_files: 1, ...kinds, total };
}

function disk(rows: DiskRow[]): DiskFacts {
  const total = rows.reduce((sum, each) => sum + each.total, 0);
  const rest = { database: 10, resources: 0, leftover: 0, other: 0, not_listed: 0 };
  const largest = Math.max(0, ...rows.map((each) => each.total));
  return { rows, n_simulations: rows.length, largest, total: total + 10, n_files: 3, ...rest };
}

function system(traits: Record<string, unknown> = {}) {
  const model = new FakePanelModel({ sort: "size", ...traits });
  const el = shown(panel, model);
  const find = <T extends HTMLElement>(selector: string): T => {
    const found = el.querySelector<T>(selector);
    if (!found) throw new Error(`nothing is ${selector}`);
    return found;
  };
  const say = (facts: UsageFacts, rows: number[] = []) =>
    model.receive({ kind: "usage", view: model.sent[0]?.view, ...facts }, [
      new Float64Array(rows).buffer,
    ]);
  return { model, el, find, say };
}

/** The gauge of a label: its value, its words, how far its bar goes. */
function gauge(el: HTMLElement, label: string) {
  const found = [...el.querySelectorAll<HTMLElement>(".gd-gauge")].find(
    (each) => each.querySelector(".gd-gaugelabel")?.textContent === label,
  );
  return {
    value: found?.querySelector(".gd-gaugevalue")?.textContent,
    words: found?.querySelector(".gd-gaugewords")?.textContent,
    end: found?.querySelector(".gd-gaugeend")?.textContent,
    meter: found?.querySelector<HTMLElement>(".gd-meter"),
  };
}

test("what is in use is said with its unit, and its bar goes as far", () => {
  const { el, say } = system();
  say(usage());
  expect(gauge(el, "CPU").value).toBe("62\u00a0%");
  expect(gauge(el, "CPU").words).toBe("2 cores, load 1.31");
  expect(gauge(el, "CPU").meter?.style.getPropertyValue("--p")).toBe("62%");
  expect(gauge(el, "CPU").meter?.getAttribute("aria-valuenow")).toBe("62");
  expect(gauge(el, "RAM").value?.replace("\u00a0", " ")).toBe("6.1 GB");
  expect(gauge(el, "Disk").end?.replace("\u00a0", " ")).toBe("118 GB free");
  expect(el.textContent).toContain("No NVIDIA GPU");
});

test("each core has a bar, also when their number changes", () => {
  const { find, say } = system();
  say(usage());
  const heights = () =>
    [...find(".gd-cores").children].map((bar) =>
      (bar as HTMLElement).style.getPropertyValue("--p"),
    );
  expect(heights()).toEqual(["50%", "74%"]);
  say(usage({ cores: [1, 0, 0.25] }));
  expect(heights()).toEqual(["100%", "0%", "25%"]);
});

test("each GPU has a line, and what it does not tell is left out", () => {
  const { el, say } = system();
  const full = { name: "H100", busy: 0.21, used: 3 * GB, total: 80 * GB, temperature: 51 };
  const slice = { name: "slice", busy: null, used: null, total: null, temperature: null };
  say(usage({ gpus: [full, slice], gpu_note: "", columns: 5 }));
  expect(gauge(el, "GPU 0").value).toBe("21\u00a0%");
  expect(gauge(el, "GPU 0").words).toContain("51 °C");
  expect(gauge(el, "GPU 1").words).toBe("slice");
  say(usage());
  expect(gauge(el, "GPU 0").value).toBeUndefined();
});

test("processes keep their line, and go when they end", () => {
  const { el, say } = system();
  const one = {
    pid: 7,
    sims: [
      { id: "a", name: "<b>a</b>", colour: 0 },
      { id: "b", name: "b", colour: 1 },
    ],
    launcher: "thread",
    n: 3,
    cpu: 1.5,
    memory: 2 * GB,
    gpu_memory: null,
  };
  say(usage({ processes: [one] }));
  const line = el.querySelector(".gd-processes tbody tr");
  expect(line?.textContent).toContain("<b>a</b> and 1 more");
  expect(line?.textContent).toContain("1.50");
  say(usage({ processes: [{ ...one, cpu: 0.25 }] }));
  expect(el.querySelector(".gd-processes tbody tr")).toBe(line);
  expect(line?.textContent).toContain("0.25");
  say(usage());
  expect(el.querySelector(".gd-processes tbody tr")).toBeNull();
  expect(el.textContent).toContain("No simulation is executed on this machine now.");
});

test("a curve has a gap where nobody looked", () => {
  const path = sharePath(
    [
      [100, 0],
      [101, 1],
      [120, 0.5],
      [121, Number.NaN],
      [122, 0.5],
    ],
    122,
  );
  expect(path.match(/M/g)).toHaveLength(2);
  expect(path.match(/L/g)).toHaveLength(2);
  expect(path.startsWith("M278.0 19.0L279.0 1.0")).toBe(true);
});

test("the history forgets what is older than five minutes, and all when it begins anew", () => {
  const history = new History();
  history.take(new Float64Array([100, 0.1, 0.1, 400, 0.2, 0.2]), 3, true);
  history.take(new Float64Array([401, 0.3, 0.3]), 3, false);
  expect(history.path(1).match(/[ML]/g)).toHaveLength(2);
  history.take(new Float64Array([500, 0.3, 0.3]), 3, true);
  expect(history.path(1).match(/[ML]/g)).toHaveLength(1);
});

test("simulations are listed with bars, the first few at first, and the rest of the disk", async () => {
  vi.useFakeTimers();
  const { model, el } = system();
  await vi.advanceTimersByTimeAsync(1000);
  model.answer("disk", disk(Array.from({ length: 20 }, (_, i) => row(`<i>${i}</i>`, 1000 - i))));
  await vi.advanceTimersByTimeAsync(0);
  const names = () =>
    [...el.querySelectorAll(".gd-disktable tbody tr")].map(
      (tr) => tr.querySelector(".gd-whose")?.textContent,
    );
  expect(names().slice(0, 2)).toEqual(["<i>0</i>", "<i>1</i>"]);
  expect(names().slice(12)).toEqual(["8 other simulations", "Database"]);
  el.querySelector<HTMLButtonElement>(".gd-moresims")?.click();
  expect(names()).toHaveLength(21);
});

test("the disk is measured when somebody looks, and again after half a minute", async () => {
  vi.useFakeTimers();
  const { model } = system();
  const asked = () => model.sent.filter((each) => each.kind === "disk").length;
  await vi.advanceTimersByTimeAsync(1000);
  expect(asked()).toBe(1);
  model.answer("disk", disk([]));
  await vi.advanceTimersByTimeAsync(20_000);
  expect(asked()).toBe(1);
  await vi.advanceTimersByTimeAsync(15_000);
  expect(asked()).toBe(2);
});

test("another order is measured with that order", async () => {
  vi.useFakeTimers();
  const { model, find } = system();
  await vi.advanceTimersByTimeAsync(1000);
  model.answer("disk", disk([]));
  await vi.advanceTimersByTimeAsync(0);
  const sort = find<HTMLSelectElement>("[aria-label='Sort simulations by disk use']");
  sort.value = "name";
  sort.dispatchEvent(new Event("change"));
  expect(model.traits.sort).toBe("name");
  expect(model.sent.findLast((each) => each.kind === "disk")?.sort).toBe("name");
});

const PLAN: PruneFacts = {
  n: 88,
  n_kept: 36,
  bytes: 10.1e6,
  n_simulations: 9,
  some: [{ name: "a", n: 3, bytes: 4e6 }],
  n_refused: 0,
  refused: "",
  call: "gd.prune_media(keep=3)",
};

test("pruning shows what would go, and removes it only when that is confirmed", async () => {
  const { model, el, find } = system();
  const button = (text: string) =>
    [...el.querySelectorAll("button")].find((each) => each.textContent === text);
  button("Prune media")?.click();
  const go = find<HTMLButtonElement>(".gd-pruneacts .is-main");
  expect(go.getAttribute("aria-disabled")).toBe("true");
  go.click();
  const keep = find<HTMLSelectElement>("[aria-label='Keep of each simulation and key']");
  keep.value = "3";
  keep.dispatchEvent(new Event("change"));
  const asked = model.sent.findLast((each) => each.kind === "prune_plan");
  expect(asked).toMatchObject({ keep: 3, older_than: null, sims: null });
  model.answer("prune_plan", PLAN);
  await vi.waitFor(() => expect(go.textContent).toBe("Remove 88 files"));
  expect(find(".gd-prunewords").textContent).toContain("88 of 124 files would go");
  expect(find(".gd-prunecall code").textContent).toBe("gd.prune_media(keep=3)");
  expect(model.sent.some((each) => each.kind === "prune")).toBe(false);
  go.click();
  go.click(); // twice is once
  expect(model.sent.filter((each) => each.kind === "prune")).toHaveLength(1);
  model.answer("prune", PLAN);
  await vi.waitFor(() => expect(find(".gd-prune").hidden).toBe(true));
  expect(find(".gd-prunedone").textContent).toContain("88 files removed");
});

test("an answer to an earlier choice is not shown", async () => {
  const { model, el, find } = system();
  [...el.querySelectorAll("button")].find((each) => each.textContent === "Prune media")?.click();
  const first = model.sent.findLast((each) => each.kind === "prune_plan");
  const age = find<HTMLSelectElement>("[aria-label='Older than']");
  age.value = "86400";
  age.dispatchEvent(new Event("change"));
  model.receive({ id: first?.id, kind: "prune_plan", result: PLAN });
  await Promise.resolve();
  await Promise.resolve();
  expect(find(".gd-prunewords").textContent).toBe("Looking what would go.");
});

test("nothing to remove is said, and cannot be confirmed", () => {
  const words = planWords({ ...PLAN, n: 0, n_simulations: 0 });
  expect(words).toBe("Nothing would go: all 36 files stay.");
});

test("in a project for reading nothing can be pruned", () => {
  const { el } = system({ is_read_only: true });
  const prune = [...el.querySelectorAll("button")].find(
    (each) => each.textContent === "Prune media",
  );
  expect(prune?.hidden).toBe(true);
});
