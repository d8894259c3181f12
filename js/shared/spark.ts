/** A small curve without axes, as SVG. */

const HEIGHT = 20;

/** The path through values that are finite, in a box of the given size. Pure. */
export function sparkPath(values: ArrayLike<number>, width: number, height = HEIGHT): string {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  const across = (width - 2) / Math.max(values.length - 1, 1);
  const up = high > low ? (height - 4) / (high - low) : 0;
  const points: string[] = [];
  for (let i = 0; i < values.length; i++) {
    const y = up ? height - 2 - ((values[i] as number) - low) * up : height / 2;
    points.push(`${(1 + i * across).toFixed(1)} ${y.toFixed(1)}`);
  }
  return points.length > 1 ? `M${points.join("L")}` : "";
}

export class Spark {
  readonly element: SVGSVGElement;
  readonly #path: SVGPathElement;
  #values: Float64Array = new Float64Array();
  #width = 0;

  constructor() {
    const ns = "http://www.w3.org/2000/svg";
    this.element = document.createElementNS(ns, "svg");
    this.element.setAttribute("class", "gd-spark");
    this.element.setAttribute("aria-hidden", "true");
    this.#path = document.createElementNS(ns, "path");
    this.element.append(this.#path);
  }

  set(values: Float64Array): void {
    this.#values = values;
    this.#draw();
  }

  resize(width: number): void {
    if (width === this.#width) return;
    this.#width = width;
    this.#draw();
  }

  #draw(): void {
    const width = Math.max(this.#width, 0);
    this.element.setAttribute("width", String(width));
    this.element.setAttribute("height", String(HEIGHT));
    this.#path.setAttribute("d", width ? sparkPath(this.#values, width) : "");
  }
}
