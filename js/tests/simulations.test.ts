import { describe, expect, it } from "vitest";
import type { Row } from "../shared/simulations/model";
import { grouped, isHeading, sorted } from "../shared/simulations/order";
import { Rows } from "../shared/simulations/rows";
import { filtered, terms } from "../shared/simulations/search";
import { Selection } from "../shared/simulations/selection";
import { rowWords, shortDuration } from "../shared/simulations/words";
import { simulation } from "./fakes";

function row(changed: Partial<Row> = {}): Row {
  const rest = { number: 1, colour: 0, place: null, waiting: 0, tags: [], note: "", config: "" };
  return { ...simulation(), ...rest, ...changed };
}

const NO_FILTER = { text: "", states: [], types: [], tags: [] };
const SEEDS = [1, 2, 10, 11].map((seed) =>
  row({ id: `${seed}`, name: `s${seed}`, config: `learning_rate=0.001\nseed=${seed}` }),
);

function found(rows: Row[], text: string): string[] {
  return filtered(rows, { ...NO_FILTER, text }).map((each) => each.name);
}

describe("filter", () => {
  it("finds a value that is equal before those that begin alike", () => {
    expect(found(SEEDS, "seed=1")).toEqual(["s1"]);
    expect(found(SEEDS, "seed=")).toEqual(["s1", "s2", "s10", "s11"]);
  });

  it("finds what begins alike while a value is being typed", () => {
    const rows = [row({ name: "a", config: "learning_rate=0.001" })];
    expect(found(rows, "learning_rate=0.0")).toEqual(["a"]);
    expect(found(rows, "0.00")).toEqual(["a"]);
  });

  it("knows that numbers may be written otherwise", () => {
    const rows = [row({ name: "a", config: "lr=0.001" }), row({ name: "b", config: "lr=1e-05" })];
    expect(found(rows, "lr=1e-3")).toEqual(["a"]);
    expect(found(rows, "0.00001")).toEqual(["b"]);
  });

  it("finds name, type, tag and the beginning of the id, in any case, all words at once", () => {
    const rows = [
      row({ name: "PPO lunar", id: "abc", type: "sb3", tags: ["Best"] }),
      row({ name: "other", id: "xabc", type: "mine" }),
    ];
    for (const text of ["ppo", "sb", "best", "abc", "lunar ppo", '"ppo lunar"']) {
      expect(found(rows, text)).toEqual(["PPO lunar"]);
    }
    expect(found(rows, "ppo other")).toEqual([]);
  });

  it("leaves states, types and tags that are chosen", () => {
    const rows = [row({ name: "a", state: "failed", tags: ["x"] }), row({ name: "b", type: "t" })];
    const names = (filter: object) =>
      filtered(rows, { ...NO_FILTER, ...filter }).map((each) => each.name);
    expect(names({ states: ["failed"] })).toEqual(["a"]);
    expect(names({ types: ["t"] })).toEqual(["b"]);
    expect(names({ tags: ["x", "y"] })).toEqual(["a"]);
    expect(names({ states: ["failed"], types: ["t"] })).toEqual([]);
  });

  it("keeps quoted words together", () => {
    expect(terms('a "b c" d')).toEqual(["a", "b c", "d"]);
  });
});

describe("order", () => {
  const rows = [
    row({ name: "s10", number: 1, state: "succeeded", is_active: false, started: 0, ended: 5 }),
    row({ name: "s9", number: 2, current: 1, total: 4, started: 0 }),
    row({ name: "S1", number: 3, state: "queued", place: 1 }),
  ];
  const names = (sort: string) => sorted(rows, sort, 100).map((each) => each.name);

  it("sorts by each key, both ways", () => {
    expect(names("created")).toEqual(["s10", "s9", "S1"]);
    expect(names("-created")).toEqual(["S1", "s9", "s10"]);
    expect(names("name")).toEqual(["S1", "s9", "s10"]);
    expect(names("state")).toEqual(["s9", "S1", "s10"]);
    expect(names("-progress")).toEqual(["s10", "s9", "S1"]);
    expect(names("-duration")).toEqual(["s9", "s10", "S1"]);
  });

  it("groups a narrow list into what goes on, waits and has ended", () => {
    const items = grouped(rows).map((item) => (isHeading(item) ? item.heading : item.name));
    expect(items).toEqual(["Running 1", "s9", "Queued 1", "S1", "Ended 1", "s10"]);
  });
});

