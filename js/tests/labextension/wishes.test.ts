import { describe, expect, it } from "vitest";
import { readWish, simulationFolder, watchLines } from "../../labextension/wishes";

const ID = "0b3c1f7e-6a51-4a0e-9d6e-0d8c9f2b7a11";
const PROJECT = "/home/ann/rl/.gymdash-projects";

function wish(change: object = {}) {
  return readWish({ action: "insert-watch", project: PROJECT, sim_id: ID, ...change });
}

describe("what a panel's event asks for", () => {
  it("is read", () => {
    expect(wish()).toEqual({ action: "insert-watch", project: PROJECT, simId: ID });
    expect(readWish({ action: "start", project: PROJECT })).toEqual({
      action: "start",
      project: PROJECT,
      simId: "",
    });
  });

  it.each([
    ["no object", "open-dashboard"],
    ["null", null],
    ["an unknown action", { action: "run-code", project: PROJECT, sim_id: ID }],
    ["an action of the prototype", { action: "toString", project: PROJECT, sim_id: ID }],
    ["a relative project", { action: "start", project: "rl" }],
    ["no project", { action: "start" }],
    ["a project that is no text", { action: "start", project: { toString: (): string => "/a" } }],
    ["a project with a line break", { action: "start", project: '/a\nprint("x")' }],
    ["a project with a NUL", { action: "start", project: "/a\0" }],
    ["a project that climbs", { action: "start", project: "/home/ann/../../etc" }],
    ["a project that climbs on Windows", { action: "start", project: "C:\\a\\..\\b" }],
    ["a project without end", { action: "start", project: `/${"a".repeat(5000)}` }],
    ["an id that is none", { action: "open-folder", project: PROJECT, sim_id: "../../x" }],
    ["an id with code", { action: "insert-watch", project: PROJECT, sim_id: `${ID}")\nx("` }],
    ["an id in a list", { action: "insert-watch", project: PROJECT, sim_id: [ID] }],
    ["no id where one is needed", { action: "insert-watch", project: PROJECT }],
  ])("is refused: %s", (_, detail) => {
    expect(readWish(detail)).toBeNull();
  });
});

describe("the lines for a notebook", () => {
  it("are one where its kernel has the project open", () => {
    const read = wish();
    expect(read && watchLines(read, true)).toBe(`gd.watch("${ID}")`);
  });

  it("open the project where it has not", () => {
    const read = wish();
    expect(read && watchLines(read, false)).toBe(
      `import gymdash_jupyter as gd\n\ngd.open_project("${PROJECT}")\ngd.watch("${ID}")`,
    );
  });

  it("keep a path's quotes and backslashes inside the text", () => {
    const read = wish({ project: 'C:\\rl\\a"); print("' });
    expect(read && watchLines(read, false).split("\n")[2]).toBe(
      'gd.open_project("C:\\\\rl\\\\a\\"); print(\\"")',
    );
  });
});

it("finds a simulation's folder", () => {
  const read = wish({ project: "C:\\rl\\p" });
  expect(read && simulationFolder(read)).toBe(`C:/rl/p/sims/${ID}`);
});
