import { describe, expect, test } from "vitest";
import {
  dragged,
  gripAt,
  nudged,
  partOrNull,
  rangeText,
  rounded,
} from "../shared/analyze/brush_range";
import { ChartData } from "../shared/analyze/chart_data";
import { groupWords } from "../shared/analyze/group_menu";
import { tableRows } from "../shared/analyze/legend_table";
import { rangeOf, withRoom } from "../shared/analyze/media_popover";
import type { ChartMessage, Line, Range } from "../shared/analyze/model";
import { fileName } from "../shared/analyze/picture_files";
import { type Drawing, escaped, legendPlaces, pieces, svgPicture } from "../shared/analyze/svg";
import { bandOutlines, bandPieces } from "../shared/bands";
import { Curve } from "../shared/curve";
import type { ChartLine } from "../shared/picture";
import { MAIN, type Scene } from "../shared/scene";
import { clockTicks, formatClockTick } from "../shared/ticks";
import { xLabels } from "../shared/x_labels";

const WHOLE: Range = [0, 100_000];
const NAN = Number.NaN;

function view(numbers: number[]): DataView {
  return new DataView(new Float64Array(numbers).buffer);
}

function line(changed: Partial<Line> = {}): Line {
  const own = { id: "a", name: "ppo", colour: 0, sims: ["a"], group: "", n: 1, of: 1 };
  return { ...own, is_live: false, ...changed };
}

function message(changed: Partial<ChartMessage> = {}): ChartMessage {
  return {
    chart: "detail",
    key: "loss",
    x: "step",
    is_new: true,
    is_done: true,
    is_smoothed: false,
    has_band: false,
    between: null,
    extent: null,
    end: null,
    parts: [{ line: "a", count: 2, is_all: true, total: 2 }],
    ...changed,
  };
}

describe("a brush", () => {
  test.each([
    [2, "low"],
    [104, "low"],
    [150, "middle"],
    [196, "high"],
    [300, "new"],
  ])("grips at pixel %d the %s", (pixel, grip) => {
    const edges = grip === "low" && pixel < 10 ? ([0, 200] as const) : ([100, 200] as const);
    expect(gripAt(pixel, edges, { isWhole: false })).toBe(grip);
  });

  test("over the whole draws a new part in the middle", () => {
    expect(gripAt(150, [0, 300], { isWhole: true })).toBe("new");
  });

  test("moved by its middle keeps its width and stays inside", () => {
    expect(dragged([20_000, 40_000], "middle", [30_000, 35_000], WHOLE)).toEqual([25_000, 45_000]);
    expect(dragged([20_000, 40_000], "middle", [30_000, 1e9], WHOLE)).toEqual([80_000, 100_000]);
  });

  test("an edge does not pass the other", () => {
    const [low, high] = dragged([20_000, 40_000], "low", [20_000, 90_000], WHOLE);
    expect(high).toBe(40_000);
    expect(low).toBe(39_500);
  });

  test("drawn anew it may go either way", () => {
    expect(dragged([0, 1], "new", [60_000, 10_000], WHOLE)).toEqual([10_000, 60_000]);
  });

  test("arrow keys move an edge by a hundredth", () => {
    expect(nudged([20_000, 40_000], "high", 1, WHOLE)).toEqual([20_000, 41_000]);
    expect(nudged([20_000, 40_000], "low", -10, WHOLE)).toEqual([10_000, 40_000]);
  });

  test("over everything is none", () => {
    expect(partOrNull([0, 100_000], WHOLE)).toBeNull();
    expect(partOrNull([1, 100_000], WHOLE)).toEqual([1, 100_000]);
  });

  test("has whole steps, but not whole seconds", () => {
    expect(rounded([10.4, 20.6], "step")).toEqual([10, 21]);
    expect(rounded([10.4, 20.6], "time")).toEqual([10.4, 20.6]);
  });

  test("says its range", () => {
    expect(rangeText([28_041, 76_010], "step")).toBe("steps 28k to 76k");
    expect(rangeText([1200, 1310], "step")).toBe("steps 1,200 to 1,310");
    expect(rangeText([28, 125], "time").replaceAll("\u00a0", " ")).toBe("28 s to 2 min 5 s");
  });
});

