/** The curves of the series that a card draws, one for each simulation, as the kernel sent them. */
import { Curve, plannedEnd } from "../curve";
import { formatCount } from "../format";
import { floats, type Message } from "../messages";
import type { ChartLine, Note, Picture } from "../picture";
import { seriesLook } from "../theme";
import type { Simulation } from "./simulation";

interface Part {
  sim_id: string;
  is_all: boolean;
  count: number;
  total: number;
}

export class CardLines {
  readonly #curves = new Map<string, Curve>();
  #hasCome = false;

  /** Whether the kernel has sent anything yet. */
  get hasCome(): boolean {
    return this.#hasCome;
  }

  get isThinned(): boolean {
    return [...this.#curves.values()].some((curve) => curve.isThinned);
  }

  has(simId: string): boolean {
    return this.#curves.has(simId);
  }

  clear(): void {
    this.#curves.clear();
  }

  /** Take a message of points; its buffers are x, y, time, smoothed, and the last value of each part. */
  take(message: Message, buffers: DataView[]): void {
    const all = buffers.map(floats);
    if (message.is_new) this.#curves.clear();
    let start = 0;
    for (const [i, part] of (message.parts as Part[]).entries()) {
      const cut = (row: number) =>
        all[row]?.slice(start, start + part.count) ?? new Float64Array();
      const points = { x: cut(0), y: cut(1), time: cut(2), smoothed: cut(3) };
      start += part.count;
      const curve = this.#curves.get(part.sim_id) ?? new Curve();
      this.#curves.set(part.sim_id, curve);
      if (part.is_all) curve.replace(points);
      else curve.append(points);
      curve.total = part.total;
      curve.last = all[4]?.[i] ?? Number.NaN;
    }
    this.#hasCome = true;
  }

  /** How many points are drawn, and how many the project has. */
  counts(): { drawn: number; total: number } {
    let [drawn, total] = [0, 0];
    for (const curve of this.#curves.values()) {
      drawn += curve.length;
      total += curve.total;
    }
    return { drawn, total };
  }

  /** The value that each simulation recorded last. */
  lastValues(): Map<string, number> {
    const last = new Map<string, number>();
    for (const [id, curve] of this.#curves) if (curve.length) last.set(id, curve.last);
    return last;
  }

  /** What to draw; a simulation's place among all gives its colour, shown or not. */
  picture(
    sims: readonly Simulation[],
    hidden: ReadonlySet<string>,
    isGroup: boolean,
  ): Omit<Picture, "label" | "marks"> {
    const lines: ChartLine[] = [];
    const notes: Note[] = [];
    let end: number | null = null;
    for (const [i, sim] of sims.entries()) {
      const curve = this.#curves.get(sim.id);
      if (!curve?.length || hidden.has(sim.id)) continue;
      const origin = sim.started ?? sim.created ?? curve.time[0] ?? 0;
      const { id, name, is_active: isLive } = sim;
      lines.push({ id, name, ...seriesLook(i), curve, isLive, origin });
      const planned = plannedEnd(curve.x.at(-1) ?? 0, sim.current, sim.total);
      if (planned === null) continue;
      if (sim.state !== "succeeded") end = Math.max(end ?? 0, planned);
      if (sim.state === "failed" && !isGroup && sim.current !== null) {
        notes.push({ x: sim.current, text: `failed at ${formatCount(sim.current)}` });
      }
    }
    return { lines, notes, end };
  }
}
