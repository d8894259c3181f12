/** The points of one chart as the kernel sent them, and the picture of them. */
import { Curve } from "../curve";
import { floats } from "../messages";
import type { ChartLine, Picture } from "../picture";
import { seriesLook } from "../theme";
import { type ChartMessage, type Line, type Range, xKindOf } from "./model";

export class ChartData {
  readonly #curves = new Map<string, Curve>();
  #said: Omit<ChartMessage, "parts"> | null = null;

  /** Whether the kernel has sent anything for it. */
  get hasCome(): boolean {
    return this.#said !== null;
  }

  get isDone(): boolean {
    return this.#said?.is_done ?? false;
  }

  get key(): string {
    return this.#said?.key ?? "";
  }

  get isSmoothed(): boolean {
    return this.#said?.is_smoothed ?? false;
  }

  get hasLines(): boolean {
    return this.#curves.size > 0;
  }

  has(line: string): boolean {
    return this.#curves.has(line);
  }

  clear(): void {
    this.#curves.clear();
    this.#said = null;
  }

  /** Whether its points are those of a part of x. */
  covers(between: Range | null, dust = 1e-9): boolean {
    const own = this.#said?.between;
    if (!own) return this.#said !== null;
    if (!between) return false;
    const room = (own[1] - own[0]) * dust;
    return between[0] >= own[0] - room && between[1] <= own[1] + room;
  }

  take(message: ChartMessage, buffers: DataView[]): void {
    if (message.is_new) this.#curves.clear();
    this.#said = message;
    const [x, y, smoothed, low, high] = buffers.map(floats);
    if (!x || !y) return;
    let start = 0;
    for (const { line, count, is_all, total } of message.parts) {
      const until = start + count;
      const cut = (row: Float64Array<ArrayBuffer> | undefined) => row?.slice(start, until);
      const own = cut(y) ?? y;
      const xs = cut(x) ?? x;
      const points = {
        x: xs,
        y: own,
        time: message.x === "step" ? new Float64Array() : xs,
        smoothed: (message.is_smoothed && cut(smoothed)) || own,
        ...(message.has_band && low && high && { low: cut(low) ?? low, high: cut(high) ?? high }),
      };
      start = until;
      const curve = this.#curves.get(line) ?? new Curve();
      this.#curves.set(line, curve);
      if (is_all) curve.replace(points);
      else curve.append(points);
      curve.total = total;
    }
  }

  /** How many points of the shown lines are drawn, and how many were recorded. */
  counts(lines: readonly Line[]): { drawn: number; total: number } {
    let [drawn, total] = [0, 0];
    for (const { id } of lines) {
      const curve = this.#curves.get(id);
      if (!curve?.total) continue; // several simulations together have no number of their own
      drawn += Math.min(curve.length, curve.total);
      total += curve.total;
    }
    return { drawn, total };
  }

  /** What to draw of it. */
  picture(lines: readonly Line[], { hidden, isPlain }: Choice): Picture {
    const drawn: ChartLine[] = [];
    for (const line of lines) {
      const curve = this.#curves.get(line.id);
      if (!curve?.length || hidden.has(line.id)) continue;
      const { id, name, colour } = line;
      drawn.push({
        id,
        name,
        ...seriesLook(colour),
        curve,
        isLive: line.is_live && !isPlain,
        origin: 0,
        // A mean is smooth as it is drawn: its members' noise would be another line.
        isSmoothOnly: isPlain || line.of > 1,
        isBandless: isPlain,
        ...(line.of > 1 && !isPlain && { width: 2 }),
      });
    }
    const at = xKindOf(this.#said?.x ?? "step");
    const { end = null, extent = null } = this.#said ?? {};
    return { lines: drawn, notes: [], marks: [], end, extent, at, label: "" };
  }
}

interface Choice {
  hidden: ReadonlySet<string>;
  /** Only the smoothed lines, without bands. */
  isPlain: boolean;
}