describe("bands", () => {
  test("are cut where fewer than two report", () => {
    expect(bandPieces([1, 1, NAN, 1, NAN, 1, 1], [2, 2, NAN, 2, NAN, 2, 2])).toEqual([
      [0, 2],
      [5, 7],
    ]);
  });

  test("go along the upper edge and back along the lower", () => {
    const curve = new Curve();
    const x = new Float64Array([0, 10]);
    const low = new Float64Array([1, 2]);
    const high = new Float64Array([3, 5]);
    curve.replace({ x, y: low, time: x, smoothed: low, low, high });
    const own = { id: "a", name: "a", colour: "red", dash: [], curve, isLive: false, origin: 0 };
    const choice = { line: own, kind: "step", isLog: false, bottom: 0 } as const;
    expect(bandOutlines(choice, (px, y) => [px, y])).toEqual([
      [
        [0, 3],
        [10, 5],
        [10, 2],
        [0, 1],
      ],
    ]);
  });

  test("below 0 reach the bottom of a logarithmic axis", () => {
    expect(bandPieces([-1, -1], [-0.5, 2], true)).toEqual([]);
    expect(bandPieces([-1, -1], [0.5, 2], true)).toEqual([[0, 2]]);
  });
});

describe("points of a chart", () => {
  test("are replaced or come behind", () => {
    const data = new ChartData();
    data.take(message(), [view([0, 1]), view([5, 6]), view([]), view([]), view([])]);
    const more = [{ line: "a", count: 1, is_all: false, total: 3 }];
    data.take(message({ is_new: false, parts: more }), [view([2]), view([7])]);
    const [drawn] = data.picture([line()], { hidden: new Set(), isPlain: false }).lines;
    expect([...(drawn?.curve.x ?? [])]).toEqual([0, 1, 2]);
    expect([...(drawn?.curve.smoothed ?? [])]).toEqual([5, 6, 7]);
  });

  test("are left out while their line is hidden", () => {
    const data = new ChartData();
    data.take(message(), [view([0, 1]), view([5, 6])]);
    expect(data.picture([line()], { hidden: new Set(["a"]), isPlain: false }).lines).toEqual([]);
  });

  test("of a part of x do not serve for another part", () => {
    const data = new ChartData();
    data.take(message({ between: [10, 20] }), [view([10, 20]), view([5, 6])]);
    expect(data.covers([12, 18])).toBe(true);
    expect(data.covers([12, 25])).toBe(false);
    expect(data.covers(null)).toBe(false);
  });

  test("are counted where they are thinned", () => {
    const data = new ChartData();
    const parts = [{ line: "a", count: 2, is_all: true, total: 1_000_000 }];
    data.take(message({ parts }), [view([0, 1]), view([5, 6])]);
    expect(data.counts([line()])).toEqual({ drawn: 2, total: 1_000_000 });
  });

  test("since the start have no steps to be read by", () => {
    const data = new ChartData();
    data.take(message({ x: "relative" }), [view([0.5, 1]), view([5, 6])]);
    const picture = data.picture([line()], { hidden: new Set(), isPlain: false });
    expect(picture.at).toBe("time");
    expect([...(picture.lines[0]?.curve.time ?? [])]).toEqual([0.5, 1]);
  });
});

describe("the table", () => {
  test("has five numbers a row", () => {
    const rows = tableRows(
      [
        { line: "a", n: 2, of: 3 },
        { line: "b", n: 1, of: 1 },
      ],
      new Float64Array([1, 2, 3, 4, 5, 6, NAN, NAN, 9, 10]),
    );
    expect(rows.get("a")).toMatchObject({ n: 2, of: 3, last: 1, low: 2, high: 3, best: 4, at: 5 });
    expect(rows.get("b")).toMatchObject({ last: 6, low: NAN, best: 9, at: 10 });
  });
});

describe("media", () => {
  test("of one mark have a range with room around", () => {
    const range = rangeOf([60_300, 60_100, 60_500]);
    expect(range).toEqual([60_100, 60_500]);
    expect(withRoom(range, WHOLE)).toEqual([58_100, 62_500]);
    expect(withRoom([0, 0], WHOLE)).toEqual([0, 2000]);
  });
});

