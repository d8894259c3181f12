/** uPlot as the card uses it: each line with its own x, round ticks, gaps, single points, notes. */
import uPlot from "uplot";
import { xsOf } from "./picture";
import {
  lonely,
  type Scene,
  scaledFont,
  strokes,
  structure,
  textWidth,
  type Values,
  withGaps,
} from "./scene";
import type { Colours } from "./theme";
import { formatTick, innerTicks, timeUnit } from "./ticks";

export const TOP = 8;
export const BOTTOM = 24;
/** Room for marks between axis and labels. */
export const LANE = 14;
const RIGHT = 12;
const SMALLEST_GUTTER = 40;
const LABELS_APART = 84;
const FADED = 0.25;
const SMALLEST_DRAG = 4;

interface PlotCalls {
  /** The pointer is at so many pixels from the left of the plotting area; -1 when it left. */
  onPointer(pixel: number): void;
  /** So much of x was selected. */
  onSelect(from: number, to: number): void;
}

export class Plot {
  readonly #plot: uPlot;
  readonly #colours: Colours;
  readonly #made: string;
  #scene: Scene;
  #gutter = SMALLEST_GUTTER;

  constructor(scene: Scene, colours: Colours, calls: PlotCalls, parent: HTMLElement) {
    this.#scene = scene;
    this.#colours = colours;
    this.#made = structure(scene);
    this.#plot = new uPlot(this.#options(scene, calls), this.#data(), parent);
    this.show(scene);
  }

  /** Lies over the plotting area. */
  get over(): HTMLElement {
    return this.#plot.over;
  }

  /** Size of the plotting area in CSS pixels. */
  get width(): number {
    return this.#plot.over.clientWidth;
  }

  left(x: number): number {
    return this.#plot.valToPos(x, "x");
  }

  top(y: number): number {
    return this.#plot.valToPos(y, "y");
  }

  valueAt(pixel: number): number {
    return this.#plot.posToVal(pixel, "x");
  }

  /** Whether this plot can show a scene; some things uPlot takes only when it is made. */
  fits(scene: Scene): boolean {
    return structure(scene) === this.#made;
  }

