/** Histograms as bars: what the kernel tells of one, and its picture. */
import { h } from "../dom";
import { formatCount, formatValue } from "../format";
import type { Channel } from "../messages";

/** As Python's `media.histograms.Bars`. */
export interface Bars {
  low: number;
  high: number;
  /** How many values there are. */
  total: number;
  /** How many of them lie in each bar; empty where there is nothing to draw. */
  counts: number[];
}

export const TILE_BARS = 40;
export const VIEWER_BARS = 96;

const WIDTH = 240;
const HEIGHT = 120;
const SVG = "http://www.w3.org/2000/svg";

/** Ask for one. What comes is data of a project, so only numbers are taken from it. */
export async function askBars(channel: Channel, number: number, n: number): Promise<Bars> {
  const told = (await channel.ask("bars", { number, n })) as Record<string, unknown>;
  const counts = Array.isArray(told.counts) ? told.counts.slice(0, n) : [];
  return {
    low: Number(told.low),
    high: Number(told.high),
    total: Number(told.total),
    counts: counts.map((count) => Math.max(Number(count) || 0, 0)),
  };
}

/** `32,768 values from -0.31 to 0.28`. */
export function histogramWords({ low, high, total, counts }: Bars): string {
  if (!counts.length) return "No histogram that can be read";
  const many = Number.isInteger(total) ? formatCount(total) : formatValue(total);
  return `${many} ${total === 1 ? "value" : "values"} from ${formatValue(low)} to ${formatValue(high)}`;
}

/** Draw one, filling its place, with its ends below it; a large one has places between them, too. */
export function drawHistogram(bars: Bars, { isLarge = false } = {}): HTMLElement {
  const { low, high, counts } = bars;
  const words = histogramWords(bars);
  if (!counts.length) return h("span", { class: "gd-muted", text: words });
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", `0 0 ${WIDTH} ${HEIGHT}`);
  svg.setAttribute("preserveAspectRatio", "none");
  svg.setAttribute("aria-hidden", "true");
  const shape = document.createElementNS(SVG, "path");
  shape.setAttribute("d", barPath(counts));
  svg.append(shape);
  const n = isLarge ? 4 : 1;
  const ends = Array.from({ length: n + 1 }, (_, i) => {
    const at = i === n ? high : low + ((high - low) * i) / n;
    return h("span", { text: formatValue(at) });
  });
  return h(
    "span",
    { class: isLarge ? "gd-bars is-large" : "gd-bars", role: "img", label: words },
    svg,
    h("span", { class: "gd-barends" }, ...ends),
  );
}

/** The bars as one path, the highest one up to the top. */
export function barPath(counts: readonly number[]): string {
  const pitch = WIDTH / counts.length;
  const highest = Math.max(...counts, Number.MIN_VALUE);
  return counts
    .map((count, place) => {
      const height = round((HEIGHT * count) / highest);
      const at = `M${round(place * pitch)} ${HEIGHT}`;
      return height > 0 ? `${at}v${-height}h${round(pitch * 0.86)}v${height}z` : "";
    })
    .join("");
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
