/** Colours of the page for drawing on a canvas, and word of a change of theme. */

/** Reads colours as the page resolves them, variables and mixes included. */
export class Colours {
  readonly #probe: HTMLElement;
  readonly #known = new Map<string, string>();

  constructor(root: HTMLElement) {
    this.#probe = document.createElement("span");
    this.#probe.style.display = "none";
    root.append(this.#probe);
  }

  /** `get("var(--gd-muted)")` */
  get(css: string): string {
    let colour = this.#known.get(css);
    if (colour === undefined) {
      this.#probe.style.color = css;
      colour = getComputedStyle(this.#probe).color || "#888";
      this.#known.set(css, colour);
    }
    return colour;
  }

  forget(): void {
    this.#known.clear();
  }
}

/** Calls back when JupyterLab's theme changed. */
export function watchTheme(onChange: () => void, signal: AbortSignal): void {
  if (typeof MutationObserver === "undefined") return;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const observer = new MutationObserver(() => {
    onChange();
    clearTimeout(timer);
    timer = setTimeout(onChange, 300); // the theme's style sheet may come a moment later
  });
  observer.observe(document.body, {
    attributes: true,
    attributeFilter: ["data-jp-theme-light", "data-jp-theme-name"],
  });
  signal.addEventListener("abort", () => {
    observer.disconnect();
    clearTimeout(timer);
  });
}

const DASHES: readonly (readonly number[])[] = [[], [6, 3], [2, 3]];

/** Colour and dash of the n-th simulation of a card; past eight the colours repeat with dashes. */
export function seriesLook(index: number): { colour: string; dash: readonly number[] } {
  const dash = DASHES[Math.floor(index / 8) % DASHES.length] ?? [];
  return { colour: `var(--gd-s${(index % 8) + 1})`, dash };
}

/** Give the swatch of a dashed line stripes. */
export function stripe(swatch: HTMLElement, [on, off]: readonly number[]): void {
  if (!on || !off) return;
  const stripes = `var(--c) 0 ${on}px, transparent ${on}px ${on + off}px`;
  swatch.style.background = `repeating-linear-gradient(90deg, ${stripes})`;
}
