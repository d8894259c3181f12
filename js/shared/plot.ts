/** uPlot as the card uses it: each line with its own x, round ticks, gaps, single points, notes. */
import uPlot from "uplot";
import { drawBands } from "./bands";
import { densePaths, denseStrokes } from "./dense";
import type { Gutter } from "./gutter";
import { xsOf } from "./picture";
import {
  dashOf,
  lonely,
  type Scene,
  scaledFont,
  strokes,
  structure,
  textWidth,
  type Values,
  widthOf,
  withGaps,
} from "./scene";
import type { Colours } from "./theme";
import { formatTick } from "./ticks";
import { type Label, xLabels } from "./x_labels";

/** Room for marks between axis and labels. */
export const LANE = 14;
const stroked = uPlot.paths.linear?.();
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
  readonly #gutter: Gutter;
  #scene: Scene;
  #labels: Label[] = [];
  #isDense: boolean[] = [];

  constructor(
    scene: Scene,
    colours: Colours,
    calls: PlotCalls,
    { parent, gutter }: { parent: HTMLElement; gutter: Gutter },
  ) {
    this.#scene = scene;
    this.#gutter = gutter;
    this.#colours = colours;
    this.#made = structure(scene);
    this.#plot = new uPlot(this.#options(scene, calls), this.#data(), parent);
    this.show(scene);
  }

  /** Lies over the plotting area. */
  get over(): HTMLElement {
    return this.#plot.over;
  }

  /** Where the plotting area is, in CSS pixels; asks nothing of the page's layout. */
  get area(): { left: number; top: number; width: number; height: number } {
    const { left, top, width, height } = this.#plot.bbox;
    const ratio = devicePixelRatio || 1;
    return {
      left: left / ratio,
      top: top / ratio,
      width: width / ratio,
      height: height / ratio,
    };
  }

  get width(): number {
    return this.area.width;
  }

  get canvas(): HTMLCanvasElement {
    return this.#plot.ctx.canvas;
  }

  /** What stands along x. */
  get labels(): readonly Label[] {
    return this.#labels;
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
    this.#isDense = denseStrokes(scene);
    const isLifted = scene.lines.some((line) => line.id === scene.lifted);
    for (const [i, { line, isRaw }] of strokes(scene).entries()) {
      const opacity = isLifted && line.id !== scene.lifted ? FADED : 1;
      Object.assign(plot.series[i + 1] ?? {}, {
        alpha: isRaw ? opacity * scene.rawOpacity : opacity,
        width: isRaw ? 1 : widthOf(line, scene),
        dash: isRaw ? [] : [...dashOf(line, scene)],
      });
    }
    plot.batch(() => {
      if (plot.width !== scene.width || plot.height !== scene.height) plot.setSize(scene);
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
      padding: [scene.look.top, scene.look.right, 0, 0],
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
          size: scene.look.bottom + (scene.hasLane ? LANE : 0),
          gap: 6 + (scene.hasLane ? LANE : 0),
          space: 0,
          border: { show: true, stroke: colour("var(--gd-field)"), width: 1 },
          ticks: { size: 4, stroke: colour("var(--gd-field)"), width: 1 },
          grid: none,
          splits: () => this.#placed().map(({ x }) => x),
          values: () => this.#labels.map(({ text, align }) => (align ? null : text)),
        },
      ],
      cursor: {
        x: false,
        y: false,
        points: none,
        dataIdx: () => null as unknown as number, // the tip finds its points itself
        drag: { x: scene.look.hasDrag, y: false, setScale: false, dist: SMALLEST_DRAG },
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
        drawAxes: [
          () => this.#drawEnds(),
          () => this.#drawNotes(),
          (plot) => drawBands(plot, this.#scene, this.#colours),
        ],
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
      width: 1,
      cap: this.#scene.lines.length > 1 ? "butt" : "round",
      pxAlign: 0,
      paths: (plot, number, from, until) => {
        const paths = stroked?.(plot, number, from, until) ?? null;
        const { lines } = this.#scene;
        return this.#isDense[i]
          ? densePaths(paths, plot.series[number]?.width ?? 1, lines.length)
          : paths;
      },
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

  #widened(labels: string[] | null): number {
    const widths = (labels ?? []).map((label) => textWidth(label, this.#scene.font));
    return this.#gutter.widened(Math.max(...widths, 0));
  }

  #placed(): readonly Label[] {
    const { look, width } = this.#scene;
    const room = Math.max(width - this.#gutter.width - look.right, 1);
    this.#labels = xLabels(this.#scene, room, (text) => textWidth(text, this.#scene.font));
    return this.#labels;
  }

  #drawEnds(): void {
    const { ctx, bbox } = this.#plot;
    const ratio = devicePixelRatio || 1;
    for (const { x, text, align } of this.#labels) {
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
