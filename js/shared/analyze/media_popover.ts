/** The media that a mark stands for, over the chart: small pictures, the one that is looked at, a way to their range. */
import { MediaStrip } from "../card/media_strip";
import { h } from "../dom";
import { formatCount, plural } from "../format";
import type { MediaFiles } from "../media/media_files";
import { xText } from "../tip";
import { Floating } from "./floating";
import { type MarkedMedia, type PythonX, type Range, xKindOf } from "./model";

interface MediaCalls {
  files: MediaFiles;
  name(simId: string): string;
  onZoom(between: Range): void;
  /** Open them elsewhere; null where there is no such place. */
  onOpen: ((items: readonly MarkedMedia[]) => void) | null;
  onClose(): void;
}

export class MediaPopover {
  readonly #calls: () => MediaCalls;
  readonly #popover: Floating;
  #items: MarkedMedia[] = [];
  #x: PythonX = "step";
  #life: AbortController | null = null;

  constructor(calls: () => MediaCalls, signal: AbortSignal) {
    this.#calls = calls;
    this.#popover = new Floating(
      {
        label: "Media",
        class: "gd-mediapop",
        fill: (panel, close) => this.#fill(panel, close),
        onClose: () => {
          this.#life?.abort();
          calls().onClose();
        },
      },
      signal,
    );
  }

  /** Show them beside a mark; the panel itself stands behind `holder` on the page. */
  open(items: MarkedMedia[], x: PythonX, mark: HTMLElement, holder: HTMLElement): void {
    this.#items = items;
    this.#x = x;
    this.#popover.open(mark, holder);
  }

  close(): void {
    this.#popover.close();
  }

  #fill(panel: HTMLElement, close: () => void): void {
    const calls = this.#calls();
    const items = this.#items;
    const life = new AbortController();
    this.#life = life;
    const range = rangeOf(items.map((item) => item[this.#x]));
    const zoom = h("button", {
      class: "gd-btn is-low",
      type: "button",
      text: items.length > 1 ? "Zoom to them" : "Zoom to it",
    });
    zoom.addEventListener("click", () => {
      close();
      calls.onZoom(range);
    });
    const bar = h(
      "div",
      { class: "gd-bar gd-small" },
      h("b", { text: plural(items.length, "file", "files") }),
      h("span", { class: "gd-muted gd-clip gd-grow", text: this.#where(range) }),
      zoom,
    );
    const { onOpen } = calls;
    if (onOpen) {
      const open = h("button", { class: "gd-btn is-low", type: "button", text: "Open in Media" });
      open.addEventListener("click", () => {
        close();
        onOpen(items);
      });
      bar.append(open);
    }
    // It grows when one is looked at.
    const strip = new MediaStrip(calls.files, () => this.#popover.place(), life.signal, true);
    panel.append(bar, strip.element);
    const isMixed = items.some((item) => item.line !== items[0]?.line);
    strip.update(items, (id) => (isMixed ? calls.name(id) : ""));
    const [only] = items;
    if (items.length === 1 && only) void strip.choose(only.number);
    if (typeof ResizeObserver === "undefined") return;
    const sizes = new ResizeObserver(() => this.#popover.place());
    sizes.observe(panel);
    life.signal.addEventListener("abort", () => sizes.disconnect());
  }

  #where([low, high]: Range): string {
    const kind = xKindOf(this.#x);
    const unit = kind === "step" ? (low === high ? "step " : "steps ") : "";
    if (low === high) return `${unit}${xText(low, kind)}`;
    const [from, to] = kind === "step" ? [formatCount(low), formatCount(high)] : [low, high];
    return kind === "step"
      ? `${unit}${from} to ${to}`
      : `${xText(low, kind)} to ${xText(high, kind)}`;
  }
}

/** From the least to the greatest. Pure. */
export function rangeOf(values: readonly number[]): Range {
  return [Math.min(...values), Math.max(...values)];
}

/** A range with some room around, and not empty. Pure. */
export function withRoom([low, high]: Range, whole: readonly [number, number]): Range {
  const room = Math.max((high - low) * 0.25, (whole[1] - whole[0]) * 0.02);
  return [Math.max(low - room, whole[0]), Math.min(high + room, whole[1])];
}