function drawing(name: string, y: number[]): Drawing {
  const curve = new Curve();
  const x = new Float64Array(y.map((_, i) => i * 10));
  curve.replace({ x, y: new Float64Array(y), time: x, smoothed: new Float64Array(y) });
  const own: ChartLine = {
    id: "a",
    name,
    colour: "var(--gd-s1)",
    dash: [6, 3],
    curve,
    isLive: false,
    origin: 0,
  };
  const scene: Scene = {
    look: MAIN,
    lines: [own],
    notes: [],
    x: [0, 20],
    y: [0, 10],
    yTicks: [0, 5, 10],
    xKind: "step",
    isLog: false,
    hasSmoothing: false,
    showsRaw: true,
    rawOpacity: 0.36,
    lifted: null,
    hasLane: false,
    width: 240,
    height: 100,
    font: "12px sans-serif",
  };
  return {
    scene,
    area: { left: 40, top: 0, width: 200, height: 80 },
    labels: [{ x: 0, text: "0" }],
    title: "loss",
    note: "steps 0 to 20",
    colour: (css) => (css === "var(--gd-s1)" ? "#447bf2" : "#888"),
    widthOf: (text) => text.length * 6,
  };
}

describe("a picture as SVG", () => {
  test("has each point where the axes say", () => {
    const { text } = svgPicture(drawing("ppo", [0, 5, 10]));
    expect(text).toContain('d="M40 80L140 40L240 0"');
    expect(text).toContain('stroke="#447bf2"');
    expect(text).toContain('stroke-dasharray="6 3"');
  });

  test("is well-formed whatever a simulation is called", () => {
    const { text } = svgPicture(drawing('<script>"&\u0007', [0, 5, 10]));
    const parsed = new DOMParser().parseFromString(text, "image/svg+xml");
    expect(parsed.querySelector("script,parsererror")).toBeNull();
    expect(parsed.documentElement.textContent).toContain('<script>"&');
  });

  test("breaks a line where a value is missing", () => {
    expect(pieces([0, 1, 2, 3, 4], [1, 2, null, 4, 5], [0, 4])).toEqual([
      [
        [0, 1],
        [1, 2],
      ],
      [
        [3, 4],
        [4, 5],
      ],
    ]);
  });

  test("reaches one point beyond what is in sight", () => {
    const [piece] = pieces([0, 1, 2, 3, 4, 5], [0, 1, 2, 3, 4, 5], [2.5, 3.5]);
    expect(piece?.map(([x]) => x)).toEqual([2, 3, 4]);
  });

  test("puts names into rows", () => {
    const { lines } = drawing("x".repeat(20), [0]).scene;
    const three = [...lines, ...lines, ...lines];
    const places = legendPlaces(three, 320, (text) => text.length * 6);
    expect(places.map(({ left, row }) => [left, row])).toEqual([
      [0, 0],
      [156, 0],
      [0, 1],
    ]);
  });

  test("escapes what XML would read", () => {
    expect(escaped("a<b & 'c'")).toBe("a&#60;b &#38; &#39;c&#39;");
  });

  test("is named for its key", () => {
    expect(fileName("rollout/ep_rew mean", "svg")).toBe("rollout_ep_rew_mean.svg");
    expect(fileName("../..", "png")).toBe("chart.png");
  });
});

describe("axes", () => {
  test("the time of day is cut at round minutes", () => {
    const { values, apart } = clockTicks(1_700_000_000, 1_700_003_600, 6);
    expect(apart).toBe(900);
    expect(values.every((value) => value % 900 === 0)).toBe(true);
    expect(values.length).toBe(4);
  });

  test("midnight says the day", () => {
    const midnight = new Date(2026, 10, 22).getTime() / 1000;
    expect(formatClockTick(midnight, 3600)).toBe("22 Nov");
    expect(formatClockTick(midnight + 3661, 1)).toBe("01:01:01");
  });

  test("the last label carries the unit and turns inwards", () => {
    const scene = { x: [0, 100_000] as const, xKind: "step" as const, look: MAIN };
    const labels = xLabels(scene, 500, (text) => text.length * 7);
    expect(labels[0]).toMatchObject({ text: "0", align: "left" });
    expect(labels.at(-1)).toMatchObject({ text: "100k steps", align: "right" });
  });
});

test("what is grouped by is said in words", () => {
  expect(groupWords("config")).toBe("config without seed");
  expect(groupWords(["learning_rate", "gamma"])).toBe("learning_rate, gamma");
  expect(groupWords(["a", "b", "c"])).toBe("3 values");
});