describe("words of a row", () => {
  it("say what look.md wants for each state", () => {
    const said = (changed: Partial<Row>) => {
      const { word, value } = rowWords(row(changed), 100);
      return `${word} ${value}`.trim().replaceAll("\u00a0", " ");
    };
    expect(said({ current: 83, total: 100 })).toBe("Running 83 %");
    expect(said({ state: "queued", place: 1 })).toBe("Queued next");
    expect(said({ state: "queued", place: 3 })).toBe("Queued 3");
    expect(said({ state: "setting_up", created: 98 })).toBe("Setting up 2 s");
    const over = { is_active: false, started: 0, ended: 52 };
    expect(said({ ...over, state: "succeeded", current: 1, total: 1 })).toBe("Succeeded 52 s");
    expect(said({ ...over, state: "failed", current: 31, total: 100 })).toBe("Failed 31 %");
    expect(said({ stop_asked: 80 })).toContain("Not answering");
  });

  it("fit a narrow column", () => {
    const texts = [0.4, 52, 130, 3600, 11_520, 190_000].map(shortDuration);
    const plain = texts.map((text) => text.replaceAll("\u00a0", " "));
    expect(plain).toEqual(["0.4 s", "52 s", "2m 10s", "1h", "3h 12m", "2d 5h"]);
  });
});

describe("selection", () => {
  const ids = ["a", "b", "c", "d", "e"];
  const between = (from: number, to: number) => ids.slice(from, to + 1);

  it("extends from where it began, both ways", () => {
    const selection = new Selection(() => {});
    selection.only(["c"], 2);
    selection.extend(4, between);
    expect(selection.ids).toEqual(["c", "d", "e"]);
    selection.extend(1, between);
    expect(selection.ids).toEqual(["c", "b"]);
  });

  it("adds a range to what was ticked one by one", () => {
    const selection = new Selection(() => {});
    selection.only(["a"], 0);
    selection.toggle("d", 3);
    selection.extend(4, between);
    expect(selection.ids).toEqual(["a", "d", "e"]);
  });

  it("tells once a change, and not when nothing changes", () => {
    let count = 0;
    const selection = new Selection(() => {
      count += 1;
    });
    selection.only(["a"]);
    selection.only(["a"]);
    selection.set(["b"]);
    expect(count).toBe(1);
  });
});

describe("rows", () => {
  const NUMBERS = ["number", "colour", "state", "current", "total", "requests"];
  const ID = "00112233-4455-6677-8899-aabbccddeeff";

  function message(values: number[], name: string, isAll = true) {
    const bytes = Uint8Array.from(ID.replaceAll("-", "").match(/../g) ?? [], (x) =>
      parseInt(x, 16),
    );
    const coded = (value: unknown) => ({ values: [value], at: [0] });
    const words = {
      name: [name],
      type: coded("ppo"),
      launcher: coded("process"),
      activity: coded(""),
      note: coded(""),
      tags: coded(["x"]),
    };
    const text = new TextEncoder().encode(JSON.stringify(words));
    const buffers = [bytes, new Uint8Array(new Float64Array(values).buffer), text];
    const content = { id: 0, kind: "rows", count: 1, numbers: NUMBERS, gone: [], is_all: isAll };
    const whole = { ...content, states: ["created", "running", "succeeded"] };
    return [whole, buffers.map((each) => new DataView(each.buffer))] as const;
  }

  it("are read from what the kernel packs", () => {
    const rows = new Rows();
    const change = rows.take(...message([7, 2, 1, 5, Number.NaN, 1], "<b>a</b>"));
    expect(change).toEqual({ isOtherSet: true, changed: [ID] });
    expect(rows.byId.get(ID)).toMatchObject({
      id: ID,
      name: "<b>a</b>",
      state: "running",
      is_active: true,
      number: 7,
      colour: 2,
      current: 5,
      total: null,
      waiting: 1,
      tags: ["x"],
    });
  });

  it("keep their config and status when they change, and go when they are deleted", () => {
    const rows = new Rows();
    rows.take(...message([1, 0, 1, 0, 1, 0], "a"));
    const config = new TextEncoder().encode('["Seed=1"]');
    const [, [ids]] = message([1, 0, 1, 0, 1, 0], "a");
    rows.takeConfigs([ids as DataView, new DataView(config.buffer)]);
    const change = rows.take(...message([1, 0, 2, 1, 1, 0], "b", false));
    expect(change.isOtherSet).toBe(false);
    expect(rows.byId.get(ID)).toMatchObject({ name: "b", is_active: false, config: "seed=1" });
    const gone = { id: 0, kind: "rows", count: 0, is_all: false, gone: [ID] };
    expect(rows.take(gone, []).isOtherSet).toBe(true);
    expect(rows.byId.size).toBe(0);
  });
});
