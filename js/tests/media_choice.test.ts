import { describe, expect, test } from "vitest";
import given from "../../tests/widgets/media_choice_cases.json";
import {
  candidates,
  chosen,
  countKinds,
  groups,
  stepBefore,
  stepsOf,
} from "../shared/media/choice";
import { type Item, KINDS, Library, type Sim } from "../shared/media/library";
import type { MediaKind } from "../shared/media/media_files";

const SERIES: string[] = [];

const ITEMS: Item[] = given.items.map((each, number) => {
  const name = `${each.sim} ${each.key} ${each.kind}`;
  if (!SERIES.includes(name)) SERIES.push(name);
  return {
    number,
    simId: each.sim,
    key: each.key,
    kind: each.kind as MediaKind,
    series: SERIES.indexOf(name),
    step: each.step,
    value: each.value ?? Number.NaN,
    valueName: "return",
    episode: Number.NaN,
    seconds: Number.NaN,
    hasThumbnail: false,
  };
});

const SIMS = new Map(
  given.sims.map(({ id, name }, place): [string, Sim] => [id, { id, name, colour: 0, place }]),
);

function sim(id: string): Sim {
  return SIMS.get(id) as Sim;
}

function choice(wish: Record<string, unknown>) {
  return {
    sims: new Set(wish.sims as string[] | undefined),
    keys: new Set(wish.keys as string[] | undefined),
    kind: (wish.kind ?? "all") as MediaKind | "all",
    between: (wish.between ?? null) as [number, number] | null,
    atStep: (wish.at_step ?? null) as number | null,
    everyStep: wish.every_step === true,
    sort: (wish.sort ?? "step") as "step" | "name" | "value",
  };
}

describe("what is shown", () => {
  test.each(given.cases.map((each) => [each.name, each] as const))("%s", (_, each) => {
    const wish = choice(each.choice);
    const shown = chosen(candidates(ITEMS, wish), wish, sim);
    expect(shown.map(({ number }) => number)).toEqual(each.shown);
  });

  test("counts are of all kinds, whatever kind is shown", () => {
    expect(countKinds(ITEMS)).toMatchObject({ all: 11, video: 7, image: 2, text: 1, audio: 1 });
  });

  test("a key that has nothing at the step is there all the same", () => {
    const wish = choice({ at_step: 20, kind: "audio" });
    const found = groups(chosen(ITEMS, wish, sim), ITEMS, "audio");
    expect(found).toEqual([{ id: "audio hum", key: "hum", kind: "audio", items: [], total: 1 }]);
  });

  test("the slider stands at recorded steps", () => {
    const steps = stepsOf(ITEMS);
    expect(steps).toEqual([5, 10, 15, 20, 25, 30, 40]);
    expect([4, 5, 19.9, 20, 1000].map((step) => stepBefore(steps, step))).toEqual([
      5, 5, 15, 20, 40,
    ]);
  });
});

describe("the library", () => {
  function message(start: number, rows: [sim: number, key: number, step: number][], isAll = true) {
    const n = rows.length;
    const whole = new Int32Array(5 * n);
    const real = new Float64Array(4 * n).fill(Number.NaN);
    rows.forEach(([sim, key, step], i) => {
      whole.set([sim], i);
      whole.set([key], n + i);
      whole.set([KINDS.indexOf("video")], 2 * n + i);
      whole.set([1], 3 * n + i);
      whole.set([-1], 4 * n + i);
      real.set([step], i);
    });
    const content = { id: 0, kind: "media", start, count: n, is_all: isAll };
    const names = { sims: ["a", "b"], keys: ["film", "map"], values: [] };
    const buffers = [new DataView(whole.buffer), new DataView(real.buffer)];
    return [{ ...content, ...names }, buffers] as const;
  }

  test("reads columns, and series are by step", () => {
    const library = new Library();
    library.receive(
      ...message(
        0,
        [
          [0, 0, 20],
          [1, 1, 5],
          [0, 0, 10],
        ],
        false,
      ),
    );
    expect(library.isComplete).toBe(false);
    library.receive(...message(3, [[0, 0, 15]]));
    expect(library.isComplete).toBe(true);
    expect(library.items.map(({ simId, key, step }) => [simId, key, step])).toEqual([
      ["a", "film", 20],
      ["b", "map", 5],
      ["a", "film", 10],
      ["a", "film", 15],
    ]);
    const item = library.get(0) as Item;
    expect(library.series(item).map(({ step }) => step)).toEqual([10, 15, 20]);
  });

  test("begins anew when the kernel does", () => {
    const library = new Library();
    library.receive(...message(0, [[0, 0, 1]]));
    library.receive(...message(0, [[1, 0, 2]]));
    expect(library.items.map(({ simId }) => simId)).toEqual(["b"]);
  });

  test("lets go what is listed no more", () => {
    const library = new Library();
    const rows: [number, number, number][] = [
      [0, 0, 1],
      [0, 0, 2],
      [1, 0, 3],
    ];
    library.receive(...message(0, rows));
    const kept = library.get(1) as Item;
    library.receive({ id: 0, kind: "gone", numbers: [0, 2] }, []);
    expect(library.items).toEqual([kept]);
    expect(library.series(kept)).toEqual([kept]);
    expect(library.get(0)).toBeUndefined();
  });
});
