import { describe, expect, test } from "vitest";
import {
  formatTick,
  innerTicks,
  logTicks,
  roundStep,
  timeUnit,
  valueTicks,
} from "../shared/ticks";

describe("round lines", () => {
  test.each([
    [0.3, 0.5],
    [1, 1],
    [2.1, 2.5],
    [30, 50],
    [6000, 10_000],
  ])("a step of %d becomes %d", (asked, round) => expect(roundStep(asked)).toBeCloseTo(round, 9));

  test("a range is widened to lines", () => {
    expect(valueTicks(3, 239, 6)).toEqual({
      values: [0, 50, 100, 150, 200, 250],
      low: 0,
      high: 250,
    });
  });

  test("an end a little beyond a line does not open a new field", () => {
    const ticks = valueTicks(-5, 240, 6);
    expect(ticks.values).toEqual([0, 50, 100, 150, 200, 250]);
    expect(ticks.low).toBeLessThan(-5);
    expect(ticks.low).toBeGreaterThan(-20);
  });

  test.each([
    [7, 7],
    [0, 0],
    [-3, -3],
    [1e-12, 1.1e-12],
    [-1e9, 1e9],
    [0.1, 0.30000000000000004],
    [0.97, 3.1],
    [-0.29, 1.29],
    [99.999, 100.001],
  ])("values from %d to %d are inside and few lines are drawn", (low, high) => {
    const ticks = valueTicks(low, high, 6);
    const dust = Math.abs(high) * 1e-9; // 0.30000000000000004
    expect(ticks.low).toBeLessThanOrEqual(low + dust);
    expect(ticks.high).toBeGreaterThanOrEqual(high - dust);
    expect(ticks.high).toBeGreaterThan(ticks.low);
    expect(ticks.values.length).toBeGreaterThanOrEqual(2);
    expect(ticks.values.length).toBeLessThanOrEqual(6);
  });

  test("a constant that differs by rounding is a constant", () => {
    expect(valueTicks(1, 1 + 4e-16, 6)).toEqual(valueTicks(1, 1, 6));
    expect(innerTicks(1e9, 1e9 + 1e-7, 6)).toEqual([1e9]);
  });

  test("lines inside a range leave it as it is", () => {
    expect(innerTicks(0, 100_000, 6)).toEqual([0, 20_000, 40_000, 60_000, 80_000, 100_000]);
    expect(innerTicks(0, 83_200, 6)).toEqual([0, 20_000, 40_000, 60_000, 80_000]);
    expect(innerTicks(5, 5, 6)).toEqual([5]);
    expect(innerTicks(0, 3, 9, 1)).toEqual([0, 1, 2, 3]);
  });

  test("logarithmic lines stand at powers of ten", () => {
    expect(logTicks(0.002, 300, 7).values).toEqual([0.001, 0.01, 0.1, 1, 10, 100, 1000]);
  });

  test("within two decades there are lines at 2 and 5 too", () => {
    expect(logTicks(3, 40, 6).values).toEqual([2, 5, 10, 20, 50]);
  });
});

describe("labels", () => {
  test("one unit an axis", () => {
    expect([0, 20_000, 100_000].map((v) => formatTick(v, 100_000))).toEqual(["0", "20k", "100k"]);
    expect(formatTick(2000, 5000)).toBe("2,000");
    expect(formatTick(500_000, 1_000_000)).toBe("0.5M");
  });

  test("a minus is a real one", () => expect(formatTick(-150, 300)).toBe("\u2212150"));

  test("seconds, minutes or hours", () => {
    expect(timeUnit(90).name).toBe("s");
    expect(timeUnit(4000)).toEqual({ name: "min", seconds: 60 });
    expect(timeUnit(90_000).name).toBe("h");
  });
});
