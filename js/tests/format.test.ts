import { describe, expect, test } from "vitest";
import {
  formatClock,
  formatCount,
  formatDuration,
  formatPercent,
  formatRate,
  formatValue,
  plural,
} from "../shared/format";

const plain = (text: string) => text.replaceAll("\u00a0", " ");

describe("numbers", () => {
  test.each([
    [203.61, "203.6"],
    [8.214, "8.21"],
    [0.0064, "0.0064"],
    [0.0131, "0.013"],
    [1942, "1,942"],
    [1942.4, "1,942"],
    [0, "0"],
    [-214.2, "\u2212214.2"],
    [0.000064, "6.4e\u22125"],
    [2.5e12, "2.50e12"],
    [Number.NaN, "nan"],
    [Number.NEGATIVE_INFINITY, "\u2212inf"],
  ])("value %d is %s", (value, text) => expect(formatValue(value)).toBe(text));

  test("counts have commas and keep a half", () => {
    expect(formatCount(83_200)).toBe("83,200");
    expect(formatCount(5.5)).toBe("5.5");
  });

  test("a percent is rounded down and held between 0 and 100", () => {
    expect(plain(formatPercent(0.999))).toBe("99 %");
    expect(plain(formatPercent(0.29))).toBe("29 %");
    expect(plain(formatPercent(1.2))).toBe("100 %");
  });

  test("a rate says its unit", () => {
    expect(plain(formatRate(1942.3, "steps"))).toBe("1,942 steps/s");
    expect(plain(formatRate(0.254, ""))).toBe("0.25 /s");
  });

  test("one is singular", () => {
    expect(plural(1, "status", "statuses")).toBe("1 status");
    expect(plural(1200, "status", "statuses")).toBe("1,200 statuses");
  });
});

describe("times", () => {
  test.each([
    [0.42, "0.4 s"],
    [0.97, "1 s"],
    [9.4, "9 s"],
    [59.6, "1 min"],
    [130, "2 min 10 s"],
    [3600, "1 h"],
    [11_520, "3 h 12 min"],
    [183_600, "2 d 3 h"],
    [-5, "0.0 s"],
  ])("%d seconds are %s", (seconds, text) => expect(plain(formatDuration(seconds))).toBe(text));

  test("today needs no date", () => {
    const noon = new Date(2026, 6, 1, 12, 0, 5).getTime() / 1000;
    expect(formatClock(noon, noon + 60)).toBe("12:00:05");
    expect(plain(formatClock(noon, noon + 86_400))).toBe("1 Jul, 12:00");
  });
});
