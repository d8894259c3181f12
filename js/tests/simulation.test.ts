import { expect, test } from "vitest";
import {
  countsText,
  facts,
  groupAsOne,
  kindText,
  type Simulation,
} from "../shared/card/simulation";
import { simulation } from "./fakes";

const NOW = 1000;
const told = (changed: Partial<Simulation>) => {
  const all = facts(simulation(changed), NOW);
  return Object.fromEntries(
    Object.entries(all).map(([name, text]) => [name, text.replaceAll("\u00a0", " ")]),
  );
};

test("a running simulation says how far, how fast and how long still", () => {
  expect(
    told({ current: 83_200, total: 100_000, rate: 1942, left_s: 8.6, started: NOW - 43 }),
  ).toEqual({
    word: "Running",
    percent: "83 %",
    steps: "83,200 of 100,000 steps",
    rate: "1,942 steps/s",
    elapsed: "43 s so far",
    left: "9 s left",
  });
});

test("a failed one says where and when", () => {
  const failed = told({
    state: "failed",
    is_active: false,
    current: 6212,
    total: 20_000,
    started: 100,
    ended: 138,
  });
  expect(failed.percent).toBe("31 %");
  expect(failed.steps).toBe("at step 6,212 of 20,000");
  expect(failed.elapsed).toMatch(/^after 38 s, /);
});

test("one that succeeded says how long it took", () => {
  const done = told({
    state: "succeeded",
    is_active: false,
    current: 100_000,
    total: 100_000,
    started: 100,
    ended: 230,
  });
  expect(done.percent).toBe("");
  expect(done.steps).toBe("100,000 steps in 2 min 10 s");
});

test("seconds are not called steps", () => {
  expect(told({ current: 5.5, total: 20, unit: "" }).steps).toBe("5.5 of 20");
});

test("one that was asked to stop is stopping, and after five seconds not answering", () => {
  expect(told({ stop_asked: NOW - 2 }).word).toBe("Stopping");
  const deaf = told({ stop_asked: NOW - 12 });
  expect(deaf.word).toBe("Not answering");
  expect(deaf.left).toBe("asked to stop 12 s ago");
});

test("one whose process nobody hears says for how long", () => {
  expect(told({ silent_s: 180 }).word).toBe("Not heard from for 3 min");
  expect(countsText([simulation({ silent_s: 180 }), simulation({})], NOW)).toBe(
    "1 running, 1 not heard from",
  );
});

test("what is not known is not said", () => {
  expect(kindText(simulation({ type: "ppo", env: "", launcher: "thread" }))).toBe("ppo · thread");
});

test("a group sums progress and rates, waits for the slowest and counts states", () => {
  const group = [
    simulation({ state: "succeeded", is_active: false, current: 100, total: 100, ended: 900 }),
    simulation({ current: 70, total: 100, rate: 5, left_s: 6 }),
    simulation({ current: 60, total: 100, rate: 4, left_s: 10 }),
  ];
  const whole = groupAsOne(group, "seeds");
  expect([whole.name, whole.state, whole.current, whole.total]).toEqual([
    "seeds",
    "running",
    230,
    300,
  ]);
  expect([whole.rate, whole.left_s, whole.ended]).toEqual([9, 10, null]);
  expect(countsText(group, NOW)).toBe("2 running, 1 succeeded");
});
