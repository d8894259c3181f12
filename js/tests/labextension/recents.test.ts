import type { IStateDB } from "@jupyterlab/statedb";
import { describe, expect, it } from "vitest";
import { Recents, readKept, withNewest } from "../../labextension/recents";

const recent = (name: string) => ({ project: `/data/${name}`, place: name });

/** JupyterLab's database as a page has it: it keeps JSON. */
function database(): IStateDB {
  const kept = new Map<string, string>();
  return {
    fetch: async (key: string) => JSON.parse(kept.get(key) ?? "null"),
    save: async (key: string, value: unknown) => void kept.set(key, JSON.stringify(value)),
  } as unknown as IStateDB;
}

describe("recent projects", () => {
  it("has the newest first, each once, at most ten", () => {
    const names = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "c"];
    const all = names.map(recent).reduce<readonly ReturnType<typeof recent>[]>(withNewest, []);
    expect(all.map(({ place }) => place).join("")).toBe("ckjihgfedb");
  });

  it("is there again after the page was loaded again", async () => {
    const db = database();
    const before = new Recents(db);
    before.add(recent("a"));
    before.add(recent("b"));
    before.choose("/data/a");
    const after = new Recents(db);
    await after.load();
    expect(after.all).toEqual([recent("b"), recent("a")]);
    expect(after.chosen).toBe("/data/a");
  });

  it("keeps what was opened while it was read", async () => {
    const db = database();
    new Recents(db).add(recent("old"));
    const recents = new Recents(db);
    const loading = recents.load();
    recents.add(recent("new"));
    await loading;
    expect(recents.all.map(({ place }) => place)).toEqual(["new", "old"]);
  });

  it("forgets one, also as the chosen one", () => {
    const recents = new Recents(null);
    recents.add(recent("a"));
    recents.choose("/data/a");
    recents.remove("/data/a");
    expect(recents.all).toEqual([]);
    expect(recents.chosen).toBeNull();
  });

  it("says nothing when nothing changed", () => {
    const recents = new Recents(null);
    recents.add(recent("a"));
    let count = 0;
    recents.changed.connect(() => {
      count += 1;
    });
    recents.add(recent("a"));
    expect(count).toBe(0);
  });

  it("leaves out of what was kept what is no project", () => {
    const kept = { recents: [recent("a"), { project: 3 }, null, "b"], chosen: 7 };
    expect(readKept(kept)).toEqual({ recents: [recent("a")], chosen: null });
    expect(readKept("nonsense")).toEqual({ recents: [], chosen: null });
  });
});
