/** The last minutes of some shares, as small curves over time. */

export const SHOWN_S = 300;
/** Longer than this without a sample is a gap: nobody looked. */
const GAP_S = 3;
const HEIGHT = 20;

export class History {
  readonly #shownS: number;
  #rows: number[][] = [];

  constructor(shownS = SHOWN_S) {
    this.#shownS = shownS;
  }

  take(values: Float64Array, columns: number, isNew: boolean): void {
    if (isNew || this.#rows[0]?.length !== columns) this.#rows = [];
    for (let at = 0; at + columns <= values.length; at += columns) {
      this.#rows.push([...values.subarray(at, at + columns)]);
    }
    const newest = this.#rows.at(-1)?.[0] ?? 0;
    this.#rows = this.#rows.filter((row) => (row[0] ?? 0) >= newest - this.#shownS);
  }

  /** The path of a column in a box of 300 x 20, the newest sample at its right. */
  path(column: number): string {
    return sharePath(
      this.#rows.map((row) => [row[0] ?? 0, row[column] ?? Number.NaN]),
      this.#rows.at(-1)?.[0] ?? 0,
      this.#shownS,
    );
  }
}

/** A path through shares over seconds, with gaps where there was no sample. Pure. */
export function sharePath(
  points: readonly (readonly [number, number])[],
  now: number,
  shownS = SHOWN_S,
): string {
  let path = "";
  let before = Number.NEGATIVE_INFINITY;
  for (const [time, share] of points) {
    if (!Number.isFinite(share)) continue;
    const x = SHOWN_S * (1 - (now - time) / shownS);
    const y = HEIGHT - 1 - Math.min(Math.max(share, 0), 1) * (HEIGHT - 2);
    path += `${time - before > GAP_S ? "M" : "L"}${x.toFixed(1)} ${y.toFixed(1)}`;
    before = time;
  }
  return path;
}

const NS = "http://www.w3.org/2000/svg";

/** Draws one column, as wide as there is room. */
export class ShareLine {
  readonly element = document.createElementNS(NS, "svg");
  readonly #path = document.createElementNS(NS, "path");

  constructor() {
    this.element.setAttribute("class", "gd-spark gd-shareline");
    this.element.setAttribute("viewBox", `0 0 ${SHOWN_S} ${HEIGHT}`);
    this.element.setAttribute("preserveAspectRatio", "none");
    this.element.setAttribute("aria-hidden", "true");
    this.#path.setAttribute("vector-effect", "non-scaling-stroke");
    this.element.append(this.#path);
  }

  draw(path: string): void {
    this.#path.setAttribute("d", path);
  }
}