  show(scene: Scene): void {
    this.#scene = scene;
    const plot = this.#plot;
    const isLifted = scene.lines.some((line) => line.id === scene.lifted);
    for (const [i, { line, isRaw }] of strokes(scene).entries()) {
      const opacity = isLifted && line.id !== scene.lifted ? FADED : 1;
      Object.assign(plot.series[i + 1] ?? {}, {
        alpha: isRaw ? opacity * scene.rawOpacity : opacity,
      });
    }
    plot.batch(() => {
      if (plot.width !== scene.width) plot.setSize(scene);
      plot.setData(this.#data());
    });
  }

  destroy(): void {
    this.#plot.destroy();
  }

  #data(): uPlot.AlignedData {
    const { xKind, isLog } = this.#scene;
    const rows = strokes(this.#scene).map(({ line, isRaw }) => [
      xsOf(line, xKind),
      withGaps(line.curve[this.#scene.hasSmoothing && !isRaw ? "smoothed" : "y"], isLog),
    ]);
    return [null, ...rows] as unknown as uPlot.AlignedData; // the types know one x for all only
  }

  #options(scene: Scene, calls: PlotCalls): uPlot.Options {
    const colour = (css: string) => () => this.#colours.get(css);
    const none = { show: false };
    return {
      mode: 2,
      width: scene.width,
      height: scene.height,
      padding: [TOP, RIGHT, 0, 0],
      legend: none,
      series: [{}, ...strokes(scene).map((_, i) => this.#series(i))],
      scales: {
        x: { time: false, range: () => [...this.#scene.x] },
        y: { distr: scene.isLog ? 3 : 1, range: () => [...this.#scene.y] },
      },
      axes: [
        {
          scale: "y",
          side: 3,
          font: scene.font,
          stroke: colour("var(--gd-muted)"),
          size: (_, values) => this.#widened(values),
          gap: 8,
          space: 0,
          ticks: none,
          grid: { stroke: colour("var(--gd-line)"), width: 1, filter: (_, splits) => splits },
          filter: (_, splits) => splits,
          splits: () => [...this.#scene.yTicks],
          values: (_, splits) => splits.map((value) => this.#yLabel(value)),
        },
        // After the other axis, whose grid would cover its line.
        {
          scale: "x",
          side: 2,
          font: scene.font,
          stroke: colour("var(--gd-muted)"),
          size: BOTTOM + (scene.hasLane ? LANE : 0),
          gap: 6 + (scene.hasLane ? LANE : 0),
          space: 0,
          border: { show: true, stroke: colour("var(--gd-field)"), width: 1 },
          ticks: { size: 4, stroke: colour("var(--gd-field)"), width: 1 },
          grid: none,
          splits: () => this.#xTicks().map(({ x }) => x),
          values: () => this.#xTicks().map(({ text, align }) => (align ? null : text)),
        },
      ],
      cursor: {
        x: false,
        y: false,
        points: none,
        dataIdx: () => null as unknown as number, // the tip finds its points itself
        drag: { x: true, y: false, setScale: false, dist: SMALLEST_DRAG },
        bind: { dblclick: () => null },
      },
      hooks: {
        setCursor: [
          ({ cursor, select }) => calls.onPointer(select.width ? -1 : (cursor.left ?? -1)),
        ],
        setSelect: [
          (plot) => {
            const { left, width } = plot.select;
            if (!width) return;
            plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
            calls.onSelect(this.valueAt(left), this.valueAt(left + width));
          },
        ],
        drawAxes: [() => this.#drawEnds(), () => this.#drawNotes()],
      },
    };
  }

  #series(i: number): uPlot.Series {
    const stroke = () => strokes(this.#scene)[i];
    const isRaw = stroke()?.isRaw ?? false;
    const colour = () => this.#colours.get(stroke()?.line.colour ?? "");
    return {
      auto: false,
      stroke: colour,
      width: isRaw ? 1 : this.#scene.lines.length > 1 ? 1.75 : 2,
      dash: isRaw ? [] : [...(stroke()?.line.dash ?? [])],
      cap: "round",
      pxAlign: 0,
      points: {
        show: false,
        size: 6,
        width: 0,
        filter: (plot) => {
          if (isRaw) return null;
          const values = (plot.data[i + 1] as unknown as [unknown, Values])[1];
          const isLive = stroke()?.line.isLive && values.length;
          return isLive ? [...lonely(values), values.length - 1] : lonely(values);
        },
      },
    };
  }

  #yLabel(value: number): string {
    const largest = Math.max(...this.#scene.yTicks.map(Math.abs));
    return formatTick(value, this.#scene.isLog ? Math.abs(value) : largest);
  }

  /** The gutter grows in steps of 12 px and never shrinks, so that the picture does not shake. */
  #widened(labels: string[] | null): number {
    const widths = (labels ?? []).map((label) => textWidth(label, this.#scene.font));
    const wanted = Math.ceil((Math.max(...widths, 0) + 10) / 12) * 12 + 4;
    this.#gutter = Math.max(this.#gutter, wanted);
    return this.#gutter;
  }

  /** Round numbers along x; the first and the last label turn inwards rather than being cut. */
  #xTicks(): { x: number; text: string; align?: "left" | "right" }[] {
    const { x, xKind, width, font } = this.#scene;
    const unit = xKind === "time" ? timeUnit(x[1]) : { name: "steps", seconds: 1 };
    const room = Math.max(width - this.#gutter - RIGHT, 1);
    const most = Math.max(Math.floor(room / LABELS_APART) + 1, 2);
    const smallest = xKind === "step" ? 1 : 0; // there is no half step
    const [low, high] = [x[0] / unit.seconds, x[1] / unit.seconds];
    const ticks = innerTicks(low, high, most, smallest);
    const placed = ticks.map((tick, i) => {
      const label = formatTick(tick, Math.abs(high));
      const text = i === ticks.length - 1 ? `${label} ${unit.name}` : label;
      const at = ((tick - low) / (high - low)) * room;
      const half = textWidth(text, font) / 2;
      const align: "left" | "right" | null =
        at + half > room + 2 ? "right" : at - half < -2 ? "left" : null;
      const begin = align === "right" ? at - 2 * half : align === "left" ? at : at - half;
      return { x: tick * unit.seconds, text, align, begin, end: begin + 2 * half };
    });
    // The last label carries the unit and turns inwards: the one before it gives way.
    return placed.map(({ x, text, align, end }, i) => {
      const last = placed.length - 1;
      const isCovered = i === last - 1 && end + 8 > (placed[last]?.begin ?? end + 8);
      return { x, text: isCovered ? "" : text, ...(align && { align }) };
    });
  }

  #drawEnds(): void {
    const { ctx, bbox } = this.#plot;
    const ratio = devicePixelRatio || 1;
    for (const { x, text, align } of this.#xTicks()) {
      if (!align) continue;
      ctx.textAlign = align;
      ctx.textBaseline = "top";
      ctx.fillStyle = this.#colours.get("var(--gd-muted)");
      ctx.font = scaledFont(this.#scene.font, ratio);
      const at = align === "right" ? bbox.left + bbox.width : this.#plot.valToPos(x, "x", true);
      ctx.fillText(
        text,
        at,
        bbox.top + bbox.height + (this.#scene.hasLane ? 10 + LANE : 10) * ratio,
      );
    }
  }

  #drawNotes(): void {
    const { ctx, bbox } = this.#plot;
    const ratio = devicePixelRatio || 1;
    if (this.#scene.xKind !== "step") return;
    ctx.save();
    ctx.strokeStyle = ctx.fillStyle = this.#colours.get("var(--gd-muted)");
    ctx.font = scaledFont(this.#scene.font, ratio);
    ctx.textBaseline = "alphabetic";
    ctx.lineWidth = ratio;
    ctx.setLineDash([2 * ratio, 3 * ratio]);
    const end = bbox.left + bbox.width;
    for (const note of this.#scene.notes) {
      const x = Math.round(this.#plot.valToPos(note.x, "x", true)) + 0.5;
      if (x < bbox.left || x > end + 1) continue;
      ctx.beginPath();
      ctx.moveTo(x, bbox.top);
      ctx.lineTo(x, bbox.top + bbox.height);
      ctx.stroke();
      const hasRoom = x + ctx.measureText(note.text).width + 12 * ratio < end;
      ctx.textAlign = hasRoom ? "left" : "right";
      ctx.fillText(note.text, x + (hasRoom ? 6 : -6) * ratio, bbox.top + 13 * ratio);
    }
    ctx.restore();
  }
}
