import { describe, expect, test } from "vitest";
import { Curve, extent, firstAtOrAfter, nearest, plannedEnd } from "../shared/curve";
import { floats } from "../shared/messages";
import { lonely, withGaps } from "../shared/scene";
import { sparkPath } from "../shared/spark";
import { seriesLook } from "../shared/theme";

function points(...x: number[]) {
  const all = new Float64Array(x);
  return { x: all, y: all, time: all, smoothed: all };
}

describe("curves", () => {
  test("points are appended and replaced", () => {
    const curve = new Curve();
    curve.replace(points(1, 2));
    curve.append(points(3));
    curve.total = 3;
    expect([...curve.x]).toEqual([1, 2, 3]);
    expect(curve.isThinned).toBe(false);
    curve.total = 1000;
    expect(curve.isThinned).toBe(true);
  });

  test("the first point at or after a value is found", () => {
    expect([0, 1, 1.5, 3, 4].map((v) => firstAtOrAfter([1, 2, 3], v))).toEqual([0, 0, 1, 2, 3]);
  });

  test("the nearest point is found, also beyond the ends", () => {
    expect([-5, 1.4, 1.6, 9].map((v) => nearest([1, 2, 3], v))).toEqual([0, 0, 1, 2]);
    expect(nearest([], 1)).toBe(-1);
  });

  test("what is not finite has no extent", () => {
    const values = [Number.NaN, 3, Number.POSITIVE_INFINITY, -2];
    expect(extent(values, 0, 4)).toEqual([-2, 3]);
    expect(extent(values, 0, 4, true)).toEqual([3, 3]);
    expect(extent([Number.NaN], 0, 1)).toBeNull();
  });
});

describe("the planned end", () => {
  test("is the total while the series counts steps", () => {
    expect(plannedEnd(80_000, 83_200, 100_000)).toBe(100_000);
  });
  test("is unknown for a series that counts something else", () => {
    expect(plannedEnd(118, 83_200, 100_000)).toBeNull();
    expect(plannedEnd(500_000, 83_200, 100_000)).toBeNull();
  });
  test("is unknown without a total", () => expect(plannedEnd(5, 5, null)).toBeNull());
});

describe("gaps", () => {
  test("are where a value cannot be drawn", () => {
    const values = new Float64Array([1, Number.NaN, 0, -2]);
    expect([...Array.from(withGaps(values, false))]).toEqual([1, null, 0, -2]);
    expect([...Array.from(withGaps(values, true))]).toEqual([1, null, null, null]);
    const whole = new Float64Array([1, 2]);
    expect(withGaps(whole, true)).toBe(whole);
  });
  test("leave points without a neighbour, which get a dot", () => {
    expect(lonely([1, null, 2, 3, null, 4])).toEqual([0, 5]);
    expect(lonely([7])).toEqual([0]);
    expect(lonely([1, 2, null])).toEqual([]);
  });
});

test("a small curve runs from the lowest to the highest value", () => {
  expect(sparkPath([0, 10, 5], 22)).toBe("M1.0 18.0L11.0 2.0L21.0 10.0");
  expect(sparkPath([5, 5], 22)).toBe("M1.0 10.0L21.0 10.0");
  expect(sparkPath([5], 22)).toBe("");
});

test("a buffer at any offset is copied", () => {
  const bytes = new Uint8Array(20);
  new DataView(bytes.buffer).setFloat64(3, 2.5, true);
  expect([...floats(new DataView(bytes.buffer, 3, 8))]).toEqual([2.5]);
  expect(floats(undefined).length).toBe(0);
});

test("colours keep their order and repeat with dashes", () => {
  expect(seriesLook(0)).toEqual({ colour: "var(--gd-s1)", dash: [] });
  expect(seriesLook(9)).toEqual({ colour: "var(--gd-s2)", dash: [6, 3] });
});
